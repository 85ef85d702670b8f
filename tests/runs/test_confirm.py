"""journal.md, "Confirm": one transaction, the total held, a double click harmless."""

import pytest

from core.account import balance
from core.bloggers.archive import archive_location
from core.bloggers.editing import edit_location, rename_blogger
from core.database.tables.runs import Run
from core.errors import NotFound, OverLimit, Refusal, StaleQuote
from core.heygen.errors import UnsupportedMotion
from core.journal.progress import failure_text
from core.quotes.avatars import Quote
from core.runs import confirm
from tests.world import CREDIT, PERSON, World, at_once, photo_server, picture


def test_confirm_holds_the_quotes_total(world: World) -> None:
    """Two avatars confirmed: two runs exist, two credits moved from Available to Held, nothing is spent."""
    quote = world.quote(world.location("Studio"), world.location("Cafe"))
    assert quote.total == 2 * CREDIT
    made = confirm.confirm(world.studio, quote, actor=PERSON)
    assert [run.state for run in made] == ["queued", "queued"]
    assert (world.money.available, world.money.held, world.money.spent) == (8 * CREDIT, 2 * CREDIT, 0)


def test_a_double_click_is_harmless(world: World) -> None:
    """Eight threads confirm the same quote at once: one run, one hold, and each gets that run."""
    quote = world.quote(world.location())
    got = at_once(lambda _: confirm.confirm(world.studio, quote, actor=PERSON), range(8))
    assert [len(runs) for runs in got] == [1] * 8
    assert len({run.id for (run,) in got}) == 1
    assert world.money.held == CREDIT


def test_two_people_spend_on_one_location_once(world: World) -> None:
    """Two quotes for one location, confirmed by eight threads: one run; the rest are stale."""
    place = world.location()

    def spend(quote: Quote) -> list[Run]:
        try:
            return confirm.confirm(world.studio, quote, actor=PERSON)
        except StaleQuote:
            return []

    made = at_once(spend, [world.quote(place) for _ in range(8)])
    assert sorted(map(len, made)) == [0] * 7 + [1]
    assert world.money.held == CREDIT


@pytest.mark.parametrize("change", ["renamed", "archived", "provisioned", "no photo"])
def test_a_stale_quote_is_refused(world: World, change: str) -> None:
    """The plan changed after the quote was shown: confirm refuses in one sentence and holds nothing."""
    place = world.location()
    quote = world.quote(place)
    db = world.studio.db
    if change == "renamed":
        rename_blogger(db, blogger_id=world.place(place).blogger_id, name="Somebody Else", actor=PERSON)
    elif change == "archived":
        archive_location(db, location_id=place, actor=PERSON)
    elif change == "no photo":
        edit_location(db, location_id=place, image_url="", actor=PERSON)
    else:
        world.drive(world.confirm(place))
    before = world.money
    with pytest.raises(StaleQuote, match="Nothing was spent"):
        confirm.confirm(world.studio, quote, actor=PERSON)
    assert world.money == before


def test_the_fourth_group_is_refused(world: World) -> None:
    """The plan allows three groups: a quote for a fourth names the limit and cannot be confirmed."""
    places = [world.location(name) for name in ("One", "Two", "Three", "Four")]
    quote = world.quote(*places)
    assert [p.code for p in quote.problems] == ["groups"]
    assert (quote.groups_after, quote.group_limit) == (4, 3)
    with pytest.raises(OverLimit, match="allows 3"):
        confirm.confirm(world.studio, quote, actor=PERSON)
    for place in places[:3]:
        world.confirm(place)
    assert not world.quote(places[3]).can_confirm
    assert world.money.held == 3 * CREDIT


def test_credits_that_do_not_suffice_are_refused(world: World) -> None:
    """With one credit left, two avatars are refused before anything is held."""
    world.control("POST", "settings", credits=CREDIT)
    balance.refresh(world.studio)
    quote = world.quote(world.location("One"), world.location("Two"))
    assert [p.code for p in quote.problems] == ["credits"]
    assert quote.balance_after == -CREDIT
    with pytest.raises(OverLimit, match="available: 1"):
        confirm.confirm(world.studio, quote, actor=PERSON)
    assert world.money.held == 0


def test_credits_held_meanwhile_are_not_spent_twice(world: World) -> None:
    """Two quotes that fit alone but not together: the second is refused at confirm."""
    world.control("POST", "settings", credits=CREDIT)
    balance.refresh(world.studio)
    first, second = world.quote(world.location("One")), world.quote(world.location("Two"))
    confirm.confirm(world.studio, first, actor=PERSON)
    with pytest.raises(OverLimit):
        confirm.confirm(world.studio, second, actor=PERSON)
    assert world.money.held == CREDIT


def test_a_quote_says_what_is_paid_already_and_what_is_refused(world: World) -> None:
    """Made, skipped and refused lines stand apart; only the first is priced."""
    done, bare, new = world.location("Done"), world.location("Bare"), world.location("New")
    world.drive(world.confirm(done))
    edit_location(world.studio.db, location_id=bare, image_url="", actor=PERSON)
    quote = world.quote(done, bare, new)
    assert [line.action for line in quote.lines] == ["skip", "refuse", "make"]
    assert quote.refused[0].problem is not None
    assert quote.refused[0].problem.code == "no_photo"
    assert quote.total == CREDIT
    assert all(step.already_done for step in quote.skipped[0].steps)
    made = confirm.confirm(world.studio, quote, actor=PERSON)
    assert [run.location_id for run in made] == [new]


def test_a_live_run_and_an_archived_location_are_refused_lines(world: World) -> None:
    """A location under way and an archived one are refused with their reasons."""
    live, archived = world.location("Live"), world.location("Old")
    world.confirm(live)
    archive_location(world.studio.db, location_id=archived, actor=PERSON)
    codes = [line.problem.code for line in world.quote(live, archived).lines if line.problem]
    assert codes == ["live", "archived"]


def test_a_photo_that_is_too_large_says_its_limit(world: World) -> None:
    """The reason is kept with its numbers and can be read from the run."""
    with photo_server(b"\xff\xd8\xff" + b"x" * 11_000_000) as large:
        place = world.location()
        edit_location(world.studio.db, location_id=place, image_url=large, actor=PERSON)
        run = world.drive(world.confirm(place))
    assert run.state == "failed"
    assert "10 MB" in failure_text(run)


def test_nothing_to_do_is_said(world: World) -> None:
    """A quote whose every line is skipped starts nothing."""
    place = world.location()
    world.drive(world.confirm(place))
    with pytest.raises(Refusal, match="nothing to do"):
        confirm.confirm(world.studio, world.quote(place), actor=PERSON)


@pytest.mark.parametrize("motion", ["avatar_iv", "veo9", ""])
def test_an_unknown_motion_type_is_refused_before_any_call(world: World, motion: str) -> None:
    """No quote is made for a motion type that HeyGen does not take."""
    place = world.location()
    calls = world.heygen["calls"]
    with pytest.raises(UnsupportedMotion):
        world.quote(place, motion=motion)
    assert {k: v for k, v in world.heygen["calls"].items() if k != "state"} == {
        k: v for k, v in calls.items() if k != "state"
    }


def test_an_unknown_location_is_refused(world: World) -> None:
    """A quote for an id that does not exist names the id."""
    with pytest.raises(NotFound, match="4711"):
        world.quote(4711)


def test_a_photo_that_fails_its_check_costs_nothing(world: World) -> None:
    """A photo that is too small ends the run at the first step: nothing was sent, the hold is back."""
    with photo_server(picture(300, 300)) as small:
        place = world.location()
        edit_location(world.studio.db, location_id=place, image_url=small, actor=PERSON)
        run = world.drive(world.confirm(place))
    assert (run.state, run.step, run.error_name) == ("failed", "photo", "Asset upload failed")
    assert world.operations(run) == []
    assert (world.money.held, world.money.spent) == (0, 0)
