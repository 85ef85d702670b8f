"""The avatar id that a file names: none, one, or what is no id and would hide that an avatar was paid for."""

import re

from core.errors import BadInput

#: What people and programs write where there is nothing. Spreadsheets shorten "00000" to 0 or 0.00E+00.
_NOTHING_WORDS = (
    "null none nil nan na n/a н/д <na> undefined no false empty blank нет пусто ложь неопределено"
)
_NOTHING = frozenset(_NOTHING_WORDS.split())
_ZEROS_OR_DASHES = re.compile(r"[0.,]*(?:[eE][+-]?0+)?|0{8}(?:-0{4}){3}-0{12}|[-‐‑‒–—−_]+")

#: What stands in templates and while somebody waits. A text of such words alone is nobody's id.
_PLACEHOLDER_WORDS = (
    "add archived available avatar avatarid avatars bar change changeme completed create created deleted "
    "done dummy enter error example failed fake fill fixme foo generating goes here heygen id ids in "
    "insert later make making me missing my na nan needed nil no noid none not null paste pending photo "
    "placeholder please processing progress put queued ready real removed replace required sample set soon "
    "string submitted tba tbd temp test the tmp to todo true unassigned unknown unset uuid value wait "
    "waiting wip with yes yet your"
)
_PLACEHOLDERS = frozenset(_PLACEHOLDER_WORDS.split())
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_COUNT = re.compile(r"\d{1,3}")
_CROSSES = re.compile(r"[xX]{2,}")

#: As spreadsheets show a long number. An id of 32 hexadecimal digits may look like one, but is longer.
_SCIENTIFIC = re.compile(r"[+-]?\d{1,17}(?:[.,]\d{0,20})?[eE][+-]?\d{1,3}")
#: A number that is no hexadecimal one: spreadsheets keep 15 to 17 of its digits and write zeros for others.
_NUMBER = re.compile(r"[+-]?(?:\d{1,31}|\d{15,}0{6,})(?:[.,]0*)?")
#: How people keep a spreadsheet from making a number of a text.
_AS_TEXT = re.compile(r"""="([^"]*)"|'([^']*)""")
_AVATAR_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


def says_nothing(text: str) -> bool:
    """True for an empty cell, zeros, dashes, and words such as null, None, NaN, FALSE, n/a."""
    plain = text.strip()
    return bool(_ZEROS_OR_DASHES.fullmatch(plain)) or plain.casefold() in _NOTHING


def avatar_id(text: str) -> str:
    """The id without spaces around it and without what marks it as text; "" where the text says that there
    is none.

    Raises BadInput for a number that a spreadsheet has shortened or rounded, for a placeholder, and for what
    has other characters than HeyGen's ids.
    """
    found = text.strip()
    if marked := _AS_TEXT.fullmatch(found):
        found = (marked[1] or marked[2] or "").strip()
    if says_nothing(found):
        return ""
    if _SCIENTIFIC.fullmatch(found) or _NUMBER.fullmatch(found):
        raise BadInput(
            "The heygen_avatar_id {found} is a number; HeyGen's ids are not. A spreadsheet may have "
            "shortened it: copy the id again into a column of text, or write 00000 to have the avatar made.",
            found=found[:60],
        )
    if not _AVATAR_ID.fullmatch(found):
        raise BadInput(
            "The heygen_avatar_id is not an id of HeyGen's: letters, digits, - and _ only, at most 128. "
            "Copy it again, or write 00000 to have the avatar made."
        )
    words = [word.lower() for word in _WORD.findall(found) if not _COUNT.fullmatch(word)]
    if words and all(word in _PLACEHOLDERS or _CROSSES.fullmatch(word) for word in words):
        raise BadInput(
            "The heygen_avatar_id {found} is not an id of HeyGen's but a placeholder. Write the id, or 00000 "
            "to have the avatar made.",
            found=found,
        )
    return found
