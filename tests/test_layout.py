"""The house is built as design.md draws it: what imports what, where files lie, how long they are."""

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE = sorted((ROOT / "core").rglob("*.py"))
FILES = [*CORE, *sorted((ROOT / "pages").rglob("*.py")), ROOT / "app.py"]

INSIDE = ("models", "db", "ledger", "operations", "runs", "provisioning", "quotes", "jobs", "studio")
#: Which parts of core a part must not know: arrows point from what spends to what keeps.
MUST_NOT_IMPORT = {
    "heygen": {*INSIDE, "sandbox"},
    "sandbox": {*INSIDE, "heygen"},
    "models": {"db", "heygen", "ledger", "operations", "runs", "provisioning"},
    "ledger": {"heygen", "operations", "runs", "provisioning", "quotes", "jobs"},
    "operations": {"provisioning", "videos", "jobs", "reports"},
    "reports": {"heygen", "operations", "runs", "provisioning", "jobs"},
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


def part_of(module: str) -> str:
    """The part of core that a module belongs to: core.heygen.errors -> heygen; empty outside core."""
    head, _, rest = module.partition(".")
    return rest.split(".")[0] if head == "core" else ""


def parts() -> dict[str, set[str]]:
    """For every part of core, the other parts that it imports."""
    names = {path.relative_to(ROOT / "core").with_suffix("").parts[0] for path in CORE}
    found: dict[str, set[str]] = {}
    for path in CORE:
        part = path.relative_to(ROOT / "core").with_suffix("").parts[0]
        used = {part_of(module) for module in imports(path)} & names
        found.setdefault(part, set()).update(used - {part, "__init__"})
    return found


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


def test_nothing_imports_the_command_line() -> None:
    """core.__main__ is a way in, never a library."""
    for path in FILES:
        assert "core.__main__" not in set(imports(path)), path


@pytest.mark.parametrize("part", MUST_NOT_IMPORT)
def test_arrows_point_one_way(part: str) -> None:
    """What speaks to HeyGen knows no tables, what keeps money no steps, the sandbox nothing of the Studio."""
    assert part in parts(), f"core/{part} is gone: change this list"
    assert not parts()[part] & MUST_NOT_IMPORT[part]


def test_no_arrow_leads_back() -> None:
    """The parts of core can be put in an order in which each imports only earlier ones."""
    try:
        tuple(TopologicalSorter(parts()).static_order())
    except CycleError as error:
        pytest.fail(f"these parts of core import each other in a circle: {' <- '.join(error.args[1])}")


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])
def test_a_file_tells_one_story(path: Path) -> None:
    """No file is longer than 300 lines."""
    assert len(path.read_text().splitlines()) <= 300


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
