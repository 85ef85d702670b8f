"""Runs carry the member who confirmed them: budgets count by address, and a run outlives its person."""

import pytest
from sqlmodel import select

from core.database.tables.money import Entry
from core.database.tables.runs import Event
from core.errors import OverLimit
from core.money import budgets
from core.people import access, members, sign_ins
from core.people.roles import LOCAL_ADMIN, Person
from core.quotes import avatars
from core.quotes.avatars import Quote
from core.reports import audit
from core.runs.confirm import confirm
from tests.films import Films
from tests.world import CREDIT, World

ANNA, BORIS = "anna@team.example", "boris@team.example"


def member(world: World, email: str) -> tuple[Person, str]:
    """Somebody who joined by a link, as pages know them, and what the gate hands on for them."""
    db = world.studio.db
    token = members.invite(db, email, role="operator", actor=LOCAL_ADMIN)
    with db.write() as session:
        cookie = sign_ins.begin(session, members.use_up(session, token), "invitation")
    header = access.sealed(f"cookie {members.hash_of(cookie)}")
    found = access.person(db, world.studio.settings, header)
    assert found is not None
    return found, header


def quote(world: World, who: Person, *places: int) -> Quote:
    return avatars.quote(world.studio, location_ids=places, motion_type="veo2", person=who.name)


def test_each_member_has_a_budget_of_their_own(films: Films) -> None:
    """Two members with a hard budget each: what one spends leaves the other's as it was."""
    world = films
    (anna, _), (boris, _) = member(world, ANNA), member(world, BORIS)
    for who, credits in ((anna, 1), (boris, 2)):
        budget = {"micro": credits * CREDIT, "hard": True, "reason": ""}
        budgets.set_budget(world.studio.db, scope="person", target=who.name, **budget, actor=LOCAL_ADMIN)
    places = [world.location(name) for name in ("One", "Two", "Three", "Four")]
    confirm(world.studio, quote(world, anna, places[0]), actor=anna)
    shown = quote(world, anna, places[1])
    assert [(problem.code, problem.values["person"]) for problem in shown.problems] == [
        ("budget_person", ANNA)
    ]
    with pytest.raises(OverLimit, match=f"The budget of {ANNA} for this month"):
        confirm(world.studio, shown, actor=anna)
    for place in places[1:3]:
        confirm(world.studio, quote(world, boris, place), actor=boris)
    with pytest.raises(OverLimit, match=f"The budget of {BORIS} for this month"):
        confirm(world.studio, quote(world, boris, places[3]), actor=boris)
    used = {one.target: one.held for one in budgets.standing(world.studio.db)}
    assert used == {ANNA: CREDIT, BORIS: 2 * CREDIT}


def test_a_run_goes_on_after_its_person_was_removed(world: World) -> None:
    """It ends done, and everything of it names the member; the member can do nothing any more."""
    anna, header = member(world, ANNA)
    place, other = world.location("One"), world.location("Two")
    shown = quote(world, anna, other)
    (run,) = confirm(world.studio, quote(world, anna, place), actor=anna)
    members.remove(world.studio.db, anna.member_id or 0, actor=LOCAL_ADMIN)
    assert access.person(world.studio.db, world.studio.settings, header) is None
    assert world.drive(run).state == "done"
    assert world.place(place).motion_status == "completed"
    with world.studio.db.read() as session:
        entries = session.exec(select(Entry.kind, Entry.actor).where(Entry.run_id == run.id)).all()
        assert entries == [("hold", ANNA), ("capture", ANNA)]
        assert ANNA in session.exec(select(Event.actor).where(Event.run_id == run.id)).all()
    assert [*audit.of_run(world.studio.db, run.id or 0)["actor"]] == [ANNA]
    assert world.run(run).actor == ANNA
    assert shown.person == ANNA
