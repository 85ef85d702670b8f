"""Available, Held and Spent are one table of effects, however the lines are summed."""

import pytest
from sqlmodel import col, select

from core.database.engine import Database
from core.database.tables.bloggers import Location
from core.database.tables.money import ENTRY_KINDS, Entry
from core.database.tables.runs import Run
from core.money import figures, ledger
from tests.books import CREDIT, Books

#: A line of each kind, and what it leaves Available, Held and Spent at.
LINES = (
    ("adjust", 9 * CREDIT, (9, 0, 0)),
    ("hold", -4 * CREDIT, (5, 4, 0)),
    ("capture", -2 * CREDIT, (5, 2, 2)),
    ("release", CREDIT, (6, 1, 2)),
    ("overrun", -3 * CREDIT, (3, 1, 5)),
)


def test_every_kind_moves_what_the_table_says(db: Database) -> None:
    """After each line the three figures are what the table of effects says, and add up to what came in."""
    assert {kind for kind, _, _ in LINES} == set(ENTRY_KINDS)
    books, sums = Books(db), dict.fromkeys(ENTRY_KINDS, 0)
    for kind, micro, expected in LINES:
        books.entry(kind, micro)
        sums[kind] += micro
        with db.read() as session:
            found = ledger.balances(session)
        assert (found.available, found.held, found.spent) == tuple(n * CREDIT for n in expected)
        assert found == figures.of_kinds(sums)
        assert sum(vars(found).values()) == sums["adjust"]


@pytest.mark.parametrize("figure", figures.EFFECTS)
def test_parts_add_up_to_the_whole(db: Database, figure: str) -> None:
    """The days, the runs and the locations each come to the figure of the whole ledger."""
    books = Books(db)
    for n, name in enumerate(("Studio", "Park"), 1):
        place = books.location(name, blogger=f"Mila {n}")
        for day in ("2025-10-31T23:59:59", "2025-11-01"):
            run = books.run(place, day)
            for kind, micro, _ in LINES:
                books.entry(kind, micro * n + n, day, run_id=run, location_id=place)
    empty = books.run(books.location("Empty", blogger="Kai"))
    with db.read() as session:
        whole = vars(ledger.balances(session))[figure]
        by_run = select(Run.id, figures.of_each(figure, col(Entry.run_id) == col(Run.id)))
        runs = dict(session.exec(by_run).all())
        by_place = select(figures.of_each(figure, col(Entry.location_id) == col(Location.id)))
        places = session.exec(by_place.select_from(Location)).all()
    assert whole == sum(runs.values()) == sum(places) != 0
    assert runs[empty] == 0
