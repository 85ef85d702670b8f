"""Credits that end while videos are made: at the call, at the look at a render, and in between."""

from core.heygen.answers import VideoDetails
from core.heygen.errors import WrongKey
from core.journal import breaker
from core.money import ledger
from tests.films import Films
from tests.journal.support import all_halts
from tests.world import CREDIT, PERSON, Over


def test_a_video_given_up_at_poll_time_pauses_paid_work(films: Films) -> None:
    """HeyGen accepts it and later says it cannot be paid: the hold is back, another call renders it."""
    place = films.avatar()
    films.fault("video", "credit_gone")
    one, two = (films.order(place, script=f"Hello from number {n}.")[0] for n in (1, 2))
    films.step_until(one, lambda now: now.state == "paused")
    assert films.run(two).state == "paused"
    assert any("credits do not suffice" in line for line in films.lines(one))
    (halt,) = all_halts(films)
    assert (halt.run_id, halt.code) == (one.id, "MOVIO_PAYMENT_INSUFFICIENT_CREDIT")
    assert halt.needed == films.operations(one, "generate_video")[0].price > 0
    with films.studio.db.read() as session:
        assert ledger.held_by(session, one.id or 0) == 0
    breaker.lift(films.studio.db, actor=PERSON)
    with films.studio.db.read() as session:
        # Before anything else is confirmed: nobody else's quote can take it.
        assert ledger.held_by(session, one.id or 0) == halt.needed
    assert [run.state for run in films.finish(one, two)] == ["done", "done"], films.lines(one)
    assert films.states(one, "generate_video") == ["confirmed", "confirmed"]
    assert len(films.renders) == 2
    assert films.money.spent == CREDIT + sum(one["micro_credits"] for one in films.renders)
    assert films.money.held == 0


def test_a_render_that_ended_before_the_lift_does_not_pause_anew(films: Films) -> None:
    """Two renders were given up; resumed after the first was seen, the second is simply rendered again."""
    place = films.avatar()
    films.fault("video", "credit_gone", times=2)
    one, two = (films.order(place, script=f"Hello from number {n}.")[0] for n in (1, 2))
    for run in (one, two):
        films.step_until(run, lambda now: now.step == "rendering")
    films.step_until(one, lambda now: now.state == "paused")
    assert films.run(two).step == "rendering"
    breaker.lift(films.studio.db, actor=PERSON)
    assert [run.state for run in films.finish(one, two)] == ["done", "done"]
    assert len(all_halts(films)) == 1
    assert len(films.renders) == 2


def test_a_video_rests_with_the_avatar_that_it_waits_for(films: Films) -> None:
    """Both are paused, driving ends, both go on; the avatar is made once and the video rendered once."""
    avatar, run = films.order(films.location())
    films.control("POST", "settings", credits=0)
    avatar, run = films.finish(avatar, run)
    assert (avatar.state, run.state) == ("paused", "paused")
    films.control("POST", "settings", credits=10 * CREDIT)
    breaker.lift(films.studio.db, actor=PERSON)
    avatar, run = films.finish(avatar, run)
    assert (avatar.state, run.state) == ("done", "done"), films.lines(run)
    assert len(films.heygen["charges"]) == 2


def test_a_render_that_heygen_has_is_picked_up_during_a_pause(films: Films) -> None:
    """It failed because it could not be read; it is charged whatever the credits, so a retry goes on."""
    place = films.avatar()
    (run,) = films.order(place)
    films.step_until(run, lambda now: now.step == "rendering")
    inner = films.studio.client

    def refuses(video_id: str) -> VideoDetails:
        raise WrongKey("no")

    films.studio.client = Over(inner, get_video=refuses)
    run = films.drive(run)
    films.studio.client = inner
    assert (run.state, run.step) == ("failed", "rendering")
    other = films.confirm(films.location("Other"))
    films.fault("motion", "refuse", status=400, code="insufficient_credit", message="no")
    assert films.drive(other).state == "paused"
    films.retry(run)
    assert films.drive(run).state == "done"
