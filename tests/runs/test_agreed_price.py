"""A video's minute costs what its quote said, from the hold to the measured length."""

import pytest
from sqlmodel import select

from core.database.tables.money import Entry
from core.database.tables.runs import Run
from core.errors import StaleQuote
from core.money import prices
from core.money.tariffs import for_length, upper_bound
from core.runs import confirm
from tests.films import Films
from tests.runs.support import ended, held_short, spent_on_videos
from tests.world import CREDIT, PERSON, retry_price

MINUTE = CREDIT // 5
DEARER = 3 * MINUTE


def set_minute(films: Films, micro: int) -> None:
    prices.override(
        films.studio.db, operation="generate_video", micro=micro, reason="a new list", actor=PERSON
    )


def unit_prices(films: Films, run: Run) -> list[int | None]:
    """The price a minute on each line by which something was spent."""
    spent = select(Entry.unit_price).where(Entry.run_id == run.id, Entry.operation_id != None)  # noqa: E711
    with films.studio.db.read() as session:
        return list(session.exec(spent))


def test_a_change_after_confirm_does_not_reach_the_video(films: Films) -> None:
    """Held, sent and booked at the price that was shown, for the length that was measured."""
    (run,) = films.order(films.avatar())
    bound = upper_bound(MINUTE, films.video(run).upper_ms)
    set_minute(films, DEARER)
    run = films.step_until(run, ended)
    assert run.state == "done", films.lines(run)
    assert spent_on_videos(films) == for_length(MINUTE, films.video(run).duration_ms or 0)
    assert [call.price for call in films.operations(run, "generate_video")] == [bound]
    assert unit_prices(films, run) == [MINUTE]
    assert films.money.held == 0


def test_what_a_video_takes_beyond_its_hold_is_booked_at_the_same_price(films: Films) -> None:
    """Longer than held for: capture and overrun are lines of one price a minute."""
    (run,) = films.order(films.avatar())
    set_minute(films, DEARER)
    run = films.step_until(held_short(films, run, for_length(MINUTE, 500)), ended)
    assert films.entries(run) == ["hold", "release", "capture", "overrun"]
    assert spent_on_videos(films) == for_length(MINUTE, films.video(run).duration_ms or 0)
    assert unit_prices(films, run) == [MINUTE, MINUTE]


@pytest.mark.parametrize("change", [DEARER, MINUTE + 1])
def test_a_quote_of_before_the_change_is_stale(films: Films, change: int) -> None:
    """Also where a price differs by so little that this video's amount is the same."""
    quote = films.price(films.avatar())
    set_minute(films, change)
    with pytest.raises(StaleQuote):
        confirm.confirm(films.studio, quote, actor=PERSON)
    assert films.money.held == 0


def test_an_avatar_and_its_video_agree_on_their_own_prices(films: Films) -> None:
    """One confirmation, two runs: each is booked as quoted though both prices changed at once."""
    avatar, video = films.order(films.location())
    assert "generate_video" not in avatar.prices
    assert list(video.prices) == ["generate_video"]
    set_minute(films, DEARER)
    prices.override(films.studio.db, operation="add_motion", micro=9 * CREDIT, reason="x", actor=PERSON)
    avatar, video = films.finish(avatar, video)
    assert (avatar.state, video.state) == ("done", "done")
    assert spent_on_videos(films) == for_length(MINUTE, films.video(video).duration_ms or 0)


def test_a_render_that_is_repeated_costs_the_price_of_its_own_day(films: Films) -> None:
    """HeyGen gave it up: the retry shows today's price, holds it and is booked at it."""
    place = films.avatar()
    films.fault("video", "render_fails")
    (run,) = films.finish(*films.order(place))
    assert run.state == "failed"
    set_minute(films, DEARER)
    shown = retry_price(films.studio, run)
    assert shown == upper_bound(DEARER, films.video(run).upper_ms)
    run = films.retry(run, price=shown)
    set_minute(films, MINUTE)
    assert films.money.held == shown
    run = films.step_until(run, ended)
    assert run.state == "done", films.lines(run)
    assert spent_on_videos(films) == for_length(DEARER, films.video(run).duration_ms or 0)


def test_a_retry_that_goes_on_waiting_keeps_the_price_of_its_render(films: Films) -> None:
    """HeyGen accepted it at the old price, and only the waiting was given up: the old price is booked."""
    (run,) = films.order(films.avatar())
    run = films.step_until(run, lambda now: now.step == "rendering")
    films.sql("UPDATE run SET state = 'failed', ended_at = updated_at WHERE id = :id", id=run.id)
    set_minute(films, DEARER)
    shown = retry_price(films.studio, films.run(run))
    assert shown == upper_bound(MINUTE, films.video(run).upper_ms)
    run = films.retry(run, price=shown)
    run = films.step_until(run, ended)
    assert run.state == "done", films.lines(run)
    assert spent_on_videos(films) == for_length(MINUTE, films.video(run).duration_ms or 0)
