"""Bringing bloggers and locations over from the data of v1 and v2, which count in credits, to those of v3.

What they cost stays there: credits and dollars never meet. The other data are read from a copy and stay as
they are. It costs nothing and asks HeyGen nothing.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import Session, SQLModel, col, select

from core import config
from core.bloggers.editing import has_avatar, live_locations
from core.bloggers.exchange.applying import apply
from core.bloggers.exchange.planning import plan_import
from core.bloggers.exchange.rows import FileRow, ImportFile
from core.database.copies import copied
from core.database.engine import Database, open_database
from core.database.tables.bloggers import NO_AVATAR, Blogger, Location
from core.errors import BadInput, Refusal, StartRefused, StorageFailed
from core.files import write_whole
from core.people.roles import Person, acts
from core.photos.address import is_kept, upload_path
from core.studio import Studio

#: The dialect whose data are brought over; workflow and v2 share theirs.
FROM = "v2"
#: What videos of a blogger or a location are made with.
DEFAULTS = ("voice_id", "language", "video_format")
#: What a location knows of HeyGen, beside the avatar's id that an import takes.
HELD = ("heygen_group_id", "heygen_look_id", "avatar_status", "motion_type", "motion_status", "status_at")

#: A blogger with the locations that are brought over.
Family = tuple[Blogger, list[Location]]


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What became of the locations there.

    `left` were left out because a run there is not over: what it makes would be lost to sight here.
    """

    brought: int
    known: int
    refused: int
    left: int


def offered(studio: Studio) -> Path | None:
    """The directory of the v1 and v2 data beside these of v3; None where there is nothing to bring over."""
    if studio.settings.family != "v3":
        return None
    folder = Path(config.data_dir(studio.settings.world, FROM))
    return folder if (folder / "studio.db").is_file() else None


def keeps_avatars(studio: Studio) -> bool:
    """False where HeyGen would not know the avatars: an embedded sandbox has an account a data directory."""
    return studio.sandbox is None


@acts("bring_over")
def bring(studio: Studio, folder: Path, *, actor: Person) -> Brought:
    """Add the bloggers and locations of the data in `folder`, with avatars, uploaded photos and voices.

    What is here already stays, by the rules of an import; doing it twice adds nothing. The archive stays
    there. Raises BadInput where there are no data, Refusal for another account's, StorageFailed.
    """
    if not (folder / "studio.db").is_file():
        raise BadInput(
            "There are no data of the Studio in {folder}. Nothing was changed.", folder=str(folder)
        )
    avatars = keeps_avatars(studio)
    with copied(replace(studio.settings, dialect=FROM, data_dir=folder)) as copy:
        try:
            other = open_database(copy)
        except StartRefused as exc:
            raise Refusal(
                "The data in {folder} are not of this HeyGen account in v1 or v2. Nothing was changed. Start "
                "the Studio once with HEYGEN_DIALECT=v2 and DATA_DIR={folder}: it says what differs.",
                folder=str(folder),
            ) from exc
        try:
            families, left = _read(other)
        finally:
            other.close()
        _keep_photos(families, copy, studio.settings)
    plan = plan_import(studio.db, ImportFile(rows=_rows(families)), reset_avatars=not avatars)
    with studio.db.write() as session:
        result = apply(session, plan, actor=actor, action="bring_over")
        session.expire_all()
        _fill_in(session, families, avatars=avatars)
    verdicts = [row.verdict for row in result.rows if row.location is not None]
    return Brought(
        brought=verdicts.count("new") + verdicts.count("changed"),
        known=verdicts.count("same") + verdicts.count("kept"),
        refused=verdicts.count("refused"),
        left=left,
    )


def _read(other: Database) -> tuple[list[Family], int]:
    """Who is not in the archive there, in the order of adding, and how many locations are left out."""
    left = 0
    with other.read() as session:
        live = live_locations(session)
        in_use = select(Blogger).where(col(Blogger.archived_at).is_(None)).order_by(col(Blogger.id))
        families: dict[int | None, Family] = {one.id: (one, []) for one in session.exec(in_use)}
        for place in session.exec(
            select(Location)
            .where(col(Location.archived_at).is_(None), col(Location.blogger_id).in_(families))
            .order_by(col(Location.id))
        ):
            if place.id in live:
                left += 1
            else:
                families[place.blogger_id][1].append(place)
    return list(families.values()), left


def _rows(families: list[Family]) -> tuple[FileRow, ...]:
    """The same as the rows of an import file, without a file's limits."""
    rows: list[FileRow] = []
    for blogger, places in families:
        for place in places or [None]:
            row = FileRow(
                number=len(rows) + 1,
                blogger=blogger.name,
                location=None,
                blogger_extra=blogger.extra,
                settings_extra=blogger.settings_extra,
            )
            if place is not None:
                avatar_id = "" if place.heygen_avatar_id == NO_AVATAR else place.heygen_avatar_id
                row = replace(
                    row,
                    location=place.name,
                    image_url=place.image_url,
                    avatar_id=avatar_id,
                    extra=place.extra,
                )
            rows.append(row)
    return tuple(rows)


def _keep_photos(families: list[Family], there: config.Settings, here: config.Settings) -> None:
    """Copy uploaded photos before the rows that name them are written. Raises StorageFailed."""
    for url in {place.image_url for _, places in families for place in places}:
        if not is_kept(url, there) or is_kept(url, here):
            continue
        photo = upload_path(url, there)
        try:
            write_whole(here.data_dir / "uploads" / photo.name, photo.read_bytes())
        except OSError as exc:
            raise StorageFailed(
                "An uploaded photo could not be copied ({reason}). No location was changed. "
                "Free some space, then try again.",
                reason=exc.strerror or str(exc),
            ) from exc


def _fill_in(session: Session, families: list[Family], *, avatars: bool) -> None:
    """What an import does not carry, wherever nothing is known here yet."""
    bloggers = {one.name_key: one for one in session.exec(select(Blogger))}
    places = {(one.blogger_id, one.name_key): one for one in session.exec(select(Location))}
    live = live_locations(session)
    for there, locations in families:
        here = bloggers.get(there.name_key)
        if here is None or here.id is None:
            continue
        _take(here, there, DEFAULTS)
        for place in locations:
            mine = places.get((here.id, place.name_key))
            if mine is None:
                continue
            _take(mine, place, DEFAULTS)
            same = mine.heygen_avatar_id == place.heygen_avatar_id and mine.id not in live
            if avatars and same and has_avatar(place) and mine.heygen_group_id is None:
                for column in HELD:
                    setattr(mine, column, getattr(place, column))


def _take(here: SQLModel, there: SQLModel, columns: tuple[str, ...]) -> None:
    for column in columns:
        if getattr(here, column) is None:
            setattr(here, column, getattr(there, column))
