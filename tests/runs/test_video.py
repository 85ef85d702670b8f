"""A video run from the click to the file: what is called, what is paid, what is kept."""

import av

from core.money.tariffs import for_length
from core.quotes import avatars
from core.quotes.video_lines import price_of
from core.runs import advance
from tests.films import SCRIPT, Films
from tests.world import CREDIT, retry_price


def test_a_location_without_an_avatar_gets_it_and_the_video_with_it(films: Films) -> None:
    """One confirm: the avatar has its own run, the video is rendered with it, the file is kept and plays."""
    place = films.location()
    avatar, run = films.order(place)
    assert (avatar.kind, run.kind) == ("avatar", "video")
    avatar, run = films.finish(avatar, run)
    assert (avatar.state, run.state) == ("done", "done"), films.lines(run)
    video = films.video(run)
    assert video.look_id == films.place(place).heygen_avatar_id
    assert video.avatar_run_id == avatar.id
    with av.open(str(films.folder / video.file)) as file:
        assert file.streams.video[0].codec.name == "h264"
        assert abs(float(file.duration or 0) / 1000 - (video.duration_ms or 0)) < 500
    assert films.files == [f"{run.id}.jpg", f"{run.id}.mp4", f"{run.id}.srt"]
    assert len(films.renders) == 1


def test_the_upper_bound_is_held_and_the_measured_length_is_paid(films: Films) -> None:
    """Before the render the hold is the bound; afterwards what HeyGen measured is spent, the rest is back."""
    place = films.avatar()
    (run,) = films.order(place)
    video = films.video(run)
    assert films.money.held == price_of(films.studio, video.upper_ms)
    (run,) = films.finish(run)
    paid = for_length(CREDIT // 5, films.video(run).duration_ms or 0)
    assert films.money.spent == CREDIT + paid
    assert films.money.held == 0
    assert 0 < paid < price_of(films.studio, video.upper_ms)
    assert films.renders[0]["micro_credits"] == paid


def test_later_videos_use_the_saved_avatar_at_once(films: Films) -> None:
    """No second avatar, no upload: two videos of one location share the one look."""
    place = films.avatar()
    first, second = (films.order(place, script=f"{SCRIPT} {n}")[0] for n in (1, 2))
    films.finish(first, second)
    assert films.calls("create") == films.calls("motion") == 1
    assert films.video(first).look_id == films.video(second).look_id == films.place(place).heygen_avatar_id
    assert len(films.renders) == 2


def test_two_video_runs_of_a_new_location_share_one_avatar(films: Films) -> None:
    """The second order joins the avatar run of the first and pays for no avatar."""
    place = films.location()
    avatar, first = films.order(place)
    quote = films.price(place, script="Another script for the same place.")
    assert [line.avatar for line in quote.lines] == ["join"]
    assert quote.lines[0].avatar_price == 0
    (second,) = films.order(place, script="Another script for the same place.")
    films.finish(avatar, first, second)
    assert films.calls("create") == films.calls("motion") == 1
    assert films.video(second).avatar_run_id == avatar.id
    assert {films.run(run).state for run in (first, second)} == {"done"}


def test_a_call_that_never_arrived_is_sent_again_after_two_looks(films: Films) -> None:
    """Missing twice, far enough apart, it counts as never made; only then a second attempt."""
    place = films.avatar()
    films.fault("video", "drop_before")
    (run,) = films.finish(*films.order(place))
    assert run.state == "done"
    assert films.states(run, "generate_video") == ["absent", "confirmed"]
    assert len(films.renders) == 1


def test_a_render_that_failed_is_not_paid_and_its_retry_is_another_call(films: Films) -> None:
    """HeyGen gave it up: the hold comes back, a retry renders anew under the same title."""
    place = films.avatar()
    films.fault("video", "render_fails")
    (run,) = films.finish(*films.order(place))
    assert run.state == "failed"
    assert films.money.spent == CREDIT
    assert films.money.held == 0
    films.sql("UPDATE run SET tries = 0 WHERE id = :id", id=run.id)
    price = price_of(films.studio, films.video(run).upper_ms)
    films.retry(run, price=price)
    (run,) = films.finish(run)
    assert run.state == "done", films.lines(run)
    assert films.states(run, "generate_video") == ["confirmed", "confirmed"]
    assert films.money.spent == CREDIT + for_length(CREDIT // 5, films.video(run).duration_ms or 0)


def test_a_cancel_before_the_render_spends_nothing(films: Films) -> None:
    """Waiting for its avatar it can be stopped; the avatar run goes on."""
    place = films.location()
    avatar, run = films.order(place)
    films.cancel(run)
    avatar, run = films.finish(avatar, run)
    assert (avatar.state, run.state) == ("done", "cancelled")
    assert films.renders == []
    assert films.money.spent == CREDIT
    assert films.money.held == 0


def test_a_video_fails_with_its_avatar_and_costs_nothing(films: Films) -> None:
    """No avatar, no video: one clear sentence, the hold comes back."""
    films.fault("create", "refuse", code=40004, message="No face detected in the photo")
    avatar, run = films.finish(*films.order(films.location()))
    assert (avatar.state, run.state) == ("failed", "failed")
    assert "Make the avatar, then retry" in run.error_template
    assert films.money.spent == films.money.held == 0


def test_the_plan_renders_only_so_many_at_once(films: Films) -> None:
    """Four videos on a plan with three at once: never more than three are submitted and unfinished."""
    place = films.avatar()
    ordered = [films.order(place, script=f"{SCRIPT} Number {n}.")[0] for n in range(4)]
    most = 0
    for _ in range(400):
        for run in ordered:
            advance.advance(films.studio, run.id or 0)
        now = [films.run(run) for run in ordered]
        most = max(most, sum(run.step in ("render", "rendering") for run in now if run.ended_at is None))
        if all(run.ended_at for run in now):
            break
        films.studio.stopping.wait(0.05)
    assert most == 3
    assert {films.run(run).state for run in ordered} == {"done"}


def test_a_slot_is_not_freed_under_a_video(films: Films) -> None:
    """While a video of the avatar is under way its group cannot be deleted; afterwards it can."""
    place = films.avatar()
    (run,) = films.order(place)

    def problem() -> str | None:
        (line,) = avatars.quote(films.studio, location_ids=[place], action="free_slot").lines
        return line.problem and line.problem.code

    assert problem() == "video"
    films.finish(run)
    assert problem() is None


def test_a_full_disk_is_said_and_the_retry_is_free(films: Films) -> None:
    """The render is paid once; where its file cannot be kept the run says so, and a retry only fetches."""
    place = films.avatar()
    films.folder.write_text("in the way")
    (run,) = films.finish(*films.order(place))
    assert run.state == "failed"
    assert "no space to keep its file" in run.error_template
    paid = films.money.spent
    films.folder.unlink()
    assert retry_price(films.studio, run) == 0
    films.retry(run, price=0)
    (run,) = films.finish(run)
    assert run.state == "done", films.lines(run)
    assert films.money.spent == paid
    assert len(films.renders) == films.calls("video") == 1
