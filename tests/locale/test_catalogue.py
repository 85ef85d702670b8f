"""Every word that people read is in the catalogue, and the catalogue holds nothing else."""

import ast
import re
import string
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from core import locale
from core.heygen.errors import ADD_MOTION_FAILED, ASSET_UPLOAD_FAILED, GROUP_CREATION_FAILED
from core.heygen.motions import RENDER_MOTIONS
from core.locale import ENGLISH, LANGUAGES, catalogue, translation
from core.locale.extraction import ROOT, Unread, files, literals
from tests.locale.code import places, sentences

OTHERS = [language for language in LANGUAGES if language != ENGLISH]

#: Sentences of the code that no page shows: who comes through the wrong door reads them as plain text.
#: The last one is read by HeyGen alone.
NOT_ON_PAGES = (
    "core/web/door.py",
    "core/web/uploads.py",
    "core/database/migrations/",
    "core/web/webhooks.py",
)
#: What stays as it is in every language.
UNTRANSLATED = {
    "Photo Avatar Studio",
    # HeyGen's own words, as the sandbox repeats them.
    "No face detected in the photo",
    "You have exceeded your limit of photo avatars.",
    *(ASSET_UPLOAD_FAILED, GROUP_CREATION_FAILED, ADD_MOTION_FAILED),
    # Read by HeyGen alone.
    *(prompt for prompt, _ in RENDER_MOTIONS.values()),
}


def entries(language: str) -> list[Message]:
    with catalogue(language).open("rb") as file:
        read: Catalog = read_po(file, locale=language)
    assert not read.obsolete, "python -m core.locale takes obsolete entries out"
    return [entry for entry in read if entry.id]


def forms(entry: Message) -> tuple[str, ...]:
    """The source's texts, or a translation's: one, or as many as the language has plurals."""
    return tuple(entry.string) if entry.pluralizable else (str(entry.string),)


def fields(template: str) -> list[str]:
    """What a sentence leaves open, with conversion and format: {name!r}, {seconds:g}."""
    parsed = string.Formatter().parse(template)
    return sorted(f"{name}!{conversion}:{spec}" for _, name, spec, conversion in parsed if name is not None)


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_holds_exactly_the_sentences_of_the_code(language: str) -> None:
    """Nothing is missing and nothing is left over; `python -m core.locale` makes it so."""
    plurals = {one: other for one, other, _ in sentences() if other}
    wanted = {(one, "" if context else plurals.get(one, ""), context) for one, _, context in sentences()}
    held = {
        (*(entry.id if entry.pluralizable else (entry.id, "")), entry.context or "")
        for entry in entries(language)
    }
    assert len(wanted) > 300
    assert wanted - held == set(), "run python -m core.locale, then translate what it lists"
    assert held - wanted == set(), "run python -m core.locale"


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated(language: str) -> None:
    """No entry is empty, in any of its plural forms, or only guessed."""
    found = entries(language)
    assert [entry.id for entry in found if not all(forms(entry))] == []
    assert [entry.id for entry in found if entry.fuzzy] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_in_what_its_sentence_fills_in(language: str) -> None:
    """The same names in the same formats, in every plural form; a typing error would break a page."""
    for entry in entries(language):
        source = entry.id[1] if entry.pluralizable else entry.id
        for form in forms(entry):
            assert fields(form) == fields(source), entry.id


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_is_marked_up_as_its_sentence_is(language: str) -> None:
    """Bold, icons and badges of a sentence are those of its translation; no line is lost."""
    marks = re.compile(r"\*\*|`|:[a-z-]+\[|:material/\w+:|^\d\. |\n", re.MULTILINE)
    for entry in entries(language):
        source = entry.id[1] if entry.pluralizable else entry.id
        for form in forms(entry):
            assert sorted(marks.findall(form)) == sorted(marks.findall(source)), entry.id


@pytest.mark.parametrize(
    ("count", "noun"),
    [(0, "аватаров"), (1, "аватар"), (2, "аватара"), (5, "аватаров"), (11, "аватаров"), (21, "аватар")],
)
def test_russian_counts_in_three_forms(count: int, noun: str) -> None:
    """1, 21 / 2, 3, 4 / 0, 5, 11."""
    assert translation("ru").ngettext("{n} avatar", "{n} avatars", count).endswith(noun)


def test_russian_is_in_russian() -> None:
    """No translation with words is without a Russian letter: nothing was copied in place of translating."""
    for entry in entries("ru"):
        for form in forms(entry):
            plain = re.sub(r"\{[^}]*\}|%[A-Za-z]|:[a-z]+-badge|:material/\w+:|[YMDHms]{2,}", "", form)
            if re.search("[a-z]{2,}", plain) and not re.fullmatch(r"[\w.+-]*_[\w.+-]*", plain):
                assert re.search("[а-яё]", form.lower()), entry.id


@pytest.mark.parametrize(
    ("tag", "language"), [("ru", "ru"), ("ru-RU", "ru"), ("RU_ua", "ru"), ("en-GB", "en")]
)
def test_a_browsers_tag_finds_its_language(tag: str, language: str) -> None:
    """Region and spelling do not matter."""
    assert locale.best(tag) == language


@pytest.mark.parametrize("tag", [None, "", "de", "xx", "rue", "../ru"])
def test_a_language_that_is_not_spoken_here_is_none(tag: str | None) -> None:
    """No guess, and no path to a file."""
    assert locale.best(tag) is None


def test_no_sentence_is_put_together() -> None:
    """A sentence is one literal, or a name that stands for one: neither an f-string nor a sum."""
    for use in places():
        if isinstance(use, Unread):
            given = ast.parse(use.given, mode="eval").body
            assert not isinstance(given, ast.JoinedStr | ast.BinOp), use
    assert [
        use
        for use in places()
        if isinstance(use, Unread) and use.call == "many" and not use.file.endswith("words.py")
    ] == []


def test_what_fills_a_sentence_is_never_a_word_of_ours() -> None:
    """Values are names, numbers and ids: a word inside could not be translated."""
    calls = {use.call for use in places()}
    for path in files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in calls:
                for value in node.keywords:
                    if value.arg not in ("level", "actor", "name", "begins", "rested", "key", "context"):
                        words = [text for text in literals(value.value) if re.search("[A-Za-z]{2,}", text)]
                        assert words == [], f"{path}:{node.lineno} {value.arg}"


def test_no_sentence_hides_from_the_catalogue() -> None:
    """Whatever in core and pages reads like a sentence is handed to one of the functions that translate."""
    known = UNTRANSLATED | {text for sentence in sentences() for text in sentence}
    hidden = [
        (path.relative_to(ROOT).as_posix(), text)
        for path in files()
        if not path.relative_to(ROOT).as_posix().startswith(NOT_ON_PAGES)
        for text in spoken(ast.parse(path.read_text(encoding="utf-8")))
        if text not in known and text[:1].isupper() and len(re.findall(r"[a-z]{2,}(?: |$)", text)) >= 3
    ]
    assert hidden == []


def spoken(tree: ast.Module) -> Iterator[str]:
    """The texts of a file without docstrings, SQL, lines for the log and errors that no person reads."""
    silent = ("log.", "ValueError", "RuntimeError", "text", "TypeError", "AssertionError")
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        if isinstance(node, ast.Assert) or (
            isinstance(node, ast.Call) and ast.unparse(node.func).startswith(silent)
        ):
            skipped.update(id(inner) for inner in ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.value
