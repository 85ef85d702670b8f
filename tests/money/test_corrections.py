"""What a person says of the balance: adjustments, refunds and other changes, each a line of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import select

from core import clock
from core.amounts import MICRO
from core.database.engine import Database
from core.database.tables.money import Entry, Reading
from core.errors import BadInput, NotFound, Refusal
from core.money import corrections, ledger
from core.money.ledger import Balances
from core.people.roles import BOOKKEEPER, Person
from core.reports import reconciliation
from tests.books import Books, moment
from tests.people import somebody

DANA = somebody("Dana")
DAY = "2025-11-22"
DRIFT = "Changed outside the Studio"


@dataclass
class Ledger(Books):
    """Books with a person's decisions about them."""

    studio: Any

    def captured(self, run_id: int, *parts: int, day: str = DAY, kind: str = "add_motion") -> None:
        """HeyGen took this for one call of the run; what is beyond the first part is an overrun."""
        known = {"run_id": run_id, "operation_id": self.call(run_id, 1, kind), "location_id": 1}
        for kind, micro in zip(("capture", "overrun"), parts, strict=False):
            self.entry(kind, -micro, day, **known)

    def spent(self, micro: int = MICRO, *, day: str = DAY, state: str = "failed") -> int:
        """A run that cost so much; returns its id."""
        run = self.run(1, day, state=state, quote_id=f"q{day}{state}{micro}")
        self.captured(run, micro, day=day)
        return run

    def drift(self, micro: int, day: str = DAY) -> int:
        """HeyGen's balance changed by so much from outside; returns the line's id."""
        self.entry("adjust", micro, day, actor=BOOKKEEPER, note=DRIFT)
        return self.lines()[-1].id or 0

    def lines(self) -> list[Entry]:
        with self.db.read() as session:
            return list(session.exec(select(Entry)))

    @property
    def money(self) -> Balances:
        with self.db.read() as session:
            return ledger.balances(session)

    def offered(self) -> list[tuple[int, list[int]]]:
        """Each offer: the drift's line and the runs it may be of."""
        return [(one.entry_id, list(one.candidates["run_id"])) for one in reconciliation.offers(self.db)]

    def book(self, micro: int, reason: str = "A voucher", actor: Person = DANA) -> None:
        corrections.book(self.studio.db, micro=micro, reason=reason, actor=actor)

    def refund(self, entry_id: int, run_id: int, **more: Any) -> None:
        corrections.accept_refund(self.studio.db, entry_id, run_id, **{"actor": DANA, **more})

    def explain(self, entry_id: int, reason: str = "Bought 5", actor: Person = DANA) -> None:
        corrections.explain(self.studio.db, entry_id, reason=reason, actor=actor)


@pytest.fixture
def books(db: Database) -> Iterator[Ledger]:
    """A ledger of 20 credits, opened by HeyGen's balance, and one location."""
    books = Ledger(db, SimpleNamespace(db=db))
    books.location()
    books.entry("adjust", 20 * MICRO, "2025-01-01", actor=BOOKKEEPER, note="Opening balance")
    yield books
    clock.shift(0)


def test_an_adjustment_changes_what_is_available_and_says_why(books: Ledger) -> None:
    """One line with the person and the reason; nothing counts as spent."""
    books.book(-3 * MICRO, reason="  Paid back \n to sales ")
    line = books.lines()[-1]
    assert (line.kind, line.micro_credits, line.actor) == ("adjust", -3 * MICRO, "Dana")
    assert line.note == "Paid back to sales"
    assert books.money == Balances(available=17 * MICRO, held=0, spent=0)


@pytest.mark.parametrize(
    ("micro", "reason", "said"),
    [
        (0, "x", "any amount but 0"),
        (corrections.MOST + 1, "x", "up to a million"),
        (MICRO, " \n", "A reason is needed"),
        (MICRO, "x" * 301, "longer than 300"),
        (-20 * MICRO - 1, "x", "To take away: 20.000001 credits, available: 20 credits. Nothing was booked."),
    ],
)
def test_a_wrong_adjustment_is_refused_with_what_to_do(
    books: Ledger, micro: int, reason: str, said: str
) -> None:
    """Nothing, too much, without a reason, or more than is there: nothing is booked."""
    with pytest.raises(BadInput) as refused:
        books.book(micro, reason)
    assert said in refused.value.user_message
    assert "Nothing was booked" in refused.value.user_message
    assert len(books.lines()) == 1


def test_everything_available_may_be_taken_away_but_nothing_that_is_held(books: Ledger) -> None:
    """Available goes down to 0 and never below; what is held is not in it."""
    run = books.run(1, DAY, state="running", ended_at=None)
    books.entry("hold", -5 * MICRO, run_id=run, location_id=1)
    with pytest.raises(BadInput, match="available: 15"):
        books.book(-16 * MICRO)
    books.book(-15 * MICRO)
    assert (books.money.available, books.money.held) == (0, 5 * MICRO)


def test_a_second_click_books_nothing(books: Ledger) -> None:
    """The same again at once is one adjustment; by somebody else, later, or after the clock went back, it is
    another."""
    books.book(-15 * MICRO)
    books.book(-15 * MICRO)
    assert len(books.lines()) == 2
    books.book(MICRO)
    books.book(MICRO, actor=somebody("Kim"))
    clock.shift(60)
    books.book(MICRO, actor=somebody("Kim"))
    assert books.money.available == 8 * MICRO
    clock.shift(0)
    books.book(MICRO, actor=somebody("Kim"))
    assert books.money.available == 9 * MICRO


def test_a_refund_takes_the_drift_back_and_stands_at_its_run(books: Ledger) -> None:
    """Two lines in place of one: Available stays what HeyGen says, and the run knows its refund."""
    run, drift = books.spent(), books.drift(MICRO)
    before = books.money
    books.refund(drift, run)
    back, refund = books.lines()[-2:]
    assert (back.micro_credits, back.reverses_id, back.run_id) == (-MICRO, drift, None)
    assert (refund.micro_credits, refund.reverses_id, refund.run_id) == (MICRO, back.id, run)
    assert (refund.note, refund.location_id, refund.actor) == ("Refund", 1, "Dana")
    assert books.money == before
    assert reconciliation.drifts(books.db).empty


def test_a_refund_is_booked_once_whoever_says_it_again(books: Ledger) -> None:
    """A second click changes nothing; another answer to the same drift is refused with who was first."""
    run, other, drift = books.spent(), books.spent(day="2025-11-21"), books.drift(MICRO)
    books.refund(drift, run)
    books.refund(drift, run, actor=somebody("Kim"))
    count = len(books.lines())
    with pytest.raises(Refusal, match="Dana has explained this change already"):
        books.refund(drift, other, actor=somebody("Kim"))
    with pytest.raises(Refusal, match="Dana has explained"):
        books.explain(drift, "Bought", actor=somebody("Kim"))
    assert len(books.lines()) == count


def test_a_run_gets_no_more_back_than_it_spent(books: Ledger) -> None:
    """Neither more at once nor the same twice; a unit of HeyGen's rounding is let pass."""
    run = books.spent()
    with pytest.raises(BadInput, match="did not spend that much"):
        books.refund(books.drift(MICRO + 20_000), run)
    with pytest.raises(BadInput, match="did not spend that much"):
        books.refund(books.drift(-MICRO), run)
    books.refund(books.drift(MICRO + 10_000), run)
    with pytest.raises(BadInput, match="did not spend that much"):
        books.refund(books.drift(MICRO), run)


def test_only_a_change_from_outside_can_be_explained(books: Ledger) -> None:
    """Not the opening balance, not a line of a run, not what a person booked, nothing that is not there."""
    run = books.spent()
    books.book(MICRO)
    for line in (1, 2, len(books.lines()), 999):
        with pytest.raises(NotFound, match="no change from outside"):
            books.explain(line)
        with pytest.raises(NotFound, match="no change from outside"):
            books.refund(line, run)
    with pytest.raises(NotFound, match="no run 77"):
        books.refund(books.drift(MICRO), 77)


def test_a_change_is_explained_in_words(books: Ledger) -> None:
    """Credits that were bought or spent elsewhere: the drift gives way to the reason, also a negative one."""
    for micro, reason in ((5 * MICRO, "Bought 5"), (-2 * MICRO, "Dana tried HeyGen's own editor")):
        drift, before = books.drift(micro), books.money
        books.explain(drift, reason)
        books.explain(drift, reason)
        assert books.money == before
    found = reconciliation.explained(books.db)
    assert list(found["note"]) == ["Dana tried HeyGen's own editor", "Bought 5"]
    assert list(found["explains"]) == [True, True]
    assert reconciliation.drifts(books.db).empty
    with pytest.raises(BadInput, match="A reason is needed"):
        books.explain(books.drift(MICRO), " ")


def test_what_people_booked_is_listed_without_the_lines_in_between(books: Ledger) -> None:
    """An adjustment, a refund and an explanation: three rows, the newest first, the refund with its run."""
    books.book(MICRO, "A voucher")
    run = books.spent()
    books.refund(books.drift(MICRO), run, reason="Ticket 12")
    books.explain(books.drift(MICRO), "Bought")
    books.drift(MICRO)
    rows = reconciliation.explained(books.db).to_dict("records")
    assert [(row["note"], row["run_id"], bool(row["explains"])) for row in rows] == [
        ("Bought", None, True),
        ("Ticket 12", run, True),
        ("A voucher", None, False),
    ]
    assert (rows[1]["blogger"], rows[1]["location"]) == ("Mila Hart", "Studio")
    assert len(reconciliation.explained(books.db, limit=2)) == 2


def test_a_refund_is_offered_for_what_came_to_nothing_first(books: Ledger) -> None:
    """A credit came back: failed and cancelled runs that cost it, the newest first, then what is done."""
    done = books.spent(day="2025-11-21", state="done")
    failed = books.spent(day="2025-11-10")
    cancelled = books.spent(day="2025-11-11", state="cancelled")
    books.spent(2 * MICRO)
    drift = books.drift(MICRO)
    assert books.offered() == [(drift, [cancelled, failed, done])]
    (offer,) = reconciliation.offers(books.db)
    first = offer.candidates.iloc[0]
    assert (first.state, first.operation, first.micro_credits) == ("cancelled", "add_motion", MICRO)
    assert (first.blogger, first.location) == ("Mila Hart", "Studio")
    books.refund(drift, failed)
    assert books.offered() == []


@pytest.mark.parametrize(
    ("micro", "offered"),
    [(MICRO, True), (MICRO + 16_667, True), (MICRO - 16_667, True), (MICRO + 16_668, False), (-MICRO, False)],
)
def test_an_amount_matches_give_or_take_heygens_least_step(books: Ledger, micro: int, offered: bool) -> None:
    """HeyGen's balance moves in sixtieths of a credit; what went away is no refund."""
    books.spent()
    books.drift(micro)
    assert bool(books.offered()) == offered


def test_a_charge_beyond_its_hold_counts_as_one(books: Ledger) -> None:
    """What was captured and what ran over were one call, and come back as one amount."""
    run = books.run(1)
    books.captured(run, MICRO, MICRO // 2, kind="generate_video")
    drift = books.drift(MICRO * 3 // 2)
    assert books.offered() == [(drift, [run])]


@pytest.mark.parametrize(
    ("day", "offered"), [("2025-10-24", True), ("2025-10-22", False), ("2025-11-23", False)]
)
def test_a_refund_is_of_the_thirty_days_before(books: Ledger, day: str, offered: bool) -> None:
    """What was taken longer ago, or only afterwards, was not given back now."""
    books.spent(day=day)
    books.drift(MICRO)
    assert bool(books.offered()) == offered


def test_a_large_ledger_is_searched_whole_only_for_what_came_to_nothing(
    books: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind the newest lines only failed and cancelled runs are found, so that a page stays quick."""
    monkeypatch.setattr(reconciliation, "LINES_LOOKED_AT", 2)
    failed, done = (books.spent(day="2025-11-20", state=state) for state in ("failed", "done"))
    drift = books.drift(MICRO)
    assert books.offered() == [(drift, [failed, done])]
    books.spent(2 * MICRO)
    assert books.offered() == [(drift, [failed])]


def test_a_run_that_had_its_refund_is_not_offered_again(books: Ledger) -> None:
    """The next credit that comes back is of another run."""
    first, second = books.spent(), books.spent(day="2025-11-21")
    books.refund(books.drift(MICRO), first)
    drift = books.drift(MICRO)
    assert books.offered() == [(drift, [second])]


def test_what_went_away_again_was_no_refund(books: Ledger) -> None:
    """HeyGen's balance was late: up by what a run took, then down by as much."""
    books.spent(state="done")
    books.drift(MICRO)
    books.drift(-MICRO)
    assert books.offered() == []
    assert len(reconciliation.drifts(books.db)) == 2


def test_neither_the_opening_nor_an_adjustment_is_offered(books: Ledger) -> None:
    """Only what HeyGen's balance showed by itself can be a refund."""
    books.spent(20 * MICRO, day="2024-12-31")
    books.spent()
    books.book(MICRO)
    assert books.offered() == []


def test_only_the_newest_changes_are_looked_into(books: Ledger) -> None:
    """A page asks the database for at most ten of them, however many there are."""
    books.spent()
    entries = [books.drift(MICRO) for _ in range(12) if books.drift(-5 * MICRO)]
    assert [entry for entry, _ in books.offered()] == entries[::-1][:10]
    (oldest,) = reconciliation.offers(books.db, entry_id=entries[0])
    assert oldest.entry_id == entries[0]


def reading(books: Ledger, micro: int, *, compared: bool = False, day: str = DAY) -> None:
    with books.db.write() as session:
        session.add(Reading(micro_credits=micro, groups=0, compared=compared, read_at=moment(day)))


def test_the_state_before_heygen_was_reached(books: Ledger) -> None:
    """There is nothing to agree with."""
    state = reconciliation.state(books.db)
    assert (state.verdict, state.heygen, state.difference) == ("unread", None, 0)


def test_what_is_held_is_expected_at_heygen(books: Ledger) -> None:
    """A hold is the Studio's own matter; a live run keeps the balance from being judged."""
    run = books.run(1, state="queued", ended_at=None)
    books.entry("hold", -MICRO, run_id=run, location_id=1)
    reading(books, 20 * MICRO)
    state = reconciliation.state(books.db)
    assert (books.money.held, state.expected, state.difference) == (MICRO, 20 * MICRO, 0)
    assert (state.verdict, state.in_flight, state.waiting) == ("in_flight", 1, 0)


@pytest.mark.parametrize(
    ("micro", "verdict"),
    [(20 * MICRO, "agrees"), (20 * MICRO - 16_667, "agrees"), (20 * MICRO - 16_668, "differs")],
)
def test_agreeing_is_within_heygens_least_step(books: Ledger, micro: int, verdict: str) -> None:
    """HeyGen tells whole units only, so less than one is no difference."""
    reading(books, micro)
    state = reconciliation.state(books.db)
    assert (state.verdict, state.difference) == (verdict, micro - 20 * MICRO)


def test_the_state_says_when_it_was_last_compared_and_what_is_open(books: Ledger) -> None:
    """The last judged reading, not the last one; changes nobody explained; refunds of this month."""
    reading(books, 20 * MICRO, compared=True, day="2025-11-20")
    reading(books, 20 * MICRO, day="2025-11-22")
    books.refund(books.drift(MICRO), books.spent())
    books.drift(5 * MICRO)
    # A refund is of the month in which it was booked, and that was now.
    books.entry("adjust", 7 * MICRO, "2025-10-31", run_id=1, location_id=1)
    state = reconciliation.state(books.db)
    assert (state.compared_at, state.read_at) == (moment("2025-11-20"), moment("2025-11-22"))
    assert (len(reconciliation.drifts(books.db)), state.refunds_this_month) == (1, MICRO)


def test_a_render_given_up_yesterday_keeps_the_balance_from_being_judged(books: Ledger) -> None:
    """HeyGen may finish, and charge, what the Studio stopped waiting for; after a day it does not."""
    now = clock.now()
    books.run(1, state="failed", step="rendering", kind="video", ended_at=now - timedelta(hours=20))
    reading(books, 20 * MICRO)
    assert reconciliation.state(books.db).verdict == "in_flight"
    clock.shift(5 * 3600)
    assert reconciliation.state(books.db).verdict == "agrees"
