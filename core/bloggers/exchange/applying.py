"""Doing what an import plan says: judged once more and written in one transaction."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, col, or_, select

from core import clock
from core.bloggers import past_avatars
from core.bloggers.editing import about_location, has_avatar
from core.bloggers.exchange.judging import BloggerWish, Judged, judge
from core.bloggers.exchange.planning import ImportPlan, PlanRow, count_verdicts, plan_rows
from core.bloggers.exchange.rows import FileRow
from core.database.engine import Database
from core.database.tables.bloggers import Blogger, Location, PastAvatar
from core.database.tables.people import AuditLine
from core.people import audit
from core.people.roles import Person, acts

log = logging.getLogger("studio.exchange")


@dataclass(frozen=True)
class ImportResult:
    """What was done with each row: `new` and `changed` ones were written, the others were not."""

    rows: tuple[PlanRow, ...]
    file_rows: tuple[FileRow, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many rows got each verdict, in the order of VERDICTS."""
        return count_verdicts(self.rows)


@acts("import_file")
def apply_import(
    db: Database, plan: ImportPlan, *, confirmed: frozenset[int] = frozenset(), actor: Person
) -> ImportResult:
    """Write every row that can be taken, in one transaction, by verdicts made again inside it.

    `confirmed` are the numbers of rows whose saved avatar id may be replaced by the file's; each counts only
    while the saved id is still the one that the plan showed. A replaced avatar's group no longer belongs to
    the location; HeyGen keeps it, and the operation that made it goes on knowing it.

    A location that gets its id from a file has avatar_status "completed" and motion_status "none": the file
    does not say whether that avatar moves. Raises StorageFailed; nothing is written then.
    """
    with db.write() as session:
        return apply(session, plan, confirmed=confirmed, actor=actor, action="import_file")


def apply(
    session: Session,
    plan: ImportPlan,
    *,
    confirmed: frozenset[int] = frozenset(),
    actor: Person,
    action: str,
) -> ImportResult:
    """As `apply_import`, inside the caller's transaction. The record gets a line with the counts, and one for
    each blogger and location whose saved values change."""
    agreed = {row.number: row.saved_avatar_id for row in plan.rows if row.number in confirmed}
    judgement = judge(session, plan.file_rows, reset_avatars=plan.reset_avatars, confirmed=agreed)
    lines = _lines_of_bloggers(judgement.bloggers, actor, action)
    ids = _write_bloggers(session, judgement.bloggers)
    lines += _write_locations(session, judgement.rows, ids, actor, action)
    result = ImportResult(plan_rows(judgement.rows), plan.file_rows)
    if any(result.counts[verdict] for verdict in ("new", "changed")) or lines:
        audit.note(session, actor, action, kind="data", after=result.counts)
        audit.add_all(session, lines)
    log.info("%s imported a file: %s", actor.name, result.counts)
    for row in result.rows:
        if row.number in agreed and row.verdict == "changed":
            log.warning("%s replaced avatar %s by %s", actor.name, row.saved_avatar_id, row.file_avatar_id)
    return result


def _lines_of_bloggers(wishes: dict[str, BloggerWish], actor: Person, action: str) -> list[AuditLine]:
    lines: list[AuditLine] = []
    for wish in wishes.values():
        if wish.saved is not None and wish.changes:
            wanted = {"extra": wish.extra, "settings_extra": wish.settings_extra}
            after = {name: value for name, value in wanted.items() if getattr(wish.saved, name) != value}
            before = {name: getattr(wish.saved, name) for name in after}
            about = {"kind": "blogger", "id": wish.saved.id, "name": wish.saved.name}
            lines.append(audit.line(actor, action, **about, before=before, after=after))
    return lines


def _write_bloggers(session: Session, wishes: dict[str, BloggerWish]) -> dict[str, int]:
    """Make the new bloggers and change the saved ones; the ids of all of them by name key."""
    new = [
        Blogger(name=wish.name, name_key=key, extra=wish.extra, settings_extra=wish.settings_extra)
        for key, wish in wishes.items()
        if wish.saved is None
    ]
    changes = [
        {
            "id": wish.saved.id,
            "extra": wish.extra,
            "settings_extra": wish.settings_extra,
            "updated_at": clock.now(),
        }
        for wish in wishes.values()
        if wish.saved is not None and wish.changes
    ]
    _insert(session, new)
    if changes:
        session.execute(update(Blogger), changes)
    ids = session.exec(select(Blogger.name_key, Blogger.id).where(col(Blogger.name_key).in_(wishes)))
    return {key: blogger_id for key, blogger_id in ids if blogger_id is not None}


def _write_locations(
    session: Session, judged: list[Judged], blogger_ids: dict[str, int], actor: Person, action: str
) -> list[AuditLine]:
    _insert(
        session,
        [
            _new_location(one, blogger_ids[one.row.blogger_key])
            for one in judged
            if one.verdict == "new" and one.row.location is not None
        ],
    )
    changes: list[dict[str, Any]] = []
    lines: list[AuditLine] = []
    for one in judged:
        location, blogger = one.location, one.blogger
        if one.verdict == "changed" and location is not None and blogger is not None:
            columns = ("image_url", "heygen_avatar_id", "extra")
            was = {name: getattr(location, name) for name in columns}
            changes.append(_change(session, location, one, actor.name))
            after = {name: changes[-1][name] for name in columns if changes[-1][name] != was[name]}
            before = {name: was[name] for name in after}
            about = about_location(location, blogger.name)
            lines.append(audit.line(actor, action, **about, before=before, after=after))
    if changes:
        session.flush()
        session.execute(update(Location), changes)
    return lines


def _insert(session: Session, rows: Sequence[Blogger | Location]) -> None:
    """All rows with one statement; adding them as objects would take one each to learn their ids."""
    if rows:
        # With nulls left out, every change between rows with and without an avatar would cut the statement.
        statement = insert(type(rows[0])).execution_options(render_nulls=True)
        session.execute(statement, [row.model_dump(exclude={"id"}) for row in rows])


def _new_location(one: Judged, blogger_id: int) -> Location:
    return Location(
        blogger_id=blogger_id,
        name=one.row.location or "",
        name_key=one.row.location_key,
        image_url=one.image_url or "",
        extra=one.extra or {},
        **(_avatar_from_file(one.avatar_id) if one.avatar_id else {}),
    )


def _change(session: Session, location: Location, one: Judged, actor: str) -> dict[str, Any]:
    """The values of a known location after the import: the same columns for all, for one statement.

    An avatar that the file replaces is kept as a past one; a past one that it names is in use again.
    """
    image_url = location.image_url if one.image_url is None else one.image_url
    known = (location.heygen_avatar_id, location.heygen_look_id)
    if one.avatar_id is not None and one.avatar_id not in known and has_avatar(location):
        past_avatars.retire(session, location, reason="swapped", actor=actor)
    back = _past_one(session, location, one.avatar_id)
    columns = (
        *("heygen_avatar_id", "avatar_status", "motion_type", "motion_status", "status_at"),
        *("heygen_group_id", "heygen_look_id"),
    )
    values = {column: getattr(location, column) for column in columns}
    if one.avatar_id is not None:
        values |= _avatar_from_file(one.avatar_id)
        if back is not None:
            values |= {column: getattr(back, column) for column in values if column in past_avatars.KEPT}
            image_url = back.image_url or image_url
            session.delete(back)
        elif one.avatar_id != location.heygen_look_id:
            values |= {"heygen_group_id": None, "heygen_look_id": None}
    return {
        "id": location.id,
        **values,
        "image_url": image_url,
        "extra": location.extra if one.extra is None else one.extra,
        "updated_at": clock.now(),
    }


def _past_one(session: Session, location: Location, avatar_id: str | None) -> PastAvatar | None:
    """The location's past avatar with this id, if HeyGen still has it."""
    if avatar_id is None:
        return None
    return session.exec(
        select(PastAvatar).where(
            PastAvatar.location_id == location.id,
            col(PastAvatar.deleted_at).is_(None),
            or_(col(PastAvatar.heygen_avatar_id) == avatar_id, col(PastAvatar.heygen_look_id) == avatar_id),
        )
    ).first()


def _avatar_from_file(avatar_id: str) -> dict[str, Any]:
    return {
        "heygen_avatar_id": avatar_id,
        "avatar_status": "completed",
        "motion_type": None,
        "motion_status": "none",
        "status_at": clock.now(),
    }
