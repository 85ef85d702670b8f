"""E-mail addresses as the names of members."""

import re
import unicodedata

from core.errors import BadInput

#: What HTML takes for an address, with any letters in the name and a dot in the domain.
_SIGN = r"[^\s@<>()\[\],;:\\\"]"
_ADDRESS = re.compile(rf"{_SIGN}{{1,64}}@{_SIGN}{{1,190}}\.{_SIGN}{{2,63}}")


def clean_email(text: str) -> str:
    """The address in lower case, as the record keeps it. Raises BadInput for what is none."""
    email = unicodedata.normalize("NFC", text).strip().lower()
    printable = all(unicodedata.category(char)[0] != "C" for char in email)
    if not _ADDRESS.fullmatch(email) or ".." in email or not printable:
        raise BadInput(
            "“{text}” is no e-mail address. Nothing was changed. Write one like anna@team.example.",
            text=text.strip()[:100],
        )
    return email


def same_email(said: str) -> str:
    """An address that a provider or a proxy said, as the record would keep it.

    Capitals count as small letters, but nothing outside ASCII becomes ASCII: the Kelvin sign is no k, and who
    has an address with one is somebody else.
    """
    return "".join(
        char.lower() if char.isascii() or not char.lower().isascii() else char for char in said.strip()
    )
