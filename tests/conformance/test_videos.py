"""Videos through every dialect."""

import pytest

from core.videos import voices
from tests.conformance import journey
from tests.conformance.support import agree, made, where
from tests.films import Films
from tests.world import charged


@journey("Video: made, fetched, priced by its measured length", v3="yes; with the chosen motion")
def test_a_video_is_made_and_charged_by_its_length(films: Films) -> None:
    """The file is here, and what is booked is HeyGen's charge."""
    place, _ = made(films)
    (run,) = films.finish(*films.order(place))
    assert run.state == "done", run.error_template
    video = films.video(run)
    assert video.duration_ms
    assert (films.folder / video.file).stat().st_size == video.size
    request = films.operations(run, "generate_video")[0].request
    assert request.get("motion_type") == ("veo2" if where(films) == "render" else None)
    agree(films)


@journey("A video at `00000` makes the avatar first")
def test_a_video_makes_its_avatar(films: Films) -> None:
    """One order makes both, each once."""
    place = films.location()
    runs = films.finish(*films.order(place, motion_type="veo2"))
    assert [run.state for run in runs] == ["done", "done"]
    agree(films)


@journey(
    "A lost answer to ordering a video",
    workflow="looked up by its title",
    v2="looked up by its title",
    v3="asked again under its idempotency key",
)
@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
def test_a_lost_order_is_paid_once(films: Films, fault: str) -> None:
    """Whatever became of the answer, one video is rendered and paid."""
    place, _ = made(films)
    films.fault("video", fault)
    (run,) = films.finish(*films.order(place))
    assert run.state == "done", run.error_template
    assert len(films.renders) == 1
    agree(films)


@journey("A render that fails")
def test_a_failed_render_is_made_anew(films: Films) -> None:
    """Nothing is booked for it, and the retry renders another."""
    place, _ = made(films)
    films.fault("video", "render_fails")
    (run,) = films.finish(*films.order(place))
    assert run.state == "failed"
    before = charged(films)
    films.retry(run)
    assert films.drive(run).state == "done"
    assert charged(films) > before
    assert len(films.renders) == 1
    agree(films)


@journey("An address of a file that has died is asked for anew")
def test_a_dead_address_is_asked_for_anew(films: Films) -> None:
    """The file is fetched at the next try; nothing is rendered twice."""
    place, _ = made(films)
    films.fault("video_status", "link_expired")
    (run,) = films.finish(*films.order(place))
    assert run.state == "done", run.error_template
    assert len(films.renders) == 1
    agree(films)


@journey("Voices, all of them")
def test_all_voices_are_listed(films: Films) -> None:
    """As many as HeyGen has, however many pages that are."""
    from core.sandbox.speakers import ALL

    assert len(voices.voices(films.studio.db)) == len(ALL)
