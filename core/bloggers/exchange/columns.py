"""What people call the columns of a table and the keys of an object: the known names, and those near them."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from core.bloggers.exchange.avatar_ids import says_nothing
from core.errors import BadInput, Problem

CSV_COLUMNS = ("blogger", "location", "image_url", "heygen_avatar_id")

_BLOGGER = (
    "blogger bloggers bloggername creator creatorname influencer influencername блогер блоггер имяблогера "
    "имяблоггера"
)
_PLACE = "location locationname locationtitle place placename локация названиелокации имялокации место"
_PHOTO = (
    "imageurl image imagelink imageaddress imagesrc img imgurl photo photourl photolink photoaddress picture "
    "pictureurl picturelink фото фотография ссылканафото ссылкафото адресфото"
)
_AVATAR = (
    "heygenavatarid heygenavatar heygenid avatarid avataridheygen photoavatarid talkingphotoid heygenphotoid "
    "idаватаравheygen idаватара аватарid idаватараheygen heygenidаватара"
)
#: Known names -> how else they are written, without case, spaces and punctuation.
Names = Mapping[str, frozenset[str]]
TABLE: Names = {
    name: frozenset(near.split())
    for name, near in zip(CSV_COLUMNS, (_BLOGGER, _PLACE, _PHOTO, _AVATAR), strict=True)
}
ENTRY: Names = {
    "name": frozenset(f"name {_BLOGGER}".split()),
    "settings": frozenset(("settings", "setting", "настройки")),
    "locations": frozenset(("locations", "location", "places", "локации")),
}
LOCATION: Names = {
    "name": frozenset(f"name title {_PLACE}".split()),
    "image_url": TABLE["image_url"],
    "heygen_avatar_id": TABLE["heygen_avatar_id"],
}

#: HeyGen's ids have 32 hexadecimal digits.
_ID = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
#: The same in the midst of other words, or in a link to HeyGen.
_ID_INSIDE = re.compile(rf"(?<![\w-])(?:{_ID.pattern})(?![\w-])")
_FOREIGN_LINK = re.compile(r"https?://(?![^/]*heygen\.)", re.IGNORECASE)
_AVATARS = re.compile("avatar|heygen|talkingphoto|аватар")
_PHOTOS = re.compile("photo|image|img|pic|foto|фото|картин|ссылк|url|link|src|source")
#: Names of what has ids of HeyGen's, too, or a link to something else.
_OTHERS = re.compile("voice|group|video|template|workspace|account|project|folder|голос|групп|видео")
_PICTURE = re.compile(r"https?://.*\.(?:png|jpe?g|webp|heic|avif)(?:[?#]|$)", re.IGNORECASE)
_TYPOGRAPHIC = frozenset("“”„‟")
#: So many names are told; the others are as little read.
_TOLD = 12


def plain(name: str) -> str:
    """Letters and digits in one case: one for `HeyGen Avatar ID`, `heygenAvatarId`, `heygen-avatar-id`."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def claim(
    names: Iterable[str], known: Names, fits: Callable[[str, str], bool] = lambda _known, _name: True
) -> dict[str, list[str]]:
    """Which of `names` stand for each known one: the name itself, else other spellings, else synonyms.

    More than one where it cannot be told which. `fits` may object to a name for a known one.
    """
    ranked: dict[str, dict[int, list[str]]] = {}
    for name in names:
        short = plain(name)
        for one, near in known.items():
            if name == one or (short in near and fits(one, name)):
                rank = 0 if name == one else 1 if short == plain(one) else 2
                ranked.setdefault(one, {}).setdefault(rank, []).append(name)
    return {one: ranks[min(ranks)] for one, ranks in ranked.items()}


def single(claimed: Mapping[str, list[str]]) -> dict[str, str]:
    """The one name of each. Raises BadInput where two could stand for the same."""
    for known, names in claimed.items():
        if len(names) > 1:
            raise BadInput(
                "{one} and {other} could both be {known}. Call one of them {known} and the other something "
                "else; nothing was changed.",
                one=names[0],
                other=names[1],
                known=known,
            )
    return {known: names[0] for known, names in claimed.items()}


@dataclass
class Remarks:
    """What a person should know of a file before it is imported: how it was read, and what was not."""

    read_as: dict[str, str] = field(default_factory=dict)
    kept: dict[str, None] = field(default_factory=dict)
    resembles: dict[str, str] = field(default_factory=dict)
    misplaced: dict[str, str] = field(default_factory=dict)
    headless: int = 0
    first_headless: tuple[int, int, str] = (0, 0, "")
    headless_id: tuple[int, int] | None = None
    quoted: tuple[int, str] | None = None
    others: list[Problem] = field(default_factory=list)

    def read(self, name: str, known: str) -> None:
        """A column or key was taken for a known one."""
        if name != known:
            self.read_as[name] = known

    def keep(self, name: str, value: Any, filled: Mapping[str, Any], *, outside: bool = False) -> None:
        """A value stays as it is and nothing reads it; `filled` are those of the known ones beside it, and
        `outside` says that it stands beside or above locations.
        """
        self.kept[name] = None
        if _holds_objects(value) and not filled.get("locations"):
            self.resembles[name] = "settings.locations"
            return
        for path, text in _texts(name, value):
            known = _resembles(path, text.strip())
            if known and not _says(filled.get(known)):
                (self.misplaced if outside else self.resembles)[path] = known
                return

    def pass_over(self, row: int, column: int, cell: str, filled: Mapping[str, Any]) -> None:
        """A cell under no header; `filled` are the others of its row."""
        self.headless += 1
        if self.headless == 1:
            self.first_headless = row, column, cell
        if not self.headless_id and _ID.fullmatch(cell.strip()) and not _says(filled.get("heygen_avatar_id")):
            self.headless_id = row, column

    def note_quotes(self, row: int, name: str) -> None:
        """A name inside quotes that a table does not take for quotes."""
        if not self.quoted and name[:1] in _TYPOGRAPHIC and name[1:] and name[-1] in _TYPOGRAPHIC:
            self.quoted = row, name

    def problems(self) -> tuple[Problem, ...]:
        """All of it in sentences; what may cost money first."""
        found = []
        for name, known in list(self.resembles.items())[:_TOLD]:
            found.append(_resembling(name, known))
        for name, known in list(self.misplaced.items())[:_TOLD]:
            found.append(_misplaced(name, known))
        if self.headless_id:
            row, column = self.headless_id
            found.append(
                Problem(
                    "headless_id",
                    "Column {column} has no header and is not read, but row {row} has there what looks like "
                    "heygen_avatar_id: avatars that exist would be made and paid again. Call the column "
                    "heygen_avatar_id and import the file again, if it holds the ids of avatars.",
                    {"row": row, "column": column},
                )
            )
        if self.headless:
            row, column, cell = self.first_headless
            found.append(
                Problem(
                    "headless",
                    "Cells under no header, which are not read: {count}. The first is in row {row}, column "
                    "{column}: “{cell}”. Name its column in the first line if it matters.",
                    {"count": self.headless, "row": row, "column": column, "cell": cell[:60]},
                )
            )
        if self.quoted:
            row, name = self.quoted
            found.append(
                Problem(
                    "quoted",
                    "In row {row} the name {name} stands in typographic quotes, which become a part of it. "
                    'Put straight quotes (") in their place, or none.',
                    {"row": row, "name": name[:60]},
                )
            )
        found += self.others
        if self.read_as:
            names = _listed([f"{name[:60]} → {known}" for name, known in self.read_as.items()])
            found.append(Problem("read_as", "Read by their usual names: {names}.", {"names": names}))
        if kept := [name[:60] for name in self.kept if name not in self.resembles | self.misplaced]:
            found.append(
                Problem(
                    "kept",
                    "Kept as they stand, but the Studio does not use them: {names}.",
                    {"names": _listed(kept)},
                )
            )
        return tuple(found)


def _resembling(name: str, known: str) -> Problem:
    values = {"name": name[:60], "known": known}
    if known == "heygen_avatar_id":
        return Problem(
            "resembles",
            "{name} is not read, but looks like {known}: avatars that exist would be made and paid again. "
            "Call it {known} and import the file again, if it holds the ids of avatars.",
            values,
        )
    return Problem(
        "resembles",
        "{name} is not read, but looks like {known}. Call it so and import the file again, if that is meant.",
        values,
    )


def _misplaced(name: str, known: str) -> Problem:
    values = {"name": name[:60], "known": known}
    if known == "heygen_avatar_id":
        return Problem(
            "resembles",
            "{name} is not read where it stands: {known} belongs in a location. Avatars that exist would be "
            "made and paid again. Put it there as {known} and import the file again, if it holds the ids of "
            "avatars.",
            values,
        )
    return Problem(
        "resembles",
        "{name} is not read where it stands: {known} belongs in a location. Put it there as {known} and "
        "import the file again, if that is meant.",
        values,
    )


def _texts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """The texts inside a value, each with the keys that lead to it."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(f"{name}.{key}", inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(name, inner)


def _resembles(name: str, value: str) -> str:
    """Which of the known fields a text may have been meant for, or "": by what it is and how it is called."""
    if len(value) < 8:
        return ""
    if _ID_INSIDE.search(value) and not _FOREIGN_LINK.match(value):
        return "" if _is_called(_OTHERS, name) else "heygen_avatar_id"
    if _is_called(_AVATARS, name) and re.fullmatch(r"(?=.*\d)[\w-]{8,128}", value):
        return "" if _is_called(_OTHERS, name) else "heygen_avatar_id"
    if value.startswith(("https://", "http://")) and not _is_called(_OTHERS, name):
        return "image_url" if _is_called(_PHOTOS, name) or _PICTURE.match(value) else ""
    return ""


@lru_cache(maxsize=4096)
def _is_called(words: re.Pattern[str], name: str) -> bool:
    return bool(words.search(plain(name)))


def _says(value: Any) -> bool:
    """True for a value that says something."""
    return bool(value) and not (isinstance(value, str) and says_nothing(value))


def _holds_objects(value: Any) -> bool:
    """True for a list of objects, and for an object with one: locations under another name look so."""
    if isinstance(value, dict):
        return any(isinstance(inner, list) and _holds_objects(inner) for inner in value.values())
    return isinstance(value, list) and any(isinstance(inner, dict) for inner in value)


def _listed(names: list[str]) -> str:
    more = ["…"] if len(names) > _TOLD else []
    return ", ".join([*names[:_TOLD], *more])
