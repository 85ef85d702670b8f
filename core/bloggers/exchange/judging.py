"""The judgement behind the verdicts: it only reads, for a plan and again inside the writing transaction."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, or_, select

from core.bloggers.editing import group_name, has_avatar, live_locations, owned_id
from core.bloggers.exchange.csv_files import cell_text
from core.bloggers.exchange.rows import FileRow
from core.database.batches import in_batches
from core.database.tables.bloggers import NO_AVATAR, Blogger, Location
from core.errors import BadInput, Refusal, StudioError
from core.locale import N_

#: What changes: by whether it is the photo, the avatar id, other fields.
CHANGES = {
    (True, False, False): N_("The photo changes."),
    (False, True, False): N_("The avatar id changes."),
    (False, False, True): N_("Other fields change: {fields}."),
    (True, True, False): N_("The photo and the avatar id change."),
    (True, False, True): N_("The photo and other fields change: {fields}."),
    (False, True, True): N_("The avatar id and other fields change: {fields}."),
    (True, True, True): N_("The photo, the avatar id and other fields change: {fields}."),
}


@dataclass
class Judged:
    """A verdict, what is saved at its place, and what is to be written there (None: leave as it is)."""

    row: FileRow
    verdict: str = "same"
    remark: StudioError | None = None
    needs_confirmation: bool = False
    blogger: Blogger | None = None
    location: Location | None = None
    image_url: str | None = None
    avatar_id: str | None = None
    extra: dict[str, Any] | None = None

    def settle(self, verdict: str, remark: StudioError | None = None) -> None:
        self.verdict, self.remark = verdict, remark


@dataclass
class BloggerWish:
    """A blogger that an import makes or changes: all rows that are taken speak, the last one wins."""

    name: str
    saved: Blogger | None
    extra: dict[str, Any]
    settings_extra: dict[str, Any]

    @property
    def changes(self) -> bool:
        return self.saved is not None and (
            differ(self.extra, self.saved.extra) or differ(self.settings_extra, self.saved.settings_extra)
        )


@dataclass(frozen=True)
class Judgement:
    """All rows in the file's order, and the bloggers of those that are taken by their name keys."""

    rows: list[Judged]
    bloggers: dict[str, BloggerWish]


@dataclass(frozen=True)
class Saved:
    """What the database holds of the bloggers that a file names."""

    bloggers: dict[str, Blogger]
    locations: dict[tuple[int | None, str], Location]
    live: set[int]


class NotConfirmed(Refusal):
    """Another avatar id than the saved one, and nobody agreed to it yet."""


def judge(
    session: Session,
    rows: tuple[FileRow, ...],
    *,
    reset_avatars: bool,
    confirmed: Mapping[int, str] | None = None,
) -> Judgement:
    """The verdicts of all rows, in a handful of queries.

    `confirmed` maps a row's number to the saved avatar id that the person saw and agreed to replace.
    """
    saved = _load(session, rows)
    first_seen: dict[tuple[str, str | None], int] = {}
    judged: list[Judged] = []
    for row in rows:
        one = Judged(row)
        judged.append(one)
        if row.problem is not None:
            one.settle("refused", row.problem)
            continue
        place = (row.blogger_key, None if row.location is None else row.location_key)
        first = first_seen.setdefault(place, row.number)
        if first != row.number:
            one.settle("refused", BadInput("Row {first} of the file already has this name.", first=first))
            continue
        file_id = "" if reset_avatars else row.avatar_id
        _judge_row(one, saved, file_id, (confirmed or {}).get(row.number))
    taken = [one for one in judged if one.verdict != "refused"]
    bloggers = _bloggers_of(taken)
    if not reset_avatars:
        _remark_shared_ids(session, taken)
    return Judgement(judged, bloggers)


def _remark_shared_ids(session: Session, taken: list[Judged]) -> None:
    """Say of an avatar id that another row or location has, too: one of the two is probably a slip."""
    by_id: dict[str, list[Judged]] = {}
    for one in taken:
        if one.row.avatar_id:
            by_id.setdefault(one.row.avatar_id, []).append(one)
    elsewhere: dict[str, list[tuple[int | None, str]]] = {}
    for part in in_batches(sorted(by_id)):
        for location, blogger in session.exec(
            select(Location, Blogger.name)
            .join(Blogger, col(Blogger.id) == col(Location.blogger_id))
            .where(or_(col(Location.heygen_avatar_id).in_(part), col(Location.heygen_look_id).in_(part)))
        ):
            for held in {location.heygen_avatar_id, location.heygen_look_id} & by_id.keys():
                elsewhere.setdefault(held, []).append((location.id, group_name(blogger, location.name)))
    for avatar_id, rows in by_id.items():
        for one in rows:
            mine = one.location.id if one.location else None
            there = next((name for id_, name in elsewhere.get(avatar_id, ()) if id_ != mine), None)
            if len(rows) > 1:
                twin = rows[1] if one is rows[0] else rows[0]
                one.remark = StudioError(
                    "Row {row} of the file has the same avatar id. Look which of the two is right.",
                    row=twin.row.number,
                )
            elif there is not None:
                one.remark = StudioError(
                    "The location {name} has the same avatar id. Look which of the two is right.", name=there
                )


def merged(saved: Mapping[str, Any], found: Mapping[str, Any], *, textual: bool = False) -> dict[str, Any]:
    """The saved other fields with the file's in their places; what the file does not name stays.

    A CSV cell that reads as the saved value does is that value: a number does not become text.
    """
    result = dict(saved)
    for key, value in found.items():
        if not (textual and key in saved and cell_text(saved[key]) == value):
            result[key] = value
    return result


def differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """True when the two would be exported differently. Python's == takes 1, 1.0 and True for the same."""
    return json.dumps(one) != json.dumps(other)


def _load(session: Session, rows: tuple[FileRow, ...]) -> Saved:
    keys = {row.blogger_key for row in rows if row.problem is None}
    bloggers = {b.name_key: b for b in session.exec(select(Blogger).where(col(Blogger.name_key).in_(keys)))}
    ids = [blogger.id for blogger in bloggers.values()]
    locations = session.exec(select(Location).where(col(Location.blogger_id).in_(ids)))
    by_place: dict[tuple[int | None, str], Location] = {
        (place.blogger_id, place.name_key): place for place in locations
    }
    return Saved(bloggers, by_place, live_locations(session))


def _judge_row(one: Judged, saved: Saved, file_id: str, agreed_to_replace: str | None) -> None:
    row = one.row
    one.blogger = saved.bloggers.get(row.blogger_key)
    if one.blogger is not None and one.blogger.archived_at is not None:
        one.settle("refused", Refusal("The blogger is in the archive. Restore it, then import again."))
        return
    if row.location is None:
        one.settle("new" if one.blogger is None else "same")
        return
    if one.blogger is not None:
        one.location = saved.locations.get((one.blogger.id, row.location_key))
    if one.location is None:
        one.settle("new")
        one.image_url, one.avatar_id, one.extra = row.image_url, file_id or None, dict(row.extra)
    elif one.location.archived_at is not None:
        one.settle("refused", Refusal("The location is in the archive. Restore it, then import again."))
    else:
        live = one.location.id in saved.live
        _judge_known(one, one.location, file_id, agreed_to_replace, live=live)


def _judge_known(
    one: Judged, location: Location, file_id: str, agreed_to_replace: str | None, *, live: bool
) -> None:
    """The verdict on a location that exists: its photo, its avatar id, its other fields."""
    row = one.row
    new_photo = row.image_url not in ("", location.image_url)
    new_id = file_id not in ("", location.heygen_avatar_id)
    objection = _objection(
        location, file_id, agreed_to_replace, new_photo=new_photo, new_id=new_id, live=live
    )
    if objection is not None:
        one.settle("refused", objection)
        one.needs_confirmation = isinstance(objection, NotConfirmed)
        return
    one.image_url = row.image_url if new_photo else None
    one.avatar_id = file_id if new_id else None
    extra = merged(location.extra, row.extra, textual=row.textual)
    one.extra = extra if differ(extra, location.extra) else None
    if new_photo or new_id or one.extra is not None:
        changed = [key for key in extra if differ({"": extra[key]}, {"": location.extra.get(key)})]
        said = CHANGES[new_photo, new_id, one.extra is not None]
        one.settle("changed", StudioError(said, fields=", ".join(changed)))
    elif location.heygen_avatar_id != NO_AVATAR and not file_id:
        one.settle("kept", StudioError("The saved avatar {saved} stays.", saved=location.heygen_avatar_id))
    elif location.image_url and not row.image_url:
        one.settle("kept", StudioError("The saved photo stays."))


def _objection(
    location: Location,
    file_id: str,
    agreed_to_replace: str | None,
    *,
    new_photo: bool,
    new_id: bool,
    live: bool,
) -> Refusal | None:
    """Why the file's photo or avatar id cannot be taken; None when it can."""
    if new_photo and has_avatar(location):
        return Refusal("The location has an avatar made of its saved photo, so the photo cannot change.")
    if live and (new_photo or new_id):
        return Refusal("A run of this location is not over. Wait for it, then import again.")
    held = owned_id(location)
    if new_id and held not in (NO_AVATAR, file_id, agreed_to_replace):
        return NotConfirmed(
            "The file names the avatar {found}, but {saved} is saved and stays. To replace it, import the "
            "file on the page Locations and tick this row there.",
            found=file_id,
            saved=held,
        )
    return None


def _bloggers_of(taken: Iterable[Judged]) -> dict[str, BloggerWish]:
    """The wishes for bloggers. A change of a saved one shows at the first of its rows."""
    wishes: dict[str, BloggerWish] = {}
    first: dict[str, Judged] = {}
    entry: dict[str, Mapping[str, Any]] = {}
    for one in taken:
        row, saved = one.row, one.blogger
        first.setdefault(row.blogger_key, one)
        wish = wishes.get(row.blogger_key)
        if wish is None:
            extra, settings = (saved.extra, saved.settings_extra) if saved else ({}, {})
            wish = wishes[row.blogger_key] = BloggerWish(row.blogger, saved, dict(extra), dict(settings))
        # An entry's rows share its other fields: they are taken once, and in place, however many there are.
        if entry.get(row.blogger_key) is not row.blogger_extra:
            entry[row.blogger_key] = row.blogger_extra
            wish.extra.update(row.blogger_extra)
            wish.settings_extra.update(row.settings_extra)
    for key, wish in wishes.items():
        if wish.changes and first[key].verdict in ("same", "kept"):
            first[key].settle("changed", StudioError("Other fields of the blogger change."))
    return wishes
