"""Sequences of events in which a video could be paid twice, lost, or told wrongly."""

from dataclasses import replace

import pytest

from core.errors import Refusal
from core.journal import due
from core.quotes import avatars
from core.runs import advance, archive, confirm
from core.videos import files
from core.videos.files import FileBroken
from tests.films import SCRIPT, Films
from tests.runs.support import ended, seeing, spent_on_videos
from tests.world import PERSON


def test_a_still_look_is_not_rendered_while_its_motion_is_being_made(films: Films) -> None:
    """ "The still look will do" means where the motion failed, not before it was added."""
    place = films.location()
    films.fault("motion", "rate_limit", seconds=3)
    avatar, run = films.order(place, still=True)
    films.step_until(avatar, lambda now: films.place(place).avatar_status == "completed")
    assert films.place(place).motion_status == "none"
    advance.advance(films.studio, run.id or 0)
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


def test_a_file_that_gives_no_poster_is_fetched_again(films: Films, monkeypatch: pytest.MonkeyPatch) -> None:
    """It opens, but a picture in it does not: as broken as any, so it ends in words and not in a loop."""
    place = films.avatar()
    (run,) = films.order(place)

    def broken(*_: object) -> None:
        raise FileBroken("The file is damaged.")

    with monkeypatch.context() as patch:
        patch.setattr(files, "poster", broken)
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
    quote = avatars.quote(
        films.studio, location_ids=[place], motion_type="veo2", action="another_photo", image_url=other
    )
    (avatar,) = confirm.confirm(films.studio, quote, actor=PERSON)
    avatar, run = sorted(films.finish(run, avatar), key=lambda one: one.kind)
    assert (avatar.state, run.state) == ("done", "done"), films.lines(run)
    assert films.video(run).look_id == films.place(place).heygen_avatar_id


def test_only_a_rendered_video_is_fetched_again(films: Films) -> None:
    """A render that timed out has no file yet: it is waited for by a retry, which holds its price."""
    place = films.avatar()
    (run,) = films.order(place)
    run = films.step_until(run, lambda now: now.step == "rendering")
    films.sql("UPDATE run SET step_at = '2020-01-01 00:00:00', due_at = NULL WHERE id = :id", id=run.id)
    seeing(films, lambda details: replace(details, status="processing", video_url=None))
    advance.advance(films.studio, run.id or 0)
    run = films.run(run)
    assert (run.state, run.step) == ("failed", "rendering")
    with pytest.raises(Refusal):
        archive.fetch_again(films.studio, films.video(run).id or 0, actor=PERSON)


def test_removing_a_video_frees_what_was_fetched_of_it(films: Films) -> None:
    """A fetch that broke off for good leaves a part on the disk, and removing the video takes it, too."""
    place = films.avatar()
    (run,) = films.order(place)
    run = films.step_until(run, lambda now: now.step == "archive")
    films.folder.mkdir(exist_ok=True)
    (films.folder / f"{run.id}.mp4.999999.part").write_bytes(b"half")
    films.sql("UPDATE run SET state = 'failed', ended_at = updated_at WHERE id = :id", id=run.id)
    archive.remove(films.studio, films.video(run).id or 0, actor=PERSON)
    assert films.files == []


def test_the_worker_is_idle_while_only_a_person_can_go_on(films: Films) -> None:
    """A video waits for an avatar whose call nobody can judge: nothing moves before a person answers."""
    films.fault("create", "drop_after")
    avatar, video = films.order(films.location())
    avatar = films.step_until(avatar, lambda now: now.state == "unknown")
    advance.advance(films.studio, video.id or 0)
    films.sql("UPDATE run SET due_at = NULL WHERE id = :id", id=avatar.id)
    assert films.run(video).state == "waiting"
    with films.studio.db.read() as session:
        assert not due.can_move(session)


def test_no_render_is_sent_with_an_avatar_that_is_being_deleted(films: Films) -> None:
    """Freeing its slot is retried while the video waits: nothing is paid for what HeyGen throws away."""
    place = films.avatar()
    quote = avatars.quote(films.studio, location_ids=[place], action="free_slot")
    name = quote.to_make[0].group_name
    films.fault("delete", "refuse", message="Not now")
    (freeing,) = confirm.confirm(films.studio, quote, actor=PERSON, typed_name=name)
    assert films.drive(freeing).state == "failed"
    (run,) = films.order(place)
    run = films.step_until(run, lambda now: now.step == "render")
    films.retry(freeing, price=0)
    for _ in range(3):
        advance.advance(films.studio, run.id or 0)
    assert films.calls("video") == 0
    films.step_until(freeing, ended)
    run = films.step_until(run, ended)
    assert run.state == "failed"
    assert films.money.held == spent_on_videos(films) == films.calls("video") == 0
