"""The house: what may import what, where files lie, what stands in the files beside the code."""

import ast
import re
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE = sorted((ROOT / "core").rglob("*.py"))
FILES = [*CORE, *sorted((ROOT / "pages").rglob("*.py")), ROOT / "app.py"]

PARTS = "pages.parts."
#: What each part of core may import, from the ground up. "x+" is x and whatever x itself may import.
MAY_IMPORT = {
    "clock": "",
    "amounts": "",
    "files": "",
    "drafts": "files",
    "shutdown": "",
    "locale": "amounts",
    "errors": "locale+",
    "config": "errors+",
    "names": "errors+",
    "console": "names+",
    "database": "config+ clock files",
    "people": "database+ names",
    "photos": "database+",
    # HeyGen's client knows no tables, its sandbox nothing of the Studio.
    "heygen": "config+ clock photos",
    "sandbox": "config+ clock",
    "money": "people+",
    "studio": "money+ heygen+ sandbox+",
    "bloggers": "studio+ photos+",
    "journal": "bloggers+",
    "videos": "journal+",
    "account": "videos+",
    "quotes": "account+",
    "runs": "quotes+",
    "reports": "quotes+",
    "web": "runs+ reports+",
    "commands": "web+ shutdown console",
}
#: The same for the folders of pages/parts. A page imports its own folder, kit and runs; main the frame.
PARTS_MAY_IMPORT = {
    "kit": "",
    "runs": "kit",
    "frame": "kit",
    **dict.fromkeys(
        ("overview", "locations", "provisioning", "videos", "audit", "credits", "settings"), "kit runs"
    ),
}
PAGES_MAY_IMPORT = {
    "main": "kit frame runs",
    "activity": "kit runs",
    **{page: f"kit runs {page}" for page in PARTS_MAY_IMPORT if page not in ("kit", "runs", "frame")},
}


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, in full, also inside functions; `from a import b` gives a and a.b."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom():
                above = ".".join(package[: len(package) + 1 - node.level]) if node.level else ""
                base = ".".join(filter(None, (above, node.module)))
                yield base
                yield from (f"{base}.{alias.name}" for alias in node.names)
            case ast.Call(
                func=ast.Name("__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(str(name)), *_],
            ):
                yield name


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def arrows(paths: Iterable[Path]) -> dict[str, set[str]]:
    """For every module the modules among these that it imports."""
    modules = {module_of(path): path for path in paths}
    return {
        module: {
            used for used in imports(path) if used in modules and not f"{module}.".startswith(f"{used}.")
        }
        for module, path in modules.items()
    }


def allowed(table: dict[str, str], part: str) -> set[str]:
    """The names that a row of the table stands for."""
    found: set[str] = set()
    for word in table[part].split():
        found.add(word.rstrip("+"))
        if word.endswith("+"):
            found |= allowed(table, word.rstrip("+"))
    return found


def strays(root: str, table: dict[str, str]) -> list[str]:
    """Every import from one part below `root` to another that the table does not allow."""
    found = []
    for path in sorted((ROOT / root).rglob("*.py")):
        part = path.relative_to(ROOT / root).with_suffix("").parts[0]
        if part not in table:
            continue
        prefix = root.replace("/", ".") + "."
        used = {it.removeprefix(prefix).split(".")[0] for it in imports(path) if it.startswith(prefix)}
        wrong = (used & table.keys()) - allowed(table, part) - {part}
        found += [f"{path.relative_to(ROOT)} imports {it}" for it in sorted(wrong)]
    return found


def folders(root: str) -> set[str]:
    """The packages and modules that lie directly in a folder."""
    return {
        path.stem
        for path in (ROOT / root).iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    } - {"__init__", "__main__"}


def called_names(path: Path, function: str) -> set[str]:
    """The text constants with which a file calls `function` as their first argument."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function
        if node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    }


def test_core_never_imports_streamlit() -> None:
    """The Studio works without its pages: no file in core imports streamlit or a page."""
    assert len(CORE) > 10
    for path in CORE:
        used = {module.split(".")[0] for module in imports(path)}
        assert not used & {"streamlit", "pages", "app"}, path


def test_pillow_is_imported_only_where_it_is_used() -> None:
    """Photos are decoded in a process of their own, the sandbox draws; nobody else waits for Pillow."""
    using = {module_of(path) for path in FILES if any(it.split(".")[0] == "PIL" for it in imports(path))}
    assert using == {"core.photos.pixels", "core.sandbox.render", "core.sandbox.lettering"}
    # A script in a process of its own, which is there in no time.
    assert not any("core.photos.pixels" in set(imports(path)) for path in FILES)
    alone = {it.split(".")[0] for it in imports(ROOT / "core/photos/pixels.py")}
    assert not alone & {"core", "requests", "numpy"}


def test_nothing_imports_the_command_line() -> None:
    """core.__main__ is a way in, never a library."""
    for path in FILES:
        assert "core.__main__" not in set(imports(path)), path


def test_a_part_of_core_imports_what_its_row_allows() -> None:
    """The table names every part of core, and no file imports past it."""
    assert folders("core") == MAY_IMPORT.keys()
    assert strays("core", MAY_IMPORT) == []


def test_a_page_imports_its_own_folder_and_what_all_share() -> None:
    """The kit knows no page, and no page's folder another page's."""
    assert folders("pages/parts") == PARTS_MAY_IMPORT.keys()
    assert strays("pages/parts", PARTS_MAY_IMPORT) == []
    assert folders("pages") - {"parts"} == PAGES_MAY_IMPORT.keys()
    for page, row in PAGES_MAY_IMPORT.items():
        used = {
            it.split(".")[2] for it in imports(ROOT / f"pages/{page}.py") if it.startswith("pages.parts.")
        }
        assert used <= set(row.split()), page


@pytest.mark.parametrize("table", [MAY_IMPORT, PARTS_MAY_IMPORT], ids=["core", "pages"])
def test_no_row_leads_up(table: dict[str, str]) -> None:
    """Read from the top, each row of a table names only rows above it."""
    seen: set[str] = set()
    for part in table:
        assert allowed(table, part) <= seen, part
        seen.add(part)


@pytest.mark.parametrize("root", ["core", "pages"])
def test_no_arrow_leads_back(root: str) -> None:
    """The files of core and of pages can be put in an order in which each imports only earlier ones."""
    try:
        tuple(TopologicalSorter(arrows((ROOT / root).rglob("*.py"))).static_order())
    except CycleError as error:
        pytest.fail(f"these files import each other in a circle: {' <- '.join(error.args[1])}")


def test_each_package_says_its_story() -> None:
    """A package's docstring says what it is about and what it may import."""
    for path in [*(ROOT / "core").glob("*/__init__.py"), *(ROOT / "pages/parts").glob("*/__init__.py")]:
        story = ast.get_docstring(ast.parse(path.read_text())) or ""
        assert re.match(r"\S.{20,}", story), path
        assert "May import" in story, path


def test_the_entry_script_lies_inside_pages() -> None:
    """Beside an entry script Streamlit would serve a folder pages/ by itself, past the sign-in gate."""
    entries = [
        node.args[0].value
        for node in ast.walk(ast.parse((ROOT / "app.py").read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("st.App", "App")
        if node.args and isinstance(node.args[0], ast.Constant)
    ]
    assert len(entries) == 1
    entry = ROOT / str(entries[0])
    assert entry.is_file()
    assert entry.parent == ROOT / "pages"
    assert not (entry.parent / "pages").exists()


def test_every_variable_is_in_the_example() -> None:
    """.env.example lists every variable that is read, each under a line that explains it, and no other."""
    read = called_names(ROOT / "core/config.py", "text")
    assert "HEYGEN_API_KEY" in read
    lines = (ROOT / ".env.example").read_text().splitlines()
    listed = [line.partition("=")[0] for line in lines if re.match("[A-Z_]+=", line)]
    assert sorted(listed) == sorted(read)
    for before, line in zip(["", *lines], lines, strict=False):
        if re.match("[A-Z_]+=", line):
            assert re.match(r"# \S.{10,}", before), f"no comment stands above {line}"


@pytest.mark.parametrize("file", ["requirements.txt", "tests/requirements.txt"])
def test_requirements_are_pinned_exactly(file: str) -> None:
    """Every direct dependency has one version."""
    lines = [line for line in (ROOT / file).read_text().splitlines() if line.strip() and line[0] != "#"]
    assert lines
    for line in lines:
        assert re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z0-9,-]+\])?==\d+(\.\d+)*", line), line
