"""Sequences of events in which a video could be paid twice, lost, or told wrongly."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core import decisions, quotes, runs, video_archive, video_files
from core.errors import Refusal
from core.heygen.answers import VideoDetails
from core.heygen.errors import Missing, OutcomeUnknown, WrongKey
from core.models import Run
from core.operations import Outcome, settle
from core.video_files import DiskFull, FileBroken
from core.video_lines import price_of
from tests.videos.conftest import SCRIPT, Films
from tests.world import CREDIT, PERSON, Over


def seeing(films: Films, change: Callable[[VideoDetails], VideoDetails]) -> None:
    """From now on HeyGen's word on a video is changed in this way."""
    inner = films.studio.client
    films.studio.client = Over(inner, get_video=lambda video_id: change(inner.get_video(video_id)))


def ended(run: Run) -> bool:
    return run.ended_at is not None


def spent_on_videos(films: Films) -> int:
    return films.money.spent - CREDIT


def test_a_cancel_while_the_answer_is_lost_does_not_lose_a_video_that_is_paid(films: Films) -> None:
    """Cancel is asked while nobody knows; then the render is found: it is finished, booked and kept."""
    place = films.avatar()
    films.fault("video", "drop_after")
    (run,) = films.order(place)
    run = films.step_until(run, lambda now: now.state == "unknown")
    decisions.request_cancel(films.studio, run.id or 0, actor=PERSON)
    run = films.step_until(run, ended)
    assert run.state == "done", films.lines(run)
    assert spent_on_videos(films) == films.renders[0]["micro_credits"]
    assert films.video(run).file


def test_a_cancel_while_the_call_is_under_way_does_not_lose_the_video(films: Films) -> None:
    """HeyGen accepts the render in the moment in which a person cancels."""
    place = films.avatar()
    (run,) = films.order(place)
    inner = films.studio.client

    def cancelled_meanwhile(**wanted: Any) -> str:
        decisions.request_cancel(films.studio, run.id or 0, actor=PERSON)
        return inner.generate_video(**wanted)

    films.studio.client = Over(inner, generate_video=cancelled_meanwhile)
    run = films.step_until(run, ended)
    assert run.state == "done", films.lines(run)
    assert run.cancel_requested_by is None
    assert spent_on_videos(films) == films.renders[0]["micro_credits"]


def test_a_cancel_after_heygen_accepted_is_refused(films: Films) -> None:
    """Between the answer and the next step nothing is left to stop, and the button says so."""
    place = films.avatar()
    (run,) = films.order(place)
    films.step_until(run, lambda now: films.states(now, "generate_video") == ["confirmed"])
    with pytest.raises(Refusal, match="paid already"):
        decisions.request_cancel(films.studio, run.id or 0, actor=PERSON)


def test_credits_that_others_took_meanwhile_end_the_run_in_words(films: Films) -> None:
    """A call that never left gave its hold back and somebody spent the rest: no endless "broke off"."""
    place = films.avatar()
    (run,) = films.order(place)
    run = films.step_until(run, lambda now: now.step == "render")
    films.sql("UPDATE entry SET micro_credits = 0 WHERE run_id = :id", id=run.id)
    films.sql(
        "INSERT INTO entry (kind, micro_credits, actor, note, created_at) "
        "VALUES ('adjust', :gone, 'test', '', '2025-01-01 00:00:00')",
        gone=-films.money.available,
    )
    runs.advance(films.studio, run.id or 0)
    run = films.run(run)
    assert run.state == "failed", films.lines(run)
    assert "Credits needed" in run.error_template
    assert films.calls("video") == 0


def test_a_still_look_is_not_rendered_while_its_motion_is_being_made(films: Films) -> None:
    """ "The still look will do" means where the motion failed, not before it was added."""
    place = films.location()
    films.fault("motion", "rate_limit", seconds=3)
    avatar, run = films.order(place, still=True)
    films.step_until(avatar, lambda now: films.place(place).avatar_status == "completed")
    assert films.place(place).motion_status == "none"
    runs.advance(films.studio, run.id or 0)
    assert films.run(run).step == "avatar"
    assert [line.avatar for line in films.price(place, script=f"{SCRIPT} 2", still=True).lines] == ["join"]
    avatar, run = films.finish(avatar, run)
    assert films.place(place).motion_status == "completed"
    assert run.state == "done"


def test_a_still_look_is_rendered_where_the_motion_failed(films: Films) -> None:
    """The avatar run ends without a motion, and the person had chosen the still look for that case."""
    films.fault("motion", "motion_fails")
    avatar, run = films.finish(*films.order(films.location(), still=True))
    assert (avatar.state, run.state) == ("failed", "done"), films.lines(run)


@pytest.mark.parametrize("seconds", [None, 0.0, -3.0, 1e300])
def test_a_length_that_cannot_be_is_measured_by_the_file(films: Films, seconds: float | None) -> None:
    """HeyGen says no length, or one that no video has: what the file measures is booked."""
    place = films.avatar()
    (run,) = films.order(place)
    seeing(films, lambda details: replace(details, duration=seconds))
    run = films.step_until(run, ended)
    assert run.state == "done", films.lines(run)
    paid = films.renders[0]["micro_credits"]
    assert spent_on_videos(films) == pytest.approx(paid, abs=price_of(films.studio, 500))


def test_a_video_longer_than_held_is_booked_as_it_is(films: Films) -> None:
    """Ten times the estimate: what goes beyond the hold is an overrun, not silence."""
    place = films.avatar()
    (run,) = films.order(place)
    long_ms = 10 * films.video(run).upper_ms
    seeing(films, lambda details: replace(details, duration=long_ms / 1000 if details.duration else None))
    run = films.step_until(run, ended)
    assert films.entries(run) == ["hold", "capture", "overrun"]
    assert spent_on_videos(films) == price_of(films.studio, long_ms)


def test_a_paid_video_of_unknown_length_stays_paid_when_its_file_finds_no_space(
    films: Films, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Completed without a length, then the disk is full: its bound is booked, and the retry is free."""
    place = films.avatar()
    (run,) = films.order(place)
    bound = price_of(films.studio, films.video(run).upper_ms)
    seeing(films, lambda details: replace(details, duration=None))

    def full(*_: object, **__: object) -> None:
        raise DiskFull("No space")

    with monkeypatch.context() as patch:
        patch.setattr(video_files, "fetch", full)
        run = films.step_until(run, ended)
    assert run.state == "failed"
    assert (spent_on_videos(films), films.money.held) == (bound, 0)
    assert quotes.retry_price(films.studio, run) == 0
    decisions.retry(films.studio, run.id or 0, price=0, actor=PERSON)
    run = films.step_until(run, ended)
    assert run.state == "done", films.lines(run)
    assert spent_on_videos(films) == bound
    assert len(films.renders) == 1


def test_heygen_that_misses_a_video_for_a_moment_is_asked_again(films: Films) -> None:
    """A listing that lags: the accepted render is unknown at first, and nobody is told to pay again."""
    place = films.avatar()
    (run,) = films.order(place)
    inner, asked = films.studio.client, []

    def lagging(video_id: str) -> VideoDetails:
        asked.append(video_id)
        if len(asked) < 3:
            raise Missing("no such video", status=404)
        return inner.get_video(video_id)

    films.studio.client = Over(inner, get_video=lagging)
    run = films.step_until(run, ended)
    assert run.state == "done", films.lines(run)
    assert len(films.renders) == 1


def test_a_render_that_heygen_forgot_does_not_claim_to_be_booked(films: Films) -> None:
    """Deleted in HeyGen while it was rendered: the run ends, and says what is and is not in the ledger."""
    place = films.avatar()
    (run,) = films.order(place)
    run = films.step_until(run, lambda now: now.step == "rendering")

    def gone(_: str) -> VideoDetails:
        raise Missing("no such video", status=404)

    films.studio.client = Over(films.studio.client, get_video=gone)
    run = films.step_until(run, ended)
    assert run.state == "failed"
    assert spent_on_videos(films) == 0
    assert "stays booked" not in run.error_template
    assert "nothing was booked" in run.error_template.lower()


@pytest.mark.parametrize("error", [OutcomeUnknown, WrongKey])
def test_a_render_that_cannot_be_read_does_not_claim_that_nothing_was_spent(
    films: Films, error: type[OutcomeUnknown | WrongKey]
) -> None:
    """HeyGen has the render and charges it: a failed reading must not say otherwise, and loses nothing."""
    place = films.avatar()
    (run,) = films.order(place)
    run = films.step_until(run, lambda now: now.step == "rendering")
    inner = films.studio.client

    def unreadable(_: str) -> VideoDetails:
        raise error("HeyGen did not answer. Nothing was spent. Try again.")

    films.studio.client = Over(inner, get_video=unreadable)
    films.sql("UPDATE run SET step_at = '2020-01-01 00:00:00' WHERE id = :id", id=run.id)
    run = films.step_until(run, ended)
    assert run.state == "failed"
    assert "Nothing was spent" not in run.error_template
    assert "same video" in run.error_template
    films.studio.client = inner
    price = quotes.retry_price(films.studio, run)
    decisions.retry(films.studio, run.id or 0, price=price, actor=PERSON)
    run = films.step_until(run, ended)
    assert run.state == "done"
    assert len(films.renders) == 1
    assert spent_on_videos(films) == films.renders[0]["micro_credits"]


def test_a_file_that_gives_no_poster_is_fetched_again(films: Films, monkeypatch: pytest.MonkeyPatch) -> None:
    """It opens, but a picture in it does not: as broken as any, so it ends in words and not in a loop."""
    place = films.avatar()
    (run,) = films.order(place)

    def broken(*_: object) -> None:
        raise FileBroken("The file is damaged.")

    with monkeypatch.context() as patch:
        patch.setattr(video_files, "poster", broken)
        run = films.step_until(run, lambda now: now.ended_at is not None or now.tries > 6)
    assert run.state == "failed", films.lines(run)
    assert "could not be fetched" in run.error_template
    assert not films.video(run).file


def test_a_photo_replaced_before_its_turn_is_waited_for(films: Films) -> None:
    """The avatar is being made anew while the video waits for its turn: it waits instead of failing."""
    place = films.avatar()
    (run,) = films.order(place)
    run = films.step_until(run, lambda now: now.step == "render")
    other = films.photo_url.replace("photo.jpg", "other.jpg")
    quote = quotes.quote(
        films.studio, location_ids=[place], motion_type="veo2", action="another_photo", image_url=other
    )
    (avatar,) = decisions.confirm(films.studio, quote, actor=PERSON)
    avatar, run = sorted(films.finish(run, avatar), key=lambda one: one.kind)
    assert (avatar.state, run.state) == ("done", "done"), films.lines(run)
    assert films.video(run).look_id == films.place(place).heygen_avatar_id


def test_two_lost_renders_that_show_up_late_are_not_sent_a_third_time(films: Films) -> None:
    """Both counted as never made while HeyGen's list lagged: one of them is taken, none is added."""
    place = films.avatar()
    films.fault("video", "drop_after", times=2)
    (run,) = films.order(place)
    inner = films.studio.client
    films.studio.client = Over(inner, list_videos=lambda: replace(inner.list_videos(), videos=()))
    run = films.step_until(run, lambda now: films.states(now, "generate_video") == ["absent", "absent"])
    films.studio.client = inner
    run = films.step_until(run, ended)
    assert run.state == "done", films.lines(run)
    assert films.calls("video") == 2


def test_an_archived_location_gets_no_new_render(films: Films) -> None:
    """Put away after its video failed: a retry would pay for a location that nobody uses."""
    place = films.avatar()
    films.fault("video", "render_fails")
    (run,) = films.finish(*films.order(place))
    films.sql("UPDATE location SET archived_at = created_at WHERE id = :id", id=place)
    price = quotes.retry_price(films.studio, run)
    with pytest.raises(Refusal, match="archived"):
        decisions.retry(films.studio, run.id or 0, price=price, actor=PERSON)


def test_only_a_rendered_video_is_fetched_again(films: Films) -> None:
    """A render that timed out has no file yet: it is waited for by a retry, which holds its price."""
    place = films.avatar()
    (run,) = films.order(place)
    run = films.step_until(run, lambda now: now.step == "rendering")
    films.sql("UPDATE run SET step_at = '2020-01-01 00:00:00', due_at = NULL WHERE id = :id", id=run.id)
    seeing(films, lambda details: replace(details, status="processing", video_url=None))
    runs.advance(films.studio, run.id or 0)
    run = films.run(run)
    assert (run.state, run.step) == ("failed", "rendering")
    with pytest.raises(Refusal):
        video_archive.fetch_again(films.studio, films.video(run).id or 0, actor=PERSON)


def test_removing_a_video_frees_what_was_fetched_of_it(films: Films) -> None:
    """A fetch that broke off for good leaves a part on the disk, and removing the video takes it, too."""
    place = films.avatar()
    (run,) = films.order(place)
    run = films.step_until(run, lambda now: now.step == "archive")
    films.folder.mkdir(exist_ok=True)
    (films.folder / f"{run.id}.mp4.999999.part").write_bytes(b"half")
    films.sql("UPDATE run SET state = 'failed', ended_at = updated_at WHERE id = :id", id=run.id)
    video_archive.remove(films.studio, films.video(run).id or 0, actor=PERSON)
    assert films.files == []


def test_a_title_that_heygen_changed_is_known_by_its_end(films: Films) -> None:
    """HeyGen may write a title in its own way; the run's short id at its end tells whose it is."""
    place = films.avatar()
    films.fault("video", "drop_after")
    (run,) = films.order(place)
    inner = films.studio.client

    def retold() -> object:
        listing = inner.list_videos()
        return replace(listing, videos=tuple(replace(v, title=f"  {v.title[3:]}") for v in listing.videos))

    films.studio.client = Over(inner, list_videos=retold)
    run = films.step_until(run, ended)
    assert run.state == "done"
    assert len(films.renders) == 1


def test_the_worker_is_idle_while_only_a_person_can_go_on(films: Films) -> None:
    """A video waits for an avatar whose call nobody can judge: nothing moves before a person answers."""
    films.fault("create", "drop_after")
    avatar, video = films.order(films.location())
    avatar = films.step_until(avatar, lambda now: now.state == "unknown")
    runs.advance(films.studio, video.id or 0)
    films.sql("UPDATE run SET due_at = NULL WHERE id = :id", id=avatar.id)
    assert films.run(video).state == "waiting"
    with films.studio.db.read() as session:
        assert not runs.can_move(session)


def test_an_answer_after_two_looks_is_the_runs_own_video(films: Films) -> None:
    """Its call had counted as never made: the late answer spares the second render, and is booked once."""
    place = films.avatar()
    films.fault("video", "drop_after")
    (run,) = films.order(place)
    inner = films.studio.client
    films.studio.client = Over(inner, list_videos=lambda: replace(inner.list_videos(), videos=()))
    run = films.step_until(run, lambda now: films.states(now, "generate_video") == ["absent"])
    late = Outcome.confirmed({"video_id": inner.list_videos().videos[0].id})
    with films.studio.db.write() as session:
        assert settle(session, films.operations(run, "generate_video")[0].id or 0, late)
    run = films.step_until(run, ended)
    assert run.state == "done", films.lines(run)
    assert films.calls("video") == 1
    assert spent_on_videos(films) == films.renders[0]["micro_credits"]
