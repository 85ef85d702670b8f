"""journal.md, "Confirm": people who press at once never pass a hard budget together."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.account import balance
from core.config import load
from core.database.tables.runs import Run
from core.errors import OverLimit
from core.money import budgets
from core.people.roles import Person
from core.quotes import avatars
from core.quotes.avatars import Quote
from core.runs import confirm
from core.studio import Studio, open_studio
from tests.faults.processes import PATIENCE, Fork, environment
from tests.people import somebody
from tests.world import CREDIT, PERSON, World, at_once, eventually, open_world

PEOPLE = 20


@pytest.fixture
def roomy(tmp_path: Path) -> Iterator[World]:
    """Twenty locations, credits and groups for all of them: only a budget stands in the way."""
    with open_world(tmp_path / "data", PLAN="scale") as world:
        world.control("POST", "settings", credits=10 * PEOPLE * CREDIT)
        balance.refresh(world.studio)
        for n in range(PEOPLE):
            world.location(f"Place {n}", blogger=f"Blogger {n % 2}")
        yield world


def limit(world: World, credits: int, scope: str = "team", target: str = "") -> None:
    budgets.set_budget(
        world.studio.db,
        scope=scope,
        target=target,
        micro=credits * CREDIT,
        hard=True,
        reason="the month's",
        actor=PERSON,
    )


def spend_at_once(
    studio: Studio, shown: list[Quote], actors: list[Person]
) -> tuple[list[Run], list[OverLimit]]:
    """As many people as quotes press at the same moment; the runs that were made and the refusals."""

    def press(wish: tuple[Quote, Person]) -> list[Run] | OverLimit:
        try:
            return confirm.confirm(studio, wish[0], actor=wish[1])
        except OverLimit as error:
            return error

    came = at_once(press, list(zip(shown, actors, strict=True)))
    refused = [one for one in came if isinstance(one, OverLimit)]
    return [run for runs in came if not isinstance(runs, OverLimit) for run in runs], refused


@pytest.mark.parametrize("scope", ["team", "blogger", "person"])
def test_twenty_people_never_pass_a_hard_limit_together(roomy: World, scope: str) -> None:
    """Under a limit of seven credits twenty clicks at once make exactly seven runs; the rest are refused."""
    places = range(1, PEOPLE + 1)
    target = {"team": "", "blogger": str(roomy.place(1).blogger_id), "person": "Dana"}[scope]
    shown = [roomy.quote(place) for place in places]
    limit(roomy, 7, scope, target)
    actors = [somebody("Dana" if place % 2 or scope == "person" else "Kim") for place in places]
    made, refused = spend_at_once(roomy.studio, shown, actors)
    inside = [run for run in made if scope != "blogger" or roomy.place(run.location_id).blogger_id == 1]
    assert len(inside) == 7
    assert len(made) + len(refused) == PEOPLE
    assert len(made) == (17 if scope == "blogger" else 7), "another blogger's work was refused"
    assert roomy.money.held == len(made) * CREDIT
    assert all("Nothing was spent" in error.user_message for error in refused)


def press_in_a_process(places: list[int], ready: str, go: str, made: str) -> None:
    """Half of the people, in a process of their own: confirms when the file `go` is there."""
    studio = open_studio(load())
    shown = [avatars.quote(studio, location_ids=[place], motion_type="veo2") for place in places]
    Path(ready).touch()
    eventually(Path(go).exists, seconds=PATIENCE)
    runs, refused = spend_at_once(studio, shown, [PERSON] * len(shown))
    Path(made).write_text(f"{len(runs)} {len(refused)}")
    studio.close()


@pytest.mark.processes
def test_two_processes_never_pass_a_hard_limit_together(roomy: World, tmp_path: Path) -> None:
    """Ten people at each of two servers over one database: exactly seven of twenty succeed."""
    limit(roomy, 7)
    go, halves = tmp_path / "go", (list(range(1, 11)), list(range(11, 21)))
    settings = environment(DATA_DIR=str(tmp_path / "data"), PLAN="scale")
    servers = [
        Fork(
            tmp_path / f"log{n}",
            settings,
            press_in_a_process,
            half,
            *(str(path) for path in (tmp_path / f"ready{n}", go, tmp_path / f"made{n}")),
        )
        for n, half in enumerate(halves)
    ]
    eventually(lambda: all((tmp_path / f"ready{n}").exists() for n in range(2)), seconds=PATIENCE)
    go.touch()
    for server in servers:
        assert server.ends() == 0, server.output
    told = [tuple(map(int, (tmp_path / f"made{n}").read_text().split())) for n in range(2)]
    assert sum(runs for runs, _ in told) == 7
    assert sum(refused for _, refused in told) == 13
    assert roomy.money.held == 7 * CREDIT
