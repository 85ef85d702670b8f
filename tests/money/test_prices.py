"""Prices set by hand: what counts when, what is refused, and what a confirmed run has agreed on."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from core import clock
from core.database.tables.money import Entry, PriceOverride
from core.database.tables.runs import Run
from core.errors import BadInput, StaleQuote
from core.money import prices, tariffs
from core.money.tariffs import Price
from core.runs import confirm
from tests.people import somebody
from tests.world import CREDIT, PERSON, World, at_once, retry_price

MOTION = "add_motion"


def set_price(
    world: World, micro: int, *, operation: str = MOTION, reason: str = "HeyGen's new list"
) -> None:
    prices.override(world.studio.db, operation=operation, micro=micro, reason=reason, actor=PERSON)


def price(world: World, operation: str = MOTION) -> Price:
    return world.studio.tariffs.prices[operation]


def lines(world: World, run: Run) -> list[tuple[str, int, int | None]]:
    """The run's ledger lines: kind, micro-credits, the price a unit."""
    with world.studio.db.read() as session:
        found = session.exec(select(Entry).where(Entry.run_id == run.id).order_by(col(Entry.id)))
        return [(one.kind, one.micro_credits, one.unit_price) for one in found]


def test_a_price_set_by_hand_counts_with_its_reason_and_day(world: World) -> None:
    """Price, reason, person and date are those of the change; every other price stays the file's."""
    published = tariffs.load()
    clock.shift(timedelta(days=40).total_seconds())
    set_price(world, CREDIT * 3 // 2, reason="  HeyGen's new\n list ")
    changed = price(world)
    assert (changed.micro_credits, changed.source) == (1_500_000, "HeyGen's new list")
    assert changed.set_by == PERSON.name
    assert changed.overridden
    assert changed.as_of == clock.now().date()
    assert changed.per == published.prices[MOTION].per
    others = {name: one for name, one in world.studio.tariffs.prices.items() if name != MOTION}
    assert others == {name: one for name, one in published.prices.items() if name != MOTION}


def test_a_stale_price_that_was_looked_up_is_fresh_again(world: World) -> None:
    """The same figure, set today with a reason, is a figure of today."""
    clock.shift(timedelta(days=400).total_seconds())
    assert price(world).stale(clock.now())
    set_price(world, CREDIT, reason="looked up: still 1 credit")
    assert not price(world).stale(clock.now())
    assert price(world).micro_credits == CREDIT


def test_back_to_the_file(world: World) -> None:
    """The published price counts again, and a second click changes nothing."""
    set_price(world, 5 * CREDIT)
    prices.back_to_file(world.studio.db, MOTION, actor=PERSON)
    prices.back_to_file(world.studio.db, MOTION, actor=somebody("somebody else"))
    assert world.studio.tariffs == tariffs.load()
    (row,) = prices.history(world.studio.db).itertuples()
    assert row.ended_by == PERSON.name


def test_every_price_stays_in_the_history(world: World) -> None:
    """Newest first, each with reason, person and times; the one that counts has no end."""
    set_price(world, 2 * CREDIT, reason="first")
    set_price(world, 3 * CREDIT, reason="second")
    set_price(world, 3 * CREDIT, reason="second")
    set_price(world, 1, operation="upload_asset", reason="third")
    told = prices.history(world.studio.db)
    assert told["reason"].tolist() == ["third", "second", "first"]
    assert told["micro_credits"].tolist() == [1, 3 * CREDIT, 2 * CREDIT]
    assert told["ended_by"].tolist() == [None, None, PERSON.name]
    assert told["ended_at"].iloc[2] is not None
    assert len(prices.history(world.studio.db, limit=1)) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"micro": -1}, "cannot be negative"),
        ({"micro": prices.MOST * CREDIT + 1}, "at most"),
        ({"reason": " \n "}, "needs a reason"),
        ({"operation": "generate_money"}, "has no price"),
    ],
)
def test_what_is_no_price_is_refused(world: World, change: dict[str, object], said: str) -> None:
    """A negative or absurd price, an unknown call, no reason: said so, and nothing changed."""
    wanted: dict[str, object] = {"operation": MOTION, "micro": CREDIT, "reason": "why", "actor": PERSON}
    with pytest.raises(BadInput, match=said) as refused:
        prices.override(world.studio.db, **(wanted | change))  # pyright: ignore[reportArgumentType]
    assert "Nothing was changed" in refused.value.user_message
    assert not len(prices.history(world.studio.db))


def test_an_unknown_operation_has_no_published_price(world: World) -> None:
    """Going back needs an operation that has a price."""
    with pytest.raises(BadInput, match="has no price"):
        prices.back_to_file(world.studio.db, "generate_money", actor=PERSON)


@pytest.mark.parametrize(
    ("text", "micro"),
    [("1", CREDIT), (" 1.5 ", 1_500_000), ("0,25", 250_000), ("0", 0), ("0.000001", 1), ("-0", 0)],
)
def test_a_price_is_read_as_it_is_typed(text: str, micro: int) -> None:
    """With a point or a comma, to the micro-credit."""
    assert prices.typed(text) == micro


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no price"),
        ("one", "is no price"),
        ("1.234,5", "is no price"),
        ("nan", "is no price"),
        ("inf", "is no price"),
        ("-1", "cannot be negative"),
        ("-1e999999", "cannot be negative"),
        ("1e999999", "at most"),
        ("10000.000001", "at most"),
        ("0.0000001", "too many digits"),
        ("1e-999999", "too many digits"),
    ],
)
def test_what_is_typed_and_is_no_price_is_refused(text: str, said: str) -> None:
    """Not a number, below 0, beyond all prices, or finer than the ledger counts."""
    with pytest.raises(BadInput, match=said):
        prices.typed(text)


def test_many_who_change_a_price_at_once_leave_one_that_counts(world: World) -> None:
    """Ten people press Save together: ten rows, nine ended, one stands."""
    at_once(lambda n: set_price(world, n * CREDIT, reason=f"reason {n}"), range(10))
    with world.studio.db.read() as session:
        rows = session.exec(select(PriceOverride)).all()
    assert len(rows) == 10
    (standing,) = (row for row in rows if row.ended_at is None)
    assert price(world).micro_credits == standing.micro_credits


def test_a_quote_of_before_the_change_is_stale(world: World) -> None:
    """What is on screen shows the old price, so it cannot be confirmed; nothing is held."""
    quote = world.quote(world.location())
    set_price(world, 2 * CREDIT)
    with pytest.raises(StaleQuote):
        confirm.confirm(world.studio, quote, actor=PERSON)
    assert world.money.held == 0
    assert world.quote(quote.lines[0].location_id).total == 2 * CREDIT


def test_two_changes_that_cancel_each_other_out_make_a_quote_stale_too(world: World) -> None:
    """The total is the same and the prices are not: another plan."""
    quote = world.quote(world.location())
    set_price(world, CREDIT // 2)
    set_price(world, CREDIT // 2, operation="create_group")
    again = world.quote(quote.lines[0].location_id)
    assert again.total == quote.total
    assert again.fingerprint != quote.fingerprint


def test_a_change_after_confirm_does_not_reach_the_run(world: World) -> None:
    """What was shown is held and booked, though every price is another one by the time of the calls."""
    run = world.confirm(world.location())
    for operation in tariffs.CALLS["avatar"]:
        set_price(world, 4 * CREDIT, operation=operation)
    run = world.drive(run)
    assert run.state == "done", world.lines(run)
    assert lines(world, run) == [("hold", -CREDIT, None), ("capture", -CREDIT, CREDIT)]
    assert [call.price for call in world.operations(run)] == [0, 0, CREDIT]


def test_a_new_price_is_held_booked_and_stays_with_its_line(world: World) -> None:
    """Confirmed at 2.5: that is what the ledger says, also after the price is another one again."""
    set_price(world, 2_500_000)
    run = world.drive(world.confirm(world.location()))
    prices.back_to_file(world.studio.db, MOTION, actor=PERSON)
    assert lines(world, run) == [("hold", -2_500_000, None), ("capture", -2_500_000, 2_500_000)]
    later = world.drive(world.confirm(world.location("Kitchen")))
    assert lines(world, later)[1] == ("capture", -CREDIT, CREDIT)


def test_a_price_for_every_step_is_held_in_one_sum(world: World) -> None:
    """Upload 0.1, group 0.2, motion 1: 1.3 held, three captures, nothing left over."""
    set_price(world, CREDIT // 10, operation="upload_asset")
    set_price(world, CREDIT // 5, operation="create_group")
    run = world.confirm(world.location())
    assert world.money.held == 1_300_000
    run = world.drive(run)
    assert [line[1:] for line in lines(world, run) if line[0] == "capture"] == [
        (-100_000, 100_000),
        (-200_000, 200_000),
        (-CREDIT, CREDIT),
    ]
    assert world.money.held == 0


def test_a_retry_agrees_on_the_price_of_its_own_day(world: World) -> None:
    """Refused at 1, then dearer: the button says 2, the retry holds 2, and 2 are booked."""
    world.fault("motion", "refuse", status=400, code="invalid_parameter", message="no")
    run = world.drive(world.confirm(world.location()))
    set_price(world, 2 * CREDIT)
    with pytest.raises(StaleQuote):
        world.retry(run, price=CREDIT)
    shown = retry_price(world.studio, run)
    assert shown == 2 * CREDIT
    run = world.retry(run, price=shown)
    set_price(world, 3 * CREDIT)
    assert world.money.held == 2 * CREDIT
    assert world.drive(run).state == "done"
    assert (world.money.spent, world.money.held) == (2 * CREDIT, 0)
    assert lines(world, run)[-1] == ("capture", -2 * CREDIT, 2 * CREDIT)


def test_a_run_of_before_prices_were_kept_goes_at_the_price_of_the_moment(world: World) -> None:
    """Its row says nothing: today's price is taken, and topped up when it is dearer."""
    run = world.confirm(world.location())
    world.sql("UPDATE run SET prices = '{}'")
    set_price(world, 2 * CREDIT)
    run = world.drive(run)
    assert run.state == "done", world.lines(run)
    assert world.money.spent == 2 * CREDIT


def test_what_is_free_holds_nothing(world: World) -> None:
    """A motion set to 0: the avatar is made, and the ledger has no line of it."""
    set_price(world, 0)
    run = world.drive(world.confirm(world.location()))
    assert run.state == "done"
    assert lines(world, run) == []
