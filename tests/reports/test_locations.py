"""Lists of locations: filtered, counted and paged in SQL, however many there are."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from core import clock
from core.database.engine import Database
from core.database.tables.bloggers import Blogger, Location
from core.database.tables.money import Entry
from core.database.tables.runs import Run
from core.reports import locations
from core.reports.locations import RUN_FAILED, LocationFilter
from tests.fresh import add_run, blogger, fresh_database, location, set_location

MANY = 3000


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Three thousand locations of thirty bloggers; each has had an avatar for one credit. All only read."""
    opened = fresh_database(tmp_path_factory.mktemp("data"))
    with opened.write() as session:
        people = [{"id": n, "name": f"P {n:02}", "name_key": f"p {n:02}"} for n in range(1, 31)]
        places, runs, entries = [], [], []
        for n in range(1, MANY + 1):
            name = f"Place {n:04}"
            places.append(
                Location(
                    id=n,
                    blogger_id=n % 30 + 1,
                    name=name,
                    name_key=name.casefold(),
                    motion_type="kling" if n % 10 == 0 else "veo2",
                    heygen_avatar_id="00000" if n % 3 == 0 else f"id{n}",
                    avatar_status="none" if n % 3 == 0 else "completed",
                ).model_dump()
            )
            run = Run(id=n, location_id=n, quote_id=str(n), actor="x", state="done", group_name=name)
            runs.append(run.model_dump())
            entries += [
                Entry(kind=kind, micro_credits=-1_000_000, run_id=n, location_id=n, actor="x").model_dump(
                    exclude={"id"}
                )
                for kind in ("hold", "capture")
            ]
        session.execute(insert(Blogger), [Blogger(**one).model_dump() for one in people])
        for table, rows in ((Location, places), (Run, runs), (Entry, entries)):
            session.execute(insert(table).execution_options(render_nulls=True), rows)
    yield opened
    opened.close()


def steps(db: Database, call: Callable[[], object]) -> int:
    """How many steps SQLite's machine takes for `call`, in thousands: a clock that no load disturbs."""
    ticks = 0

    def tick() -> int:
        nonlocal ticks
        ticks += 1
        return 0

    with db.read() as session:
        # The pool hands the same connection to the next session of this thread.
        session.connection().connection.driver_connection.set_progress_handler(tick, 1000)
    call()
    with db.read() as session:
        session.connection().connection.driver_connection.set_progress_handler(None, 0)
    return ticks


def test_pages_follow_one_another_without_gaps_in_every_order(db: Database) -> None:
    """Two pages and the ids of the whole list say the same, whatever the order."""
    for sort in locations.LOCATION_SORTS:
        ids = locations.location_ids(db, LocationFilter(), sort=sort)
        assert sorted(ids) == list(range(1, MANY + 1))
        pages = [locations.locations(db, LocationFilter(), sort=sort, limit=24, offset=n) for n in (0, 24)]
        assert [i for page in pages for i in page["id"]] == ids[:48]


def test_a_page_holds_the_same_as_the_whole_list(db: Database) -> None:
    """Cost, names and states of a page's rows are those of the list without limit."""
    whole = locations.locations(db, LocationFilter()).set_index("id")
    page = locations.locations(db, LocationFilter(), limit=24, offset=100).set_index("id")
    assert set(page["cost"]) == {1_000_000}
    assert page.to_dict("index") == whole.loc[page.index].to_dict("index")


def test_motion_type_narrows_list_and_count(db: Database) -> None:
    """Only locations with that engine are listed and counted."""
    where = LocationFilter(motion_type="kling")
    assert locations.count_locations(db, where) == MANY // 10
    assert set(locations.locations(db, where, limit=500)["motion_type"]) == {"kling"}


def test_a_choice_knows_what_is_there_what_is_listed_and_what_is_ready(db: Database) -> None:
    """Unknown ids are left out; the filter counts; only a finished avatar can get another motion."""
    choice = locations.choice(db, [10, 3, 99_999, 20], LocationFilter(motion_type="kling"))
    assert choice.ids == (10, 3, 20)
    assert choice.listed == 2
    assert choice.finished == (10, 20)
    everything = locations.choice(db, range(1, 40_000), LocationFilter())
    assert len(everything.ids) == everything.listed == MANY


def test_names_and_costs_are_looked_up_for_the_page_only(db: Database) -> None:
    """A page of 24 takes a small part of the work of the whole list, so that a long list is as quick."""
    page = steps(db, lambda: locations.locations(db, LocationFilter(), limit=24))
    whole = steps(db, lambda: locations.locations(db, LocationFilter()))
    assert whole > 100
    assert page * 20 < whole


def test_bloggers_of_the_archive_are_named_only_when_asked_for(tmp_path: Path) -> None:
    """The filter of the list offers the living, that of the archive all."""
    db = fresh_database(tmp_path)
    for name in ("Ada", "Bob", "Юля"):
        blogger(db, name)
    with db.write() as session:
        session.connection().exec_driver_sql("UPDATE blogger SET archived_at = created_at WHERE id = 1")
    assert list(locations.blogger_names(db)["name"]) == ["Bob", "Юля"]
    assert list(locations.blogger_names(db, archived=True)["name"]) == ["Ada", "Bob", "Юля"]
    assert len(locations.blogger_names(db, limit=1)) == 1
    db.close()


@pytest.fixture
def few(tmp_path: Path) -> Iterator[Database]:
    """Six locations of three people; their ids are 1 to 6."""
    db = fresh_database(tmp_path)
    names = ("Анна Белова", "Boris Orlov", "ليلى حداد")
    places = (("Кухня", "Студия"), ("Kitchen", "Orangery"), ("المطبخ", "سطح"))
    for name, rooms in zip(names, places, strict=True):
        owner = blogger(db, name)
        for room in rooms:
            location(db, owner, room)
    yield db
    db.close()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("boris", [3, 4]),
        ("OR", [3, 4]),
        ("boris orang", [4]),
        ("orang boris", [4]),
        ("bors", []),
        ("БЕЛОВА кух", [1]),
        ("анна студ", [2]),
        ("ليلى سطح", [6]),
        ("حدا", [5, 6]),
        ("%", []),
        ("_", []),
        ("  ", [1, 2, 3, 4, 5, 6]),
    ],
)
def test_what_is_found_contains_every_word_and_nothing_else_is(
    few: Database, text: str, found: list[int]
) -> None:
    """In the name of the blogger or of the location, in any case and any script; no letter may lack."""
    assert sorted(locations.location_ids(few, LocationFilter(text=text))) == found
    assert locations.count_locations(few, LocationFilter(text=text)) == len(found)


def shown(db: Database, location_id: int) -> tuple[str, str]:
    """Both states as lists show them; the filter of each must find the location."""
    (row,) = locations.locations(db, LocationFilter(), ids=(location_id,)).to_dict("records")
    motion = "failed" if row["motion_shown"] == RUN_FAILED else row["motion_shown"]
    for where in (LocationFilter(avatar_shown=row["avatar_shown"]), LocationFilter(motion_shown=motion)):
        assert location_id in locations.location_ids(db, where)
    return row["avatar_shown"], row["motion_shown"]


def ended(db: Database, location_id: int, state: str, *, kind: str = "avatar", again: bool = False) -> None:
    """One more run of the location, which ended like this a moment ago."""
    with db.write() as session:
        number = session.connection().exec_driver_sql("SELECT count(*) FROM run").scalar_one()
        values = {"quote_id": f"q{number}", "actor": "Ann", "group_name": "x", "ended_at": clock.now()}
        session.add(Run(kind=kind, location_id=location_id, state=state, again=again, **values))


def test_a_last_run_that_failed_is_a_failure_in_the_list(few: Database) -> None:
    """Also where HeyGen made nothing, so that no state of the location tells of it; until a newer run."""
    assert shown(few, 1) == ("none", "none")
    ended(few, 1, "failed")
    assert shown(few, 1) == ("failed", "none")
    assert 1 not in locations.location_ids(few, LocationFilter(avatar_shown="none"))
    ended(few, 1, "failed", kind="video")
    ended(few, 1, "cancelled")
    assert shown(few, 1) == ("none", "none")


def test_a_motion_that_was_never_begun_failed_all_the_same(few: Database) -> None:
    """The avatar is ready and its motion was refused: the motion has failed."""
    set_location(few, 2, heygen_avatar_id="a2", avatar_status="completed")
    ended(few, 2, "failed")
    assert shown(few, 2) == ("completed", "failed")


def test_a_ready_avatar_whose_last_run_failed_says_so(few: Database) -> None:
    """The earlier motion is there, the other one failed; one that came in another way since mends it."""
    ready = {"heygen_avatar_id": "a3", "avatar_status": "completed", "motion_status": "completed"}
    set_location(few, 3, **ready, status_at=clock.now() - timedelta(hours=1))
    ended(few, 3, "failed", again=True)
    assert shown(few, 3) == ("completed", RUN_FAILED)
    ended(few, 4, "failed")
    assert shown(few, 4) == ("failed", "none")
    set_location(few, 4, **ready, status_at=clock.now() + timedelta(minutes=1))
    assert shown(few, 4) == ("completed", "completed")


def test_a_choice_knows_who_lacks_an_avatar(few: Database) -> None:
    """Those without one, or whose motion failed, as long as no run is under way for them."""
    ready = {"heygen_avatar_id": "x", "avatar_status": "completed"}
    set_location(few, 1, **ready, motion_status="completed")
    set_location(few, 2, **ready, motion_status="failed")
    add_run(few, 3, "running")
    choice = locations.choice(few, [1, 2, 3, 4], LocationFilter())
    assert choice.missing == (2, 4)
    assert locations.location_ids(few, LocationFilter(needs_avatar=True, idle=True)) == [4, 2, 5, 6]
