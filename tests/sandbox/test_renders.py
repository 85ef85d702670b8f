"""The files of videos: what is in them, who may have them, what a kill or a reset leaves."""

import io
import signal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit

import av
import numpy as np
import pytest
import requests

from core import clock
from core.sandbox.lettering import font
from core.sandbox.murmur import murmur
from core.sandbox.rendering import LEASE_SECONDS
from core.sandbox.server import Sandbox
from core.sandbox.speaking import speak
from core.sandbox.store import Store
from tests.sandbox.client import CREDIT, Client, eventually
from tests.sandbox.support import serving

SCRIPT = "This is a script. It has two sentences."
LONG = "Word after word after word, and no end in sight. " * 40


def _served(sandbox: Sandbox) -> Client:
    return Client(sandbox.base_url)


def _look(client: Client) -> str:
    look_id = client.avatar()["avatar_id"]
    eventually(lambda: client.details(look_id)["status"] == "completed")
    return look_id


def _link(client: Client, video_id: str, seconds: float = 30) -> str:
    """The address of the video once it is finished."""
    eventually(lambda: client.video_status(video_id)["status"] == "completed", seconds)
    return client.video_status(video_id)["video_url"]


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (360, 640), (480, 480), (128, 128)])
def test_a_finished_file_is_a_video_with_sound(rows: Path, width: int, height: int) -> None:
    """H.264 and AAC of the size and length that were promised, its index in front; it is not silent."""
    with Sandbox(rows, speed=400) as sandbox:
        client = _served(sandbox)
        dimension = {"width": width, "height": height}
        video_id = client.video(_look(client), SCRIPT, dimension=dimension, title="Новости: Студия")
        data = requests.get(_link(client, video_id), timeout=20).content
        promised = client.video_status(video_id)["duration"]
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(io.BytesIO(data)) as file:
        video, audio = file.streams.video[0], file.streams.audio[0]
        assert (video.codec_context.name, video.width, video.height) == ("h264", width, height)
        assert video.pix_fmt == "yuv420p"
        assert audio.codec_context.name == "aac"
        assert file.duration is not None
        assert abs(file.duration / av.time_base - promised) < 0.15
        frames = [frame.to_ndarray(format="gray") for frame in file.decode(video)]
    with av.open(io.BytesIO(data)) as file:
        loudest = max(abs(frame.to_ndarray()).max() for frame in file.decode(audio=0))
    assert loudest > 0.1
    assert abs(len(frames) / 15 - promised) < 0.01
    # Between the title and the captions, where only the camera moves.
    first, last = (frames[at][height * 2 // 5 : height // 2].astype(int) for at in (0, -1))
    assert np.abs(first - last).mean() > 1


def test_only_the_free_plan_burns_a_watermark(rows: Path) -> None:
    """The corner differs between the two plans, the middle of the first picture does not."""
    pictures = []
    with Sandbox(rows, speed=400) as sandbox:
        client = _served(sandbox)
        look = _look(client)
        for limit in (3, -1):
            client.set(group_limit=limit)
            data = requests.get(_link(client, client.video(look, SCRIPT)), timeout=20).content
            with av.open(io.BytesIO(data)) as file:
                pictures.append(next(file.decode(video=0)).to_ndarray(format="gray").astype(int))
    difference = np.abs(pictures[0] - pictures[1])
    assert difference[:16, 80:].max() > 60
    assert difference[50:80, 40:120].max() < 30


def test_the_font_knows_russian_letters() -> None:
    """Another picture for each letter, and none of them the box that stands for a missing one."""
    drawn = {sign: bytes(font(40).getmask(sign)) for sign in "ЖЯщ\uffff"}
    assert len(set(drawn.values())) == 4


def test_the_murmur_follows_the_words() -> None:
    """There is sound while a word is spoken and silence in the pause after a sentence."""
    speech = speak("Morning. Evening.")
    sound = murmur(speech, 200).astype(float)
    first, second = speech.words
    spoken = sound[round(first.start * 24_000) : round(first.end * 24_000)]
    pause = sound[round((first.end + 0.02) * 24_000) : round((second.start - 0.02) * 24_000)]
    assert len(pause) > 5000
    assert np.abs(spoken).max() > 3000
    assert np.abs(pause).max() == 0


def test_a_player_may_ask_for_a_part(rows: Path) -> None:
    """Range requests: the bytes asked for, from the address that was handed out, and no key."""
    with Sandbox(rows, speed=400) as sandbox:
        client = _served(sandbox)
        link = _link(client, client.video(_look(client), SCRIPT))
        whole = requests.get(link, timeout=20)
        part = requests.get(link, headers={"Range": "bytes=100-299"}, timeout=20)
        rest = requests.get(link, headers={"Range": f"bytes={len(whole.content) - 10}-"}, timeout=20)
    assert whole.headers["content-type"] == "video/mp4"
    assert (part.status_code, part.content) == (206, whole.content[100:300])
    assert part.headers["content-range"] == f"bytes 100-299/{len(whole.content)}"
    assert (rest.status_code, rest.content) == (206, whole.content[-10:])


def test_a_link_is_signed_and_lives_for_seven_days(rows: Path) -> None:
    """Changed, unsigned or old it is 403; each look at the video hands out a new one that works."""
    with Sandbox(rows, speed=400) as sandbox:
        client = _served(sandbox)
        video_id, other = (client.video(_look(client), SCRIPT) for _ in range(2))
        link = _link(client, video_id)
        parts = urlsplit(link)
        expires = int(parse_qs(parts.query)["Expires"][0])
        for spoilt in (
            link[:-1] + ("0" if link[-1] != "0" else "1"),
            link.replace(video_id, other),
            link.replace(f"Expires={expires}", f"Expires={expires + 1}"),
            link.replace(f"Expires={expires}", f"Expires={'9' * 5000}"),
            urlunsplit(parts._replace(query="")),
        ):
            assert requests.get(spoilt, timeout=20).status_code == 403
        clock.shift(7 * 86_400 - 60)
        assert requests.get(link, timeout=20).status_code == 200
        clock.shift(7 * 86_400 + 60)
        assert requests.get(link, timeout=20).status_code == 403
        assert requests.get(_link(client, video_id), timeout=20).status_code == 200


def test_a_link_that_is_dead_when_it_is_handed_out(rows: Path) -> None:
    """On demand, until it was tried once: then the next one works."""
    with Sandbox(rows, speed=400) as sandbox:
        client = _served(sandbox)
        look = _look(client)
        client.fault("video_status", "link_expired")
        client.set(speed=1)
        video_id = client.video(look, SCRIPT)
        client.video_status(video_id)
        clock.shift(90)
        dead = [_first_link(client, video_id) for _ in range(2)][1]
        assert requests.get(dead, timeout=20).status_code == 403
        assert requests.get(client.video_status(video_id)["video_url"], timeout=20).status_code == 200


def _first_link(client: Client, video_id: str) -> str:
    links: list[str] = []

    def handed_out() -> bool:
        links.append(client.video_status(video_id)["video_url"])
        return links[-1] is not None

    eventually(handed_out)
    return links[-1]


def test_completed_waits_for_the_file(rows: Path) -> None:
    """Its time is over at once at this speed, yet a poll is answered quickly and says processing."""
    with Sandbox(rows, speed=1e6) as sandbox:
        client = _served(sandbox)
        video_id = client.video(_look(client), LONG, dimension={"width": 1280, "height": 720})
        for _ in range(5):
            answer = client.call("GET", f"/v1/video_status.get?video_id={video_id}", timeout=2)
            assert answer.json()["data"]["status"] in ("pending", "processing")
        assert not (rows / "renders" / f"{video_id}.mp4").exists()


def test_a_change_of_the_speed_moves_the_videos_under_way(rows: Path) -> None:
    """At a hundredth of the speed the rest takes a hundred times longer, although the file is there."""
    with Sandbox(rows, speed=400) as sandbox:
        client = _served(sandbox)
        look = _look(client)
        client.set(speed=1)
        video_id = client.video(look, SCRIPT)
        eventually((rows / "renders" / f"{video_id}.mp4").is_file)
        client.set(speed=0.01)
        clock.shift(600)
        assert client.video_status(video_id)["status"] == "processing"
        clock.shift(6000)
        assert client.video_status(video_id)["status"] == "completed"


def test_a_file_that_is_lost_is_made_again(rows: Path) -> None:
    """Whoever asks for the video gets it a little later, with the same length, and pays once."""
    with Sandbox(rows, speed=400) as sandbox:
        client = _served(sandbox)
        video_id = client.video(_look(client), SCRIPT)
        _link(client, video_id)
        (rows / "renders" / f"{video_id}.mp4").unlink()
        assert client.video_status(video_id)["status"] == "processing"
        assert requests.get(_link(client, video_id), timeout=20).status_code == 200
        assert len(client.state()["charges"]) == 1


def test_a_photo_out_of_reach_spoils_no_video(rows: Path) -> None:
    """HeyGen has a copy of its own; here a plain picture stands in."""
    with Sandbox(rows, speed=400) as sandbox:
        client = _served(sandbox)
        look = _look(client)
        store = Store(rows / "sandbox.db", None)
        with store.write() as opened:
            opened.execute("UPDATE looks SET image_url = 'http://127.0.0.1:1/photo.jpg'")
        store.close()
        assert requests.get(_link(client, client.video(look, SCRIPT)), timeout=20).status_code == 200


def test_a_disk_that_takes_no_file_fails_the_video_and_gives_the_credits_back(rows: Path) -> None:
    """After three tries it has failed; nothing is charged in the end."""
    with Sandbox(rows, speed=400) as sandbox:
        client = _served(sandbox)
        look = _look(client)
        (rows / "renders").write_text("a file where the folder should be")
        video_id = client.video(look, SCRIPT)
        eventually(lambda: client.video_status(video_id)["status"] == "failed")
        assert (client.state()["credits"], client.state()["charges"]) == (10 * CREDIT, [])


@pytest.mark.parametrize("script", [SCRIPT, LONG])
def test_a_reset_removes_videos_and_their_files(rows: Path, script: str) -> None:
    """Finished and unfinished ones; what is being rendered, soon done or not, leaves nothing behind."""
    with Sandbox(rows, speed=400) as sandbox:
        client = _served(sandbox)
        look = _look(client)
        _link(client, client.video(look, SCRIPT))
        client.video(look, script, dimension={"width": 1280, "height": 720})
        eventually(lambda: any((rows / "renders").glob("*.part")))
        client.call("POST", "/sandbox/reset")
        assert client.state()["videos"] == []
        assert client.data("GET", "/v1/video.list")["videos"] == []
        # Renders come one after the other: when this one is done, the one that was cut short is too.
        after = client.video(_look(client), SCRIPT)
        _link(client, after)
        assert [path.name for path in (rows / "renders").iterdir()] == [f"{after}.mp4"]


def test_two_sandboxes_render_a_video_once(rows: Path) -> None:
    """Both are polled; one renders, the other waits, and both hand out the same file."""
    with Sandbox(rows, speed=400) as first, Sandbox(rows) as second:
        one, two = _served(first), _served(second)
        video_id = one.video(_look(one), SCRIPT * 6)
        seen: set[str] = set()

        def finished() -> bool:
            seen.update(part.name for part in (rows / "renders").glob("*.part"))
            states = [client.video_status(video_id)["status"] for client in (two, one)]
            return states == ["completed", "completed"]

        eventually(finished, 30)
        files = [
            requests.get(client.video_status(video_id)["video_url"], timeout=20) for client in (one, two)
        ]
        assert files[0].content == files[1].content
        assert len(seen) == 1


def test_stop_is_prompt_while_a_video_is_rendered(rows: Path) -> None:
    """Under a second; the next sandbox takes it up at once."""
    sandbox = Sandbox(rows, speed=400)
    sandbox.start()
    client = _served(sandbox)
    video_id = client.video(_look(client), SCRIPT * 6)
    eventually(lambda: any((rows / "renders").glob("*.part")))
    started = clock.monotonic()
    sandbox.stop()
    assert clock.monotonic() - started < 1
    assert not (rows / "renders" / f"{video_id}.mp4").exists()
    with Sandbox(rows) as again:
        _link(_served(again), video_id)


@pytest.mark.processes
def test_a_killed_render_is_taken_up_again(rows: Path) -> None:
    """Killed in the middle of a video: the next process finishes it, charged once, and tidies up."""
    with serving(rows) as (process, client):
        client.set(speed=400)
        video_id = client.video(_look(client), LONG)
        eventually(lambda: any((rows / "renders").glob("*.part")))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=5)
    (left,) = (rows / "renders").glob("*.part")
    with Sandbox(rows) as sandbox:
        client = _served(sandbox)
        assert client.video_status(video_id)["status"] == "processing"
        clock.shift(LEASE_SECONDS + 1)
        assert requests.get(_link(client, video_id, 60), timeout=20).status_code == 200
        assert len(client.state()["charges"]) == 1
        assert not left.exists()
