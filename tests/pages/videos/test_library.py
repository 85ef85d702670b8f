"""Videos that were asked for: the batch, the library, one video."""

import zipfile

import pytest

from core.reports import runs, videos
from core.runs import advance, archive, drive
from core.studio import Studio
from pages.parts.videos import selection
from tests.pages.conftest import Open, fault, page_text, settings
from tests.pages.screen import held, keys, links
from tests.pages.videos.support import SCRIPT, make, order, the_video
from tests.world import eventually


def test_a_batch_says_how_far_it_is_and_can_be_stopped(samples: Studio, open_page: Open) -> None:
    """Done of planned, a line a video with its step, and one click for all that are not ordered yet."""
    quote_id, _ = order(samples, 1, 2)
    at = open_page("videos.py", batch=quote_id)
    assert "0 of 2 videos ready · 0 of 8 steps done" in at.progress[0].text
    assert page_text(at).count("Waiting for its turn") >= 2
    before = held(samples)
    at.button(key="cancel_all").click().run()
    made = videos.batch(samples.db, quote_id)
    assert all(person == "local administrator" for person in made["cancel_requested_by"])
    assert "cancel_all" not in keys(at)
    assert held(samples) <= before


def test_a_finished_batch_plays(filmed: Studio, open_page: Open) -> None:
    """A player for the video, what was spent, and the way to its files."""
    at = open_page("videos.py", batch=runs.run(filmed.db, 2).quote_id)
    assert "1 video is ready." in page_text(at)
    (player,) = at.get("video")
    assert "/videos/1.mp4" in player.proto.url
    assert [track.label for track in player.proto.subtitles][-1] == "Captions"
    assert not at.progress
    assert any(link.label == "Script, captions and download" for link in at.page_link)


@pytest.mark.parametrize(
    "script", ["Всем привет! Сегодня расскажу.", "“Quoted” start.", "🎉 Hello there.", "مرحبا"]
)
def test_a_video_can_be_watched_whatever_letter_begins_its_script(
    samples: Studio, open_page: Open, script: str
) -> None:
    """Player, captions and both downloads are there."""
    make(samples, 1, script=script)
    at = open_page("videos.py", video="1")
    assert not at.exception
    (player,) = at.get("video")
    assert [track.label for track in player.proto.subtitles][-1] == "Captions"
    assert {"download_video", "download_captions"} <= {
        button.proto.id.split("-")[-1] for button in at.get("download_button")
    }
    assert not any("Not shown" in line.value for line in at.caption)


@pytest.mark.parametrize("broken", [b"\xff\xfe\x00", b"no captions at all", b""])
def test_captions_never_take_the_player_down(samples: Studio, open_page: Open, broken: bytes) -> None:
    """A file that is no text, or no captions: the video plays without, and its file can be downloaded."""
    make(samples, 1)
    (archive.folder_of(samples) / the_video(samples).captions).write_bytes(broken)
    at = open_page("videos.py", video="1")
    assert not at.exception
    assert len(at.get("video")) == 1
    assert "Download" in at.get("download_button")[0].proto.label


def test_a_failed_video_says_why_and_what_a_retry_costs(samples: Studio, open_page: Open) -> None:
    """The reason in plain words, that nothing was spent, and a button that carries the price."""
    fault(samples, route="video", fault="render_fails")
    at = open_page("videos.py", batch=make(samples, 1))
    assert "0 of 1 video is ready" in page_text(at)
    assert "could not render the video" in page_text(at)
    retry = next(button for button in at.button if (button.key or "").startswith("retry_"))
    assert "Retry from" in retry.label
    assert "credit" in retry.label
    retry.click().run()
    at.button(key="retry_confirm").click().run()
    assert videos.video(samples.db, 1).state == "queued"


def test_an_unknown_batch_or_video_is_said(samples: Studio, open_page: Open) -> None:
    """A broken link leads to a sentence and the way on, not to an empty page."""
    at = open_page("videos.py", batch="nothing")
    assert "no videos of the confirmation" in at.error[0].value
    at = open_page("videos.py", video="999")
    assert "no video with the number" in at.error[0].value
    assert "all_videos" in keys(at)


def test_the_library_shows_what_there_is(filmed: Studio, open_page: Open) -> None:
    """Newest first with name, length and state, and the disk that all of it takes."""
    order(filmed, 2, title="Second")
    at = open_page("videos.py")
    shown = page_text(at).replace("\\", "")
    assert "2 videos, newest first" in shown
    assert "MB on this disk" in shown
    assert shown.index("Second") < shown.index("Tour")
    assert "Done" in shown
    assert "Queued" in shown
    doors = links(at)
    assert doors["Play"].endswith("video=1")
    assert doors["Open"].endswith("video=2")


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ({"videos_state": "done"}, {1}),
        ({"videos_state": "live"}, {2}),
        ({"videos_blogger": "2"}, {2}),
        ({"videos_location": "1"}, {1}),
        ({"videos_person": "nobody"}, {1, 2}),
        ({"videos_until": "2001-01-01"}, set()),
    ],
)
def test_the_address_narrows_the_library(
    filmed: Studio, open_page: Open, query: dict[str, str], there: set[int]
) -> None:
    """A link opens the same list for a colleague; one that matches nothing says so and can be cleared."""
    order(filmed, 4)
    at = open_page("videos.py", **query)
    shown = {1 for label in links(at) if label == "Play"} | {2 for label in links(at) if label == "Open"}
    assert shown == there
    if not there:
        assert "No video matches these filters" in page_text(at)
        at.button(key="videos_clear_all").click().run()
        assert "2 videos, newest first" in page_text(at)


def test_twelve_posters_make_a_page(samples: Studio, open_page: Open) -> None:
    """The thirteenth stands on the second page."""
    settings(samples, credits=100_000_000)
    for number in range(13):
        order(samples, 1, title=f"Number {number}")
    at = open_page("videos.py")
    assert sum(link.label == "Open" for link in at.page_link) == 12
    at = open_page("videos.py", videos_page="2")
    assert "Number 0" in page_text(at).replace("\\", "")


def test_several_videos_are_packed_under_their_names(filmed: Studio, open_page: Open) -> None:
    """The ZIP holds the chosen files under their download names; nothing is left beside the videos."""
    make(filmed, 2, title="Tour")
    at = open_page("videos.py")
    at.checkbox(key="video_tick_1").check().run()
    at.checkbox(key="video_tick_2").check().run()
    assert "**2** chosen" in page_text(at)
    before = sorted(filmed.settings.data_dir.iterdir())
    with selection.packed(filmed, (1, 2)) as file, zipfile.ZipFile(file) as packed:
        assert sorted(packed.namelist()) == ["Mila Hart - Cafe - Tour.mp4", "Mila Hart - Studio - Tour.mp4"]
        assert packed.testzip() is None
    assert sorted(filmed.settings.data_dir.iterdir()) == before


def test_ticked_videos_outlive_a_reload(filmed: Studio, open_page: Open) -> None:
    """The choice's name stands in the address; another session has the same tick."""
    at = open_page("videos.py")
    at.checkbox(key="video_tick_1").check().run()
    again = open_page("videos.py", **dict(at.query_params))
    assert again.checkbox(key="video_tick_1").value
    assert "**1** chosen" in page_text(again)


def test_removing_a_file_asks_first_and_keeps_the_record(filmed: Studio, open_page: Open) -> None:
    """The dialog names what goes; afterwards the video is listed without a file and can be fetched again."""
    at = open_page("videos.py")
    at.checkbox(key="video_tick_1").check().run()
    at.button(key="remove_files").click().run()
    assert "Mila Hart – Studio" in page_text(at)
    kept = archive.folder_of(filmed) / the_video(filmed).file
    assert videos.disk_used(filmed.db) == kept.stat().st_size
    at.button(key="remove_sure").click().run()
    assert "1 file was removed" in page_text(at)
    assert "File removed" in page_text(at)
    assert videos.disk_used(filmed.db) == 0
    assert list(archive.folder_of(filmed).iterdir()) == []
    at = open_page("videos.py", video="1")
    assert not at.get("video")
    at.button(key="fetch_again").click().run()
    assert not at.exception
    assert videos.video(filmed.db, 1).state in ("queued", "running", "waiting", "done")


def test_one_video_shows_player_script_lengths_and_cost(filmed: Studio, open_page: Open) -> None:
    """Everything about it on one page, with its files under good names."""
    video = the_video(filmed)
    assert video.duration_ms is not None
    at = open_page("videos.py", video="1")
    assert at.title[0].value == "Tour"
    assert at.get("video")
    assert [text.value for text in at.get("text")] == ["Hi, Mila Hart, Studio!"]
    facts = at.main.table[0].value.iloc[:, 0].to_dict()
    assert facts["Length"] == f"{round(video.duration_ms / 1000)} s"
    assert "at most" in facts["Length, expected"]
    assert facts["Cost"].startswith("0.0")
    assert facts["Picture"] == "16:9 · 1280 × 720"
    downloads = [button.proto.label for button in at.get("download_button")]
    assert any(label.startswith("Download (") for label in downloads)
    assert "Captions (SRT)" in downloads
    doors = links(at)
    assert any(target.endswith("location=1") for target in doors.values())
    assert "Watermark" not in page_text(at)


def test_a_lost_file_is_fetched_again_for_nothing(filmed: Studio, open_page: Open) -> None:
    """Somebody deleted the file behind the Studio's back: the page says so and offers the way."""
    (archive.folder_of(filmed) / "2.mp4").unlink()
    at = open_page("videos.py", video="1")
    assert not at.get("video")
    assert "not in its place any more" in page_text(at)
    assert at.button(key="fetch_again").label.endswith("free")


def test_a_watermark_is_said_in_plain_words(filmed: Studio, open_page: Open) -> None:
    """A video that HeyGen finished without credits plays, and the page says what it carries and why."""
    with filmed.db.write() as session:
        video = session.merge(the_video(filmed))
        video.watermark = True
    at = open_page("videos.py", video="1")
    assert at.get("video")
    assert "carries HeyGen's watermark" in page_text(at)


def test_another_like_this_begins_with_the_same_words(samples: Studio, open_page: Open) -> None:
    """Script, title, voice, format and location are there; only the click to spend is missing."""
    make(samples, 1, title="Tour", video_format="1:1")
    at = open_page("videos.py", video="1")
    at.button(key="another").click().run()
    assert at.text_area(key="video_script").value == SCRIPT.format(blogger="Mila Hart", location="Studio")
    assert at.text_input(key="video_title").value == "Tour"
    assert at.query_params["chosen"] == "1"
    assert at.query_params["format"] == "1:1"
    assert at.selectbox(key="video_voice").value == the_video(samples).voice_id
    assert at.button(key="spend").label.endswith("on 1 video")


def test_a_video_run_is_shown_by_the_other_pages(filmed: Studio, open_page: Open) -> None:
    """Activity, one run and the overview know its steps, its call and its way to the video."""
    order(filmed, 2)
    assert "Order" in page_text(open_page("activity.py", run="2"))
    assert any("batch=" in target for target in links(open_page("activity.py", run="2")).values())
    page_text(open_page("activity.py"))
    assert "Running now" in page_text(open_page("overview.py"))
    page_text(open_page("provisioning.py", runs="2,4"))


def test_a_lost_answer_that_heygen_cannot_clear_up_asks_a_person(samples: Studio, open_page: Open) -> None:
    """The run's page says what is at stake and takes the video's id; the run goes on with that video."""
    fault(samples, route="video", fault="drop_after")
    _, ordered = order(samples, 1)
    (run,) = [one for one in ordered if one.kind == "video"]
    drive.drive(samples, [one.id for one in ordered if one.kind == "avatar"])

    def asked() -> bool:
        advance.advance(samples, run.id or 0)
        return runs.run(samples.db, run.id or 0).state == "unknown"

    eventually(asked)
    fault(samples, route="videos", fault="refuse", message="Not now")
    drive.drive(samples, [run.id])
    at = open_page("activity.py", run=str(run.id))
    assert "The Studio asked HeyGen to render the video." in page_text(at)
    assert "stays held until you answer" in page_text(at)
    (video,) = samples.client.list_videos().videos
    at.text_input(key=f"avatar_id_{run.id}").set_value(video.id)
    next(button for button in at.button if button.label == "Use this id").click().run()
    (ended,) = drive.drive(samples, [run.id])
    assert ended.state == "done"
    assert the_video(samples).heygen_video_id == video.id
