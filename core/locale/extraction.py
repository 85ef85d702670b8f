"""Which sentences of the code are shown to people: found by reading the code, not by running it.

gettext's usual extractors read tokens and do not see calls inside f-strings, so this one reads the tree.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: Functions that take a sentence, and at which of their arguments. Every kind of StudioError joins them.
CALLS: dict[str, tuple[int, ...]] = {
    "t": (0,),
    "many": (0, 1),
    "ngettext": (0, 1),
    "N_": (0,),
    "Problem": (1,),
    "record": (2,),
}
ERRORS = "StudioError"
CONTEXT = "context"
#: The brief's log lines stay as they are in every language.
LOG_LINE = ">>>"


@dataclass(frozen=True)
class Use:
    """One place of the code where a sentence is handed over.

    `other` is the plural, or ""; `context` tells two meanings of one sentence apart, or is "".
    """

    file: str
    line: int
    call: str
    one: str
    other: str = ""
    context: str = ""


@dataclass(frozen=True)
class Unread:
    """A place where something else than a literal sentence is handed over."""

    file: str
    line: int
    call: str
    given: str


#: The sandbox speaks as HeyGen does and the command line as the brief does, both in English.
ENGLISH_ONLY = (
    *("core/__main__.py", "core/commands", "core/sandbox"),
    *("core/locale/__init__.py", "core/locale/__main__.py", "core/locale/extraction.py"),
)


def files() -> list[Path]:
    """Everything that people meet on pages."""
    found = [*(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    return sorted(path for path in found if not any(path.is_relative_to(ROOT / it) for it in ENGLISH_ONLY))


def uses() -> list[Use | Unread]:
    """Every place in the code where a sentence is handed over."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in files()}
    calls = CALLS | dict.fromkeys(error_classes(list(trees.values())), (0,))
    return [use for path, tree in trees.items() for use in _uses(path, tree, calls)]


def error_classes(trees: list[ast.Module]) -> set[str]:
    """The names of StudioError and of everything below it."""
    bases = {
        node.name: {ast.unparse(base).rpartition(".")[2] for base in node.bases}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {ERRORS}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


def _uses(path: Path, tree: ast.Module, calls: dict[str, tuple[int, ...]]) -> Iterator[Use | Unread]:
    file = path.relative_to(ROOT).as_posix()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func).rpartition(".")[2] if _is_name(node.func) else ""
        places = calls.get(name)
        if places is None or len(node.args) <= max(places):
            continue
        given = [list(literals(node.args[place])) for place in places]
        if not all(given):
            text = ast.unparse(node.args[places[0]])
            yield Unread(file, node.lineno, name, text)
        elif len(places) == 2:
            yield Use(file, node.lineno, name, given[0][0], given[1][0])
        else:
            said = (one for one in given[0] if not one.startswith(LOG_LINE))
            context = next(
                (text for word in node.keywords if word.arg == CONTEXT for text in literals(word.value)), ""
            )
            yield from (Use(file, node.lineno, name, one, context=context) for one in said)


def _is_name(function: ast.expr) -> bool:
    return isinstance(function, ast.Name | ast.Attribute)


def literals(node: ast.expr) -> Iterator[str]:
    """The text of a literal, or the two of a choice between literals; nothing for anything else."""
    match node:
        case ast.Constant(str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            found = [*literals(body), *literals(orelse)]
            yield from found if len(found) == 2 else ()
