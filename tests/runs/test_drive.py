"""Runs driven in one process, as a command does it."""

from tests.films import Films


def test_a_video_whose_avatar_waits_for_a_person_is_not_waited_for(films: Films) -> None:
    """Driving ends although the video is not at its end; once the answer is there, it goes on."""
    avatar, run = films.order(films.location())
    films.fault("create", "drop_after")
    films.step_until(avatar, lambda now: now.state == "unknown")
    films.fault("groups", "refuse", status=403, times=1000)
    avatar, run = films.finish(avatar, run)
    assert (avatar.state, avatar.due_at) == ("unknown", None)
    assert (run.state, run.step) == ("waiting", "avatar")
    films.control("DELETE", "faults")
    films.sql("UPDATE run SET due_at = '2020-01-01 00:00:00' WHERE id = :id", id=avatar.id)
    avatar, run = films.finish(avatar, run)
    assert (avatar.state, run.state) == ("done", "done"), films.lines(run)
