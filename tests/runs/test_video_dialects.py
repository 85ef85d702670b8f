"""Videos where a motion is a look (v2), and where a lost order is sent again under its key (v3)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.account import questions, taking_over
from core.database.tables.runs import Run
from core.heygen.answers import VideoListing
from tests.account.support import asked, elsewhere
from tests.films import Films, with_voices
from tests.runs.support import confirm, wish
from tests.world import PERSON, Over, open_world


@pytest.fixture(params=["v2", "v3"])
def films(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Films]:
    """A world of this dialect with voices, without locations."""
    with open_world(tmp_path / "data", HEYGEN_DIALECT=request.param) as opened:
        yield with_voices(opened)


looks = pytest.mark.parametrize("films", ["v2"], indirect=True)
dollars = pytest.mark.parametrize("films", ["v3"], indirect=True)


def unknown_order(films: Films, fault: str) -> Run:
    """A video whose order was lost in this way."""
    place = films.avatar()
    films.fault("video", fault)
    (run,) = films.order(place)
    return films.step_until(run, lambda r: r.state == "unknown")


def rendered_with(films: Films, run: Run) -> str:
    """The avatar of the run's only order."""
    (order,) = films.operations(run, "generate_video")
    return order.request["avatar_id"]


@dollars
def test_a_refused_repeat_says_nothing_of_the_first_order(films: Films) -> None:
    """The video was accepted, its answer lost, and the repeat meets a key that is not taken: it is found."""
    run = unknown_order(films, "drop_after")
    films.fault("video", "refuse", status=401, code="unauthorized", message="no")
    (run,) = films.finish(run)
    assert run.state == "done", films.lines(run)
    assert len(films.renders) == 1


@dollars
def test_the_video_of_a_repeat_is_kept_whatever_a_person_says_meanwhile(films: Films) -> None:
    """ "It did not happen" while the repeat orders it, and HeyGen lists it late: no other is rendered."""
    run = unknown_order(films, "drop_before")
    inner, said = films.studio.client, []

    def slow(**wanted: Any) -> str:
        if not said:
            said.append(films.did_not_happen(run))
        return inner.generate_video(**wanted)

    def none_yet() -> VideoListing:
        return replace(inner.list_videos(), videos=())

    films.studio.client = Over(inner, generate_video=slow, list_videos=none_yet)
    (run,) = films.finish(run)
    assert said
    assert run.state == "done", films.lines(run)
    assert len(films.renders) == 1


def test_a_look_that_is_not_finished_is_not_rendered(films: Films) -> None:
    """Attached while HeyGen still worked on it: its motion is made first, or the quote says to wait."""
    group, look = elsewhere(films)
    asked(films)
    films.sql("UPDATE heygenlook SET status = 'pending'")
    place = films.location()
    taking_over.attach(films.studio, location_id=place, group_id=group, look_id=look, actor=PERSON)
    (line,) = films.price(place).lines
    told = (line.avatar, line.problem and line.problem.code)
    assert told == (("make", None) if films.studio.client.traits.motion == "look" else ("ready", "pending"))


def test_a_video_takes_the_motion_that_is_in_use_when_it_is_ordered(films: Films) -> None:
    """Another motion was made after the video had got its turn."""
    place = films.avatar()
    before = films.place(place).heygen_avatar_id
    (run,) = films.order(place)
    run = films.step_until(run, lambda r: r.step == "render")
    assert films.drive(confirm(films, wish(films, "another_motion", place))).state == "done"
    (run,) = films.finish(run)
    assert run.state == "done", films.lines(run)
    now = films.place(place)
    assert rendered_with(films, run) == now.heygen_avatar_id
    assert (now.heygen_avatar_id != before) == (films.studio.client.traits.motion == "look")


@looks
def test_videos_keep_the_earlier_motion_until_another_one_is_made(films: Films) -> None:
    """The other motion failed: a check and the next video are about the one in use; the retry replaces it."""
    place = films.avatar()
    before = films.place(place).heygen_avatar_id
    films.fault("motion", "motion_fails")
    motion = films.drive(confirm(films, wish(films, "another_motion", place)))
    assert motion.state == "failed"
    questions.answer(films.studio, questions.ask(films.studio.db, location_id=place, actor=PERSON))
    now = films.place(place)
    assert (now.heygen_avatar_id, now.motion_status, now.motion_type) == (before, "completed", "veo2")
    (video,) = films.finish(*films.order(place))
    assert rendered_with(films, video) == before
    motion = films.drive(films.retry(motion))
    assert motion.state == "done"
    assert films.place(place).heygen_avatar_id != before
