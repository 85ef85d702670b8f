"""Lists of locations: filtered, counted and paged in SQL, however many there are."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from core.database.engine import Database
from core.database.tables.bloggers import Blogger, Location
from core.database.tables.money import Entry
from core.database.tables.runs import Run
from core.reports import locations
from core.reports.locations import LocationFilter
from tests.fresh import blogger, fresh_database

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
