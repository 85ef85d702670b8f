"""Sequences of events in which a video could be paid twice, or its price be told wrongly."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core.errors import Refusal
from core.heygen.answers import VideoDetails
from core.heygen.errors import Missing, OutcomeUnknown, WrongKey
from core.journal.settling import Outcome, settle
from core.money import ledger
from core.money.tariffs import for_length
from core.runs import advance
from core.videos import fetch
from core.videos.parts import DiskFull
from tests.films import Films
from tests.runs.support import ended, held_short, seeing, spent_on_videos
from tests.world import CREDIT, Over, retry_price


def test_a_cancel_while_the_answer_is_lost_does_not_lose_a_video_that_is_paid(films: Films) -> None:
    """Cancel is asked while nobody knows; then the render is found: it is finished, booked and kept."""
    place = films.avatar()
    films.fault("video", "drop_after")
    (run,) = films.order(place)
    run = films.step_until(run, lambda now: now.state == "unknown")
    films.cancel(run)
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
        films.cancel(run)
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
        films.cancel(run)


def test_credits_that_others_took_meanwhile_end_the_run_in_words(films: Films) -> None:
    """A call that never left gave its hold back and somebody spent the rest: no endless "broke off"."""
    place = films.avatar()
    (run,) = films.order(place)
    run = films.step_until(run, lambda now: now.step == "render")
    with films.studio.db.write() as session:
        ledger.release(session, run=run, actor="test")
        ledger.adjust(session, micro=-ledger.balances(session).available, actor="test", note="")
    advance.advance(films.studio, run.id or 0)
    run = films.run(run)
    assert run.state == "failed", films.lines(run)
    assert "Needed: " in run.error_template
    assert films.calls("video") == 0


@pytest.mark.parametrize("seconds", [None, 0.0, -3.0, 1e300])
def test_a_length_that_cannot_be_is_measured_by_the_file(films: Films, seconds: float | None) -> None:
    """HeyGen says no length, or one that no video has: what the file measures is booked."""
    place = films.avatar()
    (run,) = films.order(place)
    seeing(films, lambda details: replace(details, duration=seconds))
    run = films.step_until(run, ended)
    assert run.state == "done", films.lines(run)
    paid = films.renders[0]["micro_credits"]
    assert spent_on_videos(films) == pytest.approx(paid, abs=for_length(CREDIT // 5, 500))


def telling(films: Films, change: Callable[[float], float]) -> None:
    """From now on HeyGen tells the length of a finished video, in seconds, changed in this way."""
    seeing(films, lambda one: replace(one, duration=change(one.duration) if one.duration else None))


@pytest.mark.parametrize("change", [lambda told: told * 1000, lambda told: told + 1.1, lambda told: 0.01])
def test_a_length_that_the_file_does_not_have_is_shown_and_not_booked(
    films: Films, change: Callable[[float], float]
) -> None:
    """Milliseconds for seconds, or more than a second beside it: the file's length is booked, in words."""
    place = films.avatar()
    (run,) = films.order(place)
    telling(films, change)
    run = films.step_until(run, ended)
    assert run.state == "done", films.lines(run)
    paid = films.renders[0]["micro_credits"]
    assert spent_on_videos(films) == pytest.approx(paid, abs=for_length(CREDIT // 5, 500))
    if change(0.5) > 0.5:
        assert any("by the file" in line for line in films.lines(run))


def test_a_length_that_agrees_with_the_file_is_heygens_own(films: Films) -> None:
    """Half a second beside the file and within the hold: it is what HeyGen charges by."""
    place = films.avatar()
    (run,) = films.order(place)
    films.sql("UPDATE video SET upper_ms = 60000")
    told: list[float] = []
    telling(films, lambda seconds: told.append(seconds + 0.5) or told[-1])
    run = films.step_until(run, ended)
    assert spent_on_videos(films) == for_length(CREDIT // 5, round(told[-1] * 1000))
    assert not any("by the file" in line for line in films.lines(run))


def test_a_length_that_passes_the_hold_is_not_booked_though_the_file_is_near(films: Films) -> None:
    """Less than a second beside the file, but only the file is within what was held."""
    place = films.avatar()
    (run,) = films.order(place)
    run = films.step_until(run, lambda now: now.step == "rendering")
    films.sql("UPDATE video SET upper_ms = 1500")
    telling(films, lambda seconds: 1.9)
    run = films.step_until(run, ended)
    assert films.video(run).duration_ms is not None
    assert (films.video(run).duration_ms or 0) <= 1500
    assert any("by the file" in line for line in films.lines(run))


def test_a_file_longer_than_held_is_booked_as_it_is(films: Films) -> None:
    """What goes beyond the hold is an overrun, not silence."""
    place = films.avatar()
    (run,) = films.order(place)
    run = films.step_until(held_short(films, run, for_length(CREDIT // 5, 500)), ended)
    assert films.entries(run) == ["hold", "release", "capture", "overrun"]
    assert spent_on_videos(films) == films.renders[0]["micro_credits"]
    assert any("longer than was held for" in line for line in films.lines(run))


@pytest.mark.parametrize(("factor", "booked"), [(0.5, "told"), (1000, "bound")])
def test_a_length_without_its_file_is_booked_up_to_the_hold(
    films: Films, monkeypatch: pytest.MonkeyPatch, factor: float, booked: str
) -> None:
    """The file finds no space: HeyGen's word counts within the hold; beyond it the hold is booked."""
    place = films.avatar()
    (run,) = films.order(place)
    upper = films.video(run).upper_ms
    telling(films, lambda _: upper * factor / 1000)

    def full(*_: object, **__: object) -> None:
        raise DiskFull("No space")

    monkeypatch.setattr(fetch, "fetch", full)
    run = films.step_until(run, ended)
    told = round(upper * factor)
    assert spent_on_videos(films) == for_length(CREDIT // 5, told if booked == "told" else upper)
    assert any("no file to measure" in line for line in films.lines(run)) == (booked == "bound")


def test_a_paid_video_of_unknown_length_stays_paid_when_its_file_finds_no_space(
    films: Films, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Completed without a length, then the disk is full: its bound is booked, and the retry is free."""
    place = films.avatar()
    (run,) = films.order(place)
    bound = for_length(CREDIT // 5, films.video(run).upper_ms)
    seeing(films, lambda details: replace(details, duration=None))

    def full(*_: object, **__: object) -> None:
        raise DiskFull("No space")

    with monkeypatch.context() as patch:
        patch.setattr(fetch, "fetch", full)
        run = films.step_until(run, ended)
    assert run.state == "failed"
    assert (spent_on_videos(films), films.money.held) == (bound, 0)
    assert retry_price(films.studio, run) == 0
    films.retry(run, price=0)
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
    films.retry(run)
    run = films.step_until(run, ended)
    assert run.state == "done"
    assert len(films.renders) == 1
    assert spent_on_videos(films) == films.renders[0]["micro_credits"]


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
    price = retry_price(films.studio, run)
    with pytest.raises(Refusal, match="archived"):
        films.retry(run, price=price)


LONG_TITLE = "Пятьдесят знаков — это совсем немного для хорошего названия видео"
ARABIC = "تحية من مدينة جميلة على البحر إلى جميع الأصدقاء والصديقات في كل مكان"


@pytest.mark.parametrize(
    "retell",
    [
        lambda title: title[:50],
        lambda title: title.encode()[:50].decode(errors="replace"),
        lambda title: f"  {title.upper()} (1)",
        # As the Studio wrote it in earlier versions.
        lambda title: " ".join(reversed(title.partition(" ")[::2])),
    ],
    ids=["cut", "cut in a letter", "retold", "earlier"],
)
@pytest.mark.parametrize("title", [LONG_TITLE, ARABIC], ids=["Russian", "Arabic"])
def test_a_title_that_heygen_changed_is_known_by_its_mark(
    films: Films, retell: Callable[[str], str], title: str
) -> None:
    """HeyGen may cut a title or write it in its own way; the run's short id in it tells whose it is."""
    place = films.avatar()
    films.fault("video", "drop_after")
    (run,) = films.order(place, title=title)
    inner = films.studio.client

    def retold() -> object:
        listing = inner.list_videos()
        return replace(listing, videos=tuple(replace(v, title=retell(v.title)) for v in listing.videos))

    films.studio.client = Over(inner, list_videos=retold)
    run = films.step_until(run, ended)
    assert run.state == "done"
    assert len(films.renders) == 1


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


def test_the_mark_at_the_end_of_an_earlier_title_is_known(films: Films) -> None:
    """Ordered by an earlier version, whose titles ended in the mark: the render is found."""
    place = films.avatar()
    (run,) = films.order(place)
    films.sql("UPDATE video SET heygen_title = '#hello world #' || run_id || '-abc123'")
    films.fault("video", "drop_after")
    run = films.step_until(run, ended)
    assert (run.state, len(films.renders)) == ("done", 1)
