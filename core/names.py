"""Names and photo addresses as people type them: cleaned, or refused with a sentence."""

import re
import unicodedata
from urllib.parse import urlsplit

from core.errors import BadInput

NAME_LIMIT = 120
URL_LIMIT = 2000

#: Embeddings, overrides and isolates turn round the text beside them on a page. The plain marks (LRM, RLM,
#: ALM) only help right-to-left names and stay allowed, like the joiners of emoji and Persian.
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
#: Letters and symbols by category that draw nothing: Hangul fillers and the empty Braille pattern.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
#: What acts instead of being seen: control characters (escape sequences begin with one), other line breaks,
#: what turns text round, half characters. A line's ordinary end stays.
_ACTING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]|\r(?!\n)")
_MARKS = re.compile("[\u061c\u200e\u200f]")
_ORDINARY_BREAKS = frozenset("\t\n\r")


def clean_name(text: str) -> str:
    """`text` as NFC, trimmed, inner whitespace collapsed to single spaces; 1 to 120 characters of any script.

    Raises BadInput for control characters, characters that reorder the text around them, half characters
    (lone surrogates) and names that show nothing.
    """
    for char in text:
        category = unicodedata.category(char)
        if category == "Cs" or (category == "Cc" and char not in _ORDINARY_BREAKS):
            raise BadInput(
                "The name contains the control character {code}. Remove it and try again; "
                "nothing was changed.",
                code=_code(char),
            )
        if char in _REORDERING:
            raise BadInput(
                "The name contains the invisible character {code}, which turns round the text beside it. "
                "Remove it and try again; nothing was changed.",
                code=_code(char),
            )
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        raise BadInput(
            "The name is empty. Give a name of 1 to {limit} characters; nothing was changed.",
            limit=NAME_LIMIT,
        )
    if len(name) > NAME_LIMIT:
        raise BadInput(
            "The name is {length} characters long; at most {limit} are allowed. Shorten it; "
            "nothing was changed.",
            length=len(name),
            limit=NAME_LIMIT,
        )
    if not any(unicodedata.category(char)[0] in "LNPS" and char not in _BLANK for char in name):
        raise BadInput(
            "The name consists of invisible characters only. Give a name that can be read; "
            "nothing was changed."
        )
    return name


def visible(text: str, *, marks: bool = False) -> str:
    """`text` with what acts instead of being seen written out, such as \\x1b or \\u202e; lines and tabs stay.

    With `marks` also those of direction, which names may carry: a terminal orders each line by them.
    """
    shown = _ACTING.sub(_written_out, text)
    return _MARKS.sub(_written_out, shown) if marks else shown


def _written_out(sign: re.Match[str]) -> str:
    return sign[0].encode("unicode_escape").decode("ascii")


def name_key(name: str) -> str:
    """What two names share when a person would call them the same: NFKC, casefolded, no invisible marks."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(char for char in folded if unicodedata.category(char) != "Cf")


def is_typed(typed: str, name: str) -> bool:
    """True when `typed` is the name as a person types it: all dashes are one, all blanks, too."""
    return _plain(typed) == _plain(name)


def _plain(name: str) -> str:
    text = unicodedata.normalize("NFC", name)
    dashed = "".join("-" if unicodedata.category(sign) == "Pd" or sign == "\u2212" else sign for sign in text)
    return "-".join(" ".join(part.split()) for part in dashed.split("-"))


def clean_url(text: str) -> str:
    """The address of a photo, trimmed; "" means that there is none yet.

    Raises BadInput unless it is http(s) with a host, at most 2000 characters, without user name or password.
    Whether the address may be fetched is decided when it is (core.photos.check).
    """
    url = text.strip()
    if not url:
        return ""
    if len(url) > URL_LIMIT:
        raise BadInput(
            "The photo's address is {length} characters long; at most {limit} are allowed. Use a shorter "
            "link; nothing was changed.",
            length=len(url),
            limit=URL_LIMIT,
        )
    # A backslash is a slash to some readers of addresses and not to others: two hosts in one address.
    hidden = ("Cc", "Cs")
    if any(c in "\\" or c.isspace() or unicodedata.category(c) in hidden or c in _REORDERING for c in url):
        raise BadInput(
            "The photo's address contains a space, a backslash or a control character. Copy the link "
            "again (a space is written %20); nothing was changed."
        )
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, usable = None, False
    if parts is None or not usable:
        raise BadInput(
            "The photo's address must be a whole link that begins with https:// or http://. "
            "Copy it from the browser; nothing was changed."
        )
    if "@" in parts.netloc:
        raise BadInput(
            "The photo's address contains a user name or password. Use a link without them; "
            "nothing was changed."
        )
    return url


def _code(char: str) -> str:
    return f"U+{ord(char):04X}"
