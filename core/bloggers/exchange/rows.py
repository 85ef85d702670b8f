"""A row of an import file, whatever its format: cleaned, or marked with what is wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from core.bloggers.exchange.avatar_ids import avatar_id as clean_id
from core.errors import BadInput, Problem
from core.locale import N_
from core.names import clean_name, clean_url, name_key

MAX_BYTES = 10_000_000
MAX_ROWS = 10_000

#: What is said of a name that is missing, and of one that is no text.
_BLOGGER = (
    N_("The blogger's name is missing. Fill it in, or leave the row out."),
    N_("The blogger's name is not text. Put it into quotes."),
)
_LOCATION = (
    N_("The location's name is missing. Fill it in, or leave the row out."),
    N_("The location's name is not text. Put it into quotes."),
)

#: What a spreadsheet shows in place of a value that it could not find.
_ERROR = re.compile(
    r"#(?:N/A|REF!|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!|Н/Д|ССЫЛКА!|ИМЯ\?|ЗНАЧ!|ДЕЛ/0!|ЧИСЛО!|ПУСТО!)"
)


@dataclass(frozen=True, kw_only=True)
class FileRow:
    """One location of the file, or a blogger without any (`location` is None).

    `avatar_id` and `image_url` are "" when the file names none. `textual` says that `extra` comes from CSV,
    where everything is text. With a `problem` the names are shown as they stand in the file. `cells` holds
    every value of the location as it stands in the file, for a file of the refused rows.
    """

    number: int
    blogger: str
    location: str | None
    image_url: str = ""
    avatar_id: str = ""
    blogger_extra: Mapping[str, Any] = field(default_factory=dict)
    settings_extra: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    textual: bool = False
    problem: BadInput | None = None
    cells: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def blogger_key(self) -> str:
        return name_key(self.blogger)

    @cached_property
    def location_key(self) -> str:
        return name_key(self.location or "")


def make_row(
    number: int,
    *,
    blogger: Any,
    has_location: bool = False,
    location: Any = None,
    image_url: Any = None,
    avatar_id: Any = None,
    **others: Any,
) -> FileRow:
    """The row of these values as they stand in the file; a value that cannot be used becomes its problem."""
    cells = {
        **others.get("extra", {}),
        "blogger": blogger,
        "location": location,
        "image_url": image_url,
        "heygen_avatar_id": avatar_id,
    }
    try:
        return FileRow(
            number=number,
            blogger=_name(blogger, _BLOGGER),
            location=_name(location, _LOCATION) if has_location else None,
            image_url=clean_url(_text(image_url, "image_url")),
            avatar_id=clean_id("" if _is_nothing(avatar_id) else _text(avatar_id, "heygen_avatar_id")),
            cells=cells,
            **others,
        )
    except BadInput as problem:
        shown = ["" if name is None else str(name)[:200] for name in (blogger, location)]
        return FileRow(
            number=number,
            blogger=shown[0],
            location=shown[1] if has_location else None,
            problem=problem,
            cells=cells,
        )


def _name(value: Any, problems: tuple[str, str]) -> str:
    missing, no_text = problems
    if _is_empty(value):
        raise BadInput(missing)
    if not isinstance(value, str):
        raise BadInput(no_text)
    _no_error(value)
    return clean_name(value)


def _text(value: Any, field: str) -> str:
    if _is_empty(value):
        return ""
    if not isinstance(value, str):
        raise BadInput("The {field} is not text. Put it into quotes.", field=field)
    _no_error(value)
    return value


def _no_error(value: str) -> None:
    if _ERROR.fullmatch(value.strip()):
        raise BadInput(
            "{found} is an error of the spreadsheet, not a value. Correct its formula, or empty the cell.",
            found=value.strip(),
        )


def _is_nothing(value: Any) -> bool:
    """JSON's false and 0 mean "00000" as the words do."""
    return isinstance(value, int | float) and not value


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


@dataclass(frozen=True, kw_only=True)
class ImportFile:
    """The rows of a file, and what a person should know of how it was read before they are taken."""

    rows: tuple[FileRow, ...]
    remarks: tuple[Problem, ...] = ()
