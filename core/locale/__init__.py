"""The words of the Studio in every language it speaks.

English stands in the code and is its own key. Every other language has one catalogue,
`<language>/LC_MESSAGES/studio.po`, which is compiled in memory when it is first asked for.
`python -m core.locale` brings the catalogues up to date with the code.

May import: amounts. It lies below errors, which say their sentences in the world's unit.
"""

import io
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

#: The languages by their codes, each under its own name.
LANGUAGES = {"en": "English", "ru": "Русский"}
ENGLISH = "en"
HERE = Path(__file__).parent


def N_(text: str) -> str:
    """`text` itself. Marks a sentence that stands in a table for the catalogue of words."""
    return text


#: What has been asked for so far.
_known: dict[str, NullTranslations] = {ENGLISH: NullTranslations()}


def catalogue(language: str) -> Path:
    """Where the words of a language stand."""
    return HERE / language / "LC_MESSAGES" / "studio.po"


def translation(language: str) -> NullTranslations:
    """The words of a language; for English, and for a language that is not spoken here, the code's own."""
    words = _known.get(language)
    if words is None:
        words = _known[language] = _compiled(language) if language in LANGUAGES else NullTranslations()
    return words


def learn(language: str, words: NullTranslations) -> None:
    """Speak a language without a catalogue, too: tests check the pages in an invented one."""
    _known[language] = words


def _compiled(language: str) -> NullTranslations:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with catalogue(language).open("rb") as file:
        words = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, words)
    compiled.seek(0)
    return GNUTranslations(compiled)


def best(tag: str | None) -> str | None:
    """The language that a browser's tag asks for ("ru-RU" -> "ru"), if the Studio speaks it."""
    code = (tag or "").replace("_", "-").partition("-")[0].lower()
    return code if code in LANGUAGES else None
