"""Whatever happens in whatever order, the ledger agrees with itself, its runs and HeyGen's charges."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import col, select

from core.account import balance
from core.database.leases import Owner
from core.database.tables.runs import ENDED_STATES, Run
from core.errors import OverLimit, Refusal, StaleQuote
from core.journal import breaker
from core.money import corrections
from core.runs import advance, decisions, drive
from tests.world import CREDIT, PERSON, Over, World, open_world

_NUMBERS = count(1)
FAULTS = ("drop_before", "drop_after", "error_after", "refuse", "rate_limit", "motion_fails", "malformed")


class Died(BaseException):
    """The process ends here: nothing after this line of it runs."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A plan that allows any number of groups, and credits enough for every example."""
    with open_world(tmp_path / "data", PLAN="pro") as opened:
        opened.control("POST", "settings", credits=100_000 * CREDIT, group_limit=-1)
        balance.refresh(opened.studio)
        yield opened


def all_runs(world: World) -> list[Run]:
    with world.studio.db.read() as session:
        return list(session.exec(select(Run).order_by(col(Run.id))))


def start(world: World, n: int) -> None:
    """Another location, another avatar."""
    world.confirm(world.location(f"Place {next(_NUMBERS)}"))


def step(world: World, n: int) -> None:
    """One of the runs does a step, or does not because it is not due."""
    if live := [run for run in all_runs(world) if run.ended_at is None]:
        advance.advance(world.studio, live[n % len(live)].id or 0)


def fault(world: World, n: int) -> None:
    """The next motion or group goes wrong."""
    kind = FAULTS[n % len(FAULTS)]
    route = "motion" if kind == "motion_fails" or n % 2 else "create"
    more = {"code": 40004, "message": "no face"} if kind == "refuse" else {}
    world.fault(route, kind, seconds=0.05, **more)


def crash(world: World, n: int) -> None:
    """The process ends just before a motion leaves, or just after HeyGen has done it; another one starts."""
    inner = world.studio.client

    def last(*args: str, key: str) -> str:
        if n % 2:
            inner.add_motion_to_avatar(*args, key=key)
        raise Died

    world.studio.client = Over(inner, add_motion_to_avatar=last)
    try:
        for run in all_runs(world):
            advance.advance(world.studio, run.id or 0)
    except Died:
        world.studio.owner.close()
        world.studio.owner = Owner(world.studio.db, world.studio.settings.data_dir)
    finally:
        world.studio.client = inner


def retry(world: World, n: int) -> None:
    """Somebody retries what failed, at the price that the page shows."""
    if failed := [run for run in all_runs(world) if run.state == "failed"]:
        run = failed[n % len(failed)]
        world.retry(run)


def cancel(world: World, n: int) -> None:
    """Somebody cancels something, too late or not."""
    if found := all_runs(world):
        decisions.request_cancel(world.studio, found[n % len(found)].id or 0, actor=PERSON)


def adjust(world: World, n: int) -> None:
    """Somebody books a correction."""
    micro = n - 500 or 1
    corrections.book(world.studio.db, micro=micro, reason="a correction", actor=PERSON)


def gone(world: World, n: int) -> None:
    """HeyGen's credits are used up for one call; somebody adds some and lets the work go on."""
    world.fault("motion", "refuse", status=402, code="insufficient_credit", message="no credits")
    for run in all_runs(world):
        advance.advance(world.studio, run.id or 0)
    breaker.lift(world.studio.db, actor=PERSON)


def read(world: World, n: int) -> None:
    """HeyGen's balance is read at this moment."""
    balance.refresh(world.studio)


MOVES: dict[str, Callable[[World, int], None]] = {
    move.__name__: move for move in (start, step, fault, crash, retry, cancel, adjust, gone, read)
}


def check(world: World) -> None:
    """What must be true at every moment."""
    money = world.money
    with world.studio.db.read() as session:
        rows = session.connection()

        def one(query: str) -> int:
            return rows.execute(text(query)).scalar() or 0

        came_in = one("SELECT sum(micro_credits) FROM entry WHERE kind = 'adjust'")
        twice = one(
            "SELECT count(*) FROM "
            "(SELECT 1 FROM entry WHERE kind = 'capture' GROUP BY operation_id HAVING count(*) > 1)"
        )
        ended = ", ".join(f"'{state}'" for state in ENDED_STATES)
        held = "sum(CASE kind WHEN 'capture' THEN micro_credits WHEN 'adjust' THEN 0 ELSE -micro_credits END)"
        left = one(
            f"SELECT count(*) FROM (SELECT {held} AS held FROM entry WHERE kind != 'overrun' AND run_id IN "
            f"(SELECT id FROM run WHERE state IN ({ended})) GROUP BY run_id) WHERE held != 0"
        )
        overruns = one("SELECT count(*) FROM entry WHERE kind = 'overrun'")
        confirmed = one("SELECT sum(price) FROM operation WHERE state = 'confirmed' OR orphan")
    assert money.available + money.held + money.spent == came_in
    assert money.held >= 0
    assert twice == 0
    assert overruns == 0, "a motion's price is known, so all of it was held before"
    assert left == 0, "a hold outlived its run"
    assert money.spent == confirmed, "what HeyGen took is in the ledger, held before or not"


# Examples go on in one world, so a shorter one is not the same one: nothing is shrunk. Four worlds.
@pytest.mark.parametrize("part", range(4))
@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    moves=st.lists(st.tuples(st.sampled_from(sorted(MOVES)), st.integers(0, 999)), min_size=3, max_size=12)
)
def test_no_sequence_of_events_breaks_the_ledger(
    world: World, moves: list[tuple[str, int]], part: int
) -> None:
    """Holds, captures, releases, adjustments, crashes, retries, pauses: the sums hold at every moment.

    At the end, when nothing can move any more, HeyGen has charged exactly what the ledger says.
    """
    start(world, 0)
    for name, n in moves:
        with suppress(Refusal, OverLimit, StaleQuote):
            MOVES[name](world, n)
        check(world)
    world.control("DELETE", "faults")
    breaker.lift(world.studio.db, actor=PERSON)
    drive.drive(world.studio, [run.id for run in all_runs(world)])
    check(world)
    assert sum(charge["micro_credits"] for charge in world.heygen["charges"]) == world.money.spent
    assert world.money.held == 0
