"""`python -m core video`: from "00000" to a playable file, and bad input that spends and changes nothing."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import av
import pytest

from core.__main__ import main
from core.bloggers.archive import archive_location
from core.bloggers.editing import add_blogger, add_location
from core.config import load
from core.database.engine import Database, open_database
from core.sandbox.server import Sandbox
from core.sandbox.speakers import BY_ID
from tests.commands.support import core, refused
from tests.world import CREDIT, PERSON, control, fast_world, photo_server, picture

SCRIPT = "Hello, and welcome to my studio."


@dataclass
class Desk:
    """A data directory with one blogger, whose photos are served."""

    data: Path
    photo: str
    blogger: int = 0

    def __post_init__(self) -> None:
        db = self.database()
        self.blogger = add_blogger(db, name="Mila Hart", actor=PERSON).id or 0
        db.close()

    def database(self) -> Database:
        return open_database(load({"DATA_DIR": str(self.data)}, None))

    def place(self, name: str = "Studio", photo: str | None = None, *, archived: bool = False) -> str:
        db = self.database()
        url = self.photo if photo is None else photo
        made = add_location(db, blogger_id=self.blogger, name=name, image_url=url, actor=PERSON)
        if archived:
            archive_location(db, location_id=made.id or 0, actor=PERSON)
        db.close()
        return str(made.id)

    def give_voice(self) -> None:
        """The blogger speaks with the first voice by default."""
        voice = next(iter(BY_ID))
        db = self.database()
        with db.write() as session:
            session.connection().exec_driver_sql(f"UPDATE blogger SET voice_id = '{voice}'")
        db.close()

    def video(self, *arguments: str, given: str = "", **environ: str) -> CompletedProcess[str]:
        """The command as a person starts it."""
        return core(self.data, "video", *arguments, given=given, **environ)

    def heygen(self, method: str = "GET", path: str = "state", **body: Any) -> dict[str, Any]:
        with Sandbox(self.data) as sandbox:
            return control(sandbox.base_url, method, path, **body)

    def rows(self) -> list[int]:
        """How many runs, videos, calls and lines of holds there are."""
        db = self.database()
        with db.read() as session:
            one = session.connection().exec_driver_sql
            found = [
                one(f"SELECT count(*) FROM {what}").scalar_one()
                for what in ("run", "video", "operation", "entry WHERE kind <> 'adjust'")
            ]
        db.close()
        return found


class Here:
    """Commands inside this process, where no run is driven: starting Python takes longest."""

    def __init__(self, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.desk = desk

    def run(self, *arguments: str) -> CompletedProcess[str]:
        code = main([*arguments])
        said = self._capsys.readouterr()
        return CompletedProcess(arguments, code, said.out, said.err)

    def refuses(self, says: str, *arguments: str) -> None:
        """`video` with these arguments: one sentence, nothing is written, HeyGen takes nothing."""
        before = self.desk.rows()
        refused(self.run("video", *arguments, "--yes"), says)
        assert self.desk.rows() == before
        assert self.desk.heygen()["charges"] == []


@pytest.fixture
def here(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    for name in os.environ:
        if name.startswith(("HEYGEN_", "PLAN", "NOTIFY_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("DATA_DIR", str(desk.data))
    # Away from a .env.
    monkeypatch.chdir(desk.data.parent)
    return Here(desk, capsys)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    fast_world(tmp_path / "data")
    with photo_server(picture()) as url:
        yield Desk(tmp_path / "data", url)


def test_one_command_makes_the_avatar_and_a_playable_video(desk: Desk) -> None:
    """From 00000: the quote, the brief's lines, the file's path, what was spent, exit code 0."""
    place = desk.place()
    desk.give_voice()
    made = desk.video("--location", place, "--script", f"{SCRIPT} I am {{blogger}}.", "--yes")
    assert made.returncode == 0, made.stdout + made.stderr
    lines = made.stdout.splitlines()
    for said in (
        "Quote: videos to make: 1",
        "Avatars to make first: 1",
        ">>> Avatar ID not configured, creating Photo Avatar automatically...",
        ">>> Generating video...",
    ):
        assert said in lines
    assert any(re.fullmatch(">>> Video submitted: video_id=[0-9a-f]{32}", line) for line in lines)
    told = re.search(
        r"^Mila Hart - Studio: (/.*\.mp4), (\d+\.\d) s, spent (0\.\d+) credits$", made.stdout, re.M
    )
    assert told, made.stdout
    with av.open(told[1]) as file:
        assert abs((file.duration or 0) / 1e6 - float(told[2])) < 0.5
        assert sum(1 for _ in file.decode(video=0)) > 10
    state = desk.heygen()
    assert [charge["kind"] for charge in state["charges"]] == ["add_motion", "generate_video"]
    assert f"{state['charges'][1]['micro_credits'] / CREDIT:.6f}".rstrip("0") == told[3]
    assert "held 0" in lines[-1]


def test_later_videos_are_made_with_the_saved_avatar(desk: Desk) -> None:
    """Two locations at once, then one of them again by a script from a pipe: two avatars, three videos."""
    places = desk.place("Studio"), desk.place("Kitchen")
    desk.give_voice()
    both = desk.video("--location", *places, "--script", SCRIPT, "--yes", "--format", "9:16")
    assert both.returncode == 0, both.stdout + both.stderr
    assert len(re.findall(r"^Mila Hart - \w+: /.*\.mp4", both.stdout, re.M)) == 2
    again = desk.video(
        "--location", places[0], "--script", "-", "--yes", given="Another one, and that is it.\n"
    )
    assert again.returncode == 0, again.stdout + again.stderr
    assert "Avatars to make first: 0" in again.stdout
    calls = desk.heygen()["calls"]
    assert (calls["create"], calls["motion"], calls["video"]) == (2, 2, 3)


def test_a_video_that_fails_is_said_and_exits_with_1(desk: Desk) -> None:
    """HeyGen gives up one render: the reason and what was spent stand in one line."""
    place = desk.place()
    desk.give_voice()
    desk.heygen("POST", "faults", route="video", fault="render_fails")
    failed = desk.video("--location", place, "--script", SCRIPT, "--yes")
    assert failed.returncode == 1
    assert re.search(
        "^Mila Hart - Studio: failed. .*could not render.* Spent: 0 credits$", failed.stdout, re.M
    )
    assert "spent 1\n" in failed.stdout


def test_a_video_without_credits_at_heygen_says_how_it_goes_on(desk: Desk) -> None:
    """HeyGen has less than it said: both runs rest, the command ends with 1 and says what to do."""
    place = desk.place()
    desk.give_voice()
    refusal = {"fault": "refuse", "status": 402, "code": "insufficient_credit"}
    desk.heygen("POST", "faults", route="motion", message="No credit", **refusal)
    paused = desk.video("--location", place, "--script", SCRIPT, "--yes")
    assert paused.returncode == 1
    for who in ("Avatar of Mila Hart - Studio", "Mila Hart - Studio"):
        says = f"^{who}: paused, because .*Nothing was spent on it. Top it up"
        assert re.search(says, paused.stdout, re.M)
    assert "spent 0\n" in paused.stdout
    again = desk.video("--location", place, "--script", SCRIPT, "--yes")
    assert again.returncode == 2
    assert "Paid work is paused" in again.stderr


def test_without_yes_it_asks(desk: Desk) -> None:
    """Anything but yes spends nothing, and nobody is asked through the pipe that brings the script."""
    place = desk.place()
    desk.give_voice()
    before = desk.rows()
    asked = desk.video("--location", place, "--script", SCRIPT, given="no\n")
    assert asked.returncode == 1
    assert "Spend at most 1.0" in asked.stdout
    assert asked.stdout.endswith("Nothing was spent.\n")
    refused(desk.video("--location", place, "--script", "-", given=SCRIPT), "Add --yes")
    assert desk.video("--location", place, "--script", "-", "--dry-run", given=SCRIPT).returncode == 0
    assert desk.rows() == before


def test_what_is_no_placeholder_and_no_pause_is_said_with_the_price(here: Here) -> None:
    """A person sees before the question what would be spoken as it stands; a good script has no remark."""
    place = here.desk.place()
    here.desk.give_voice()
    asks = ("video", "--location", place, "--dry-run", "--script")
    said = here.run(*asks, "Привет, {имя}! <break time=“2s”/> {blogger}", "--title", "{date}").stdout
    assert "No placeholder: {имя}, {date}. Only {blogger} and {location} are" in said
    assert "No pause: <break time=“2s”/>. A pause is written <break time=" in said
    said = here.run(*asks, 'Привет, {blogger}! <break time="2s"/>').stdout
    assert "Quote" in said
    assert "No p" not in said


def test_voices_are_listed_with_their_ids(here: Here) -> None:
    """Id, language, gender and name; a language by its name, in any case."""
    everybody = here.run("voices").stdout.splitlines()
    russian = here.run("voices", "--language", "russian").stdout.splitlines()
    assert len(everybody) > len(russian) > 1
    assert all(re.fullmatch(r"[0-9a-f]{32}  Russian +(fe)?male +\w.*", line) for line in russian)
    refused(here.run("voices", "--language", "Klingon"), "Choose one of: English")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--script", ""), "no script yet"),
        (("--script", "  \n "), "no script yet"),
        (("--script", "a" * 5001), "5001 characters and HeyGen takes 5000"),
        (("--script", "🙂🎬 …"), "nothing that can be spoken"),
        (("--script", "caf\udce9"), "not UTF-8"),
        (("--script", SCRIPT, "--voice", "nobody"), "no voice with the id nobody"),
        (("--script", SCRIPT, "--format", "4:3"), "16:9, 9:16, 1:1"),
        (("--script", SCRIPT, "--resolution", "1080p"), "720p"),
        (("--script", SCRIPT, "--motion", "veo9"), "veo2"),
        (("--script", SCRIPT, "--location", "4711"), "4711"),
        (("--script", SCRIPT, "--location", str(10**30)), "no location"),
    ],
)
def test_bad_input_is_one_sentence(here: Here, arguments: tuple[str, ...], says: str) -> None:
    """Exit code 2; nothing is written, and HeyGen is asked for nothing that costs."""
    place = here.desk.place()
    here.desk.give_voice()
    here.refuses(says, "--location", place, *arguments)


def test_a_location_that_cannot_have_a_video_is_named(here: Here) -> None:
    """Without a voice, archived, or with a photo that is none: the location's number, name and reason."""
    desk = here.desk
    place, archived = desk.place(), desk.place("Attic", archived=True)
    broken = desk.place("Cellar", "http://127.0.0.1:9/x.jpg")
    says = f"Location {place}, Mila Hart - Studio: .*no voice.*python -m core voices"
    here.refuses(says, "--location", place, "--script", SCRIPT)
    desk.give_voice()
    for bad in (archived, broken):
        here.refuses(f"Location {bad}, Mila", "--location", place, bad, "--script", SCRIPT)


def test_without_credits_nothing_is_begun(here: Here) -> None:
    """What is needed and what is there; exit code 2."""
    place = here.desk.place()
    here.desk.give_voice()
    here.desk.heygen("POST", "settings", credits=CREDIT)
    here.refuses("Needed: 1.0.*available: 1 credit\\.", "--location", place, "--script", SCRIPT)
