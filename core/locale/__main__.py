"""python -m core.locale: bring the catalogues up to date with the code.

Translations are kept, new sentences join untranslated, what the code no longer says is dropped. Nothing is
guessed, and neither dates nor line numbers are written, so that a catalogue changes only with its words.
"""

import io
import sys

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from core.locale import ENGLISH, LANGUAGES, catalogue
from core.locale.extraction import Use, uses

HEADER = (
    'msgid ""\nmsgstr ""\n"Project-Id-Version: Photo Avatar Studio\\n"\n"Language: {language}\\n"\n'
    '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: {plural_forms}\\n"\n\n'
)


def source() -> Catalog:
    """Every sentence of the code, without translations."""
    found = Catalog()
    plurals = {use.one: use.other for use in uses() if isinstance(use, Use) and use.other}
    for use in uses():
        if isinstance(use, Use) and use.one:
            other = plurals.get(use.one)
            found.add(
                (use.one, other) if other and not use.context else use.one,
                locations=[(use.file, 0)],
                context=use.context or None,
            )
    return found


def updated(language: str) -> Catalog:
    """The catalogue of a language with exactly the sentences of the code."""
    path = catalogue(language)
    old = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            old = read_po(file, locale=language)
    old.update(source(), no_fuzzy_matching=True)
    old.obsolete.clear()
    return old


def write(language: str) -> Catalog:
    """Write the updated catalogue; returns it."""
    words = updated(language)
    body = io.BytesIO()
    write_po(
        body,
        words,
        width=110,
        omit_header=True,
        sort_output=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    header = HEADER.format(language=language, plural_forms=words.plural_forms)
    path = catalogue(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header.encode() + body.getvalue())
    return words


def main() -> int:
    """Update every catalogue; 1 when sentences are left without a translation."""
    missing = 0
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        words = write(language)
        bare = [m.id for m in words if m.id and not (all(m.string or ()) if m.pluralizable else m.string)]
        missing += len(bare)
        print(f"{language}: {len(words)} sentences, {len(bare)} without a translation")
        for sentence in bare:
            print(f"  {sentence if isinstance(sentence, str) else sentence[0]}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
