"""A DATA_DIR with the processes that work on it, and the sandbox that they spend in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from core.account import balance
from core.config import load
from core.database.tables.runs import Operation, Run
from core.database.tables.videos import Video
from core.quotes import videos
from core.quotes.video_lines import VideoWish
from core.runs import confirm
from core.studio import open_studio
from core.videos import files as video_files
from core.videos import voices
from tests.faults import child_studio
from tests.faults.processes import PATIENCE, Command, Fork, Process, environment
from tests.world import CREDIT, PERSON, World, control, eventually

SPEED = 400
#: In seconds of HeyGen's time: 0.2 s between the two looks at this speed.
ABSENT_AFTER = 80.0
PHOTO = "http://sandbox/samples/mila-studio.jpg"


@dataclass
class HeyGen:
    """The sandbox as a process of its own: what was called, made and charged there."""

    base: str
    dialect: str = "workflow"

    def control(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        return control(self.base, method, path, **body)

    def fault(self, route: str, fault: str, **options: Any) -> None:
        """The next call of `route` goes wrong in this way."""
        self.control("POST", "faults", route=route, fault=fault, **options)

    @property
    def state(self) -> dict[str, Any]:
        return self.control("GET", "state")

    @property
    def creating_calls(self) -> dict[str, int]:
        """How often each route that makes an avatar was called."""
        calls = self.state["calls"]
        return {route: calls.get(route, 0) for route in ("upload", "create", "motion")}

    @property
    def video_calls(self) -> int:
        """How often a video was asked for."""
        return self.state["calls"].get("video", 0)

    def wait_for_calls(self, route: str, times: int = 1) -> None:
        """Wait until `route` has been called so often."""
        eventually(lambda: self.state["calls"].get(route, 0) == times, seconds=PATIENCE)


@contextmanager
def sandbox_process(folder: Path, dialect: str = "workflow") -> Iterator[HeyGen]:
    """`python -m core sandbox`, as a person starts it."""
    arguments = ("-m", "core", "sandbox", "--port", "0", "--speed", str(SPEED), "--dialect", dialect)
    process = Command(folder / "sandbox.log", environment(DATA_DIR=str(folder)), *arguments)
    try:
        yield HeyGen(process.says(r"Sandbox at (http://127\.0\.0\.1:\d+)").group(1), dialect)
    finally:
        process.kill()


def the_runs(world: World) -> list[Run]:
    """All runs, oldest first."""
    with world.studio.db.read() as session:
        return list(session.exec(select(Run).order_by(col(Run.id))))


@dataclass
class Site:
    """A DATA_DIR, the processes that work on it, and the account that they spend from."""

    folder: Path
    heygen: HeyGen
    keyless: bool = False
    absent_after: float = ABSENT_AFTER
    started: list[Process] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        """The settings of every process here; a keyless one brings the sandbox itself."""
        key = {"HEYGEN_API_KEY": "sandbox", "HEYGEN_API_BASE": self.heygen.base}
        return environment(
            DATA_DIR=str(self.folder / "data"),
            ABSENT_AFTER=str(self.absent_after),
            HEYGEN_DIALECT=self.heygen.dialect,
            **({} if self.keyless else key),
        )

    def start(self, *arguments: str) -> Command:
        """Python with these arguments and this site's settings."""
        process = Command(self._log(), self.environ, *arguments)
        self.started.append(process)
        return process

    def worker(self, *arguments: str) -> Fork:
        """What `python -m core worker` does."""
        return self.command("worker", *arguments)

    def command(self, *arguments: str) -> Fork:
        """What `python -m core` does with these arguments."""
        return self._fork(child_studio.core, *arguments)

    def studio(self, *, make: bool = False, die: dict[str, Any] | None = None) -> Fork:
        """A process that goes on with what is there, perhaps makes a location first, and perhaps dies."""
        return self._fork(child_studio.work, make, die)

    def loser(self) -> Fork:
        """A process that loses the answer to a call and lives on; returns once it has lost it."""
        process = self._fork(child_studio.lose_an_answer)
        process.says("lost")
        return process

    def _fork(self, act: Callable[..., None], *arguments: Any) -> Fork:
        process = Fork(self._log(), self.environ, act, *arguments)
        self.started.append(process)
        return process

    @property
    def owners(self) -> int:
        """How many processes hold a lock file here, or left one behind."""
        return len(list((self.folder / "data" / "locks").glob("*.lock")))

    def go_on(self) -> None:
        """The next Studio does what is left. Without a queue it is quicker than a worker."""
        process = self.studio()
        assert process.ends() == 0, process.output

    def finish(self) -> None:
        """The next worker does what is left, and ends by itself."""
        worker = self.worker("--until-idle")
        assert worker.ends() == 0, worker.output

    def close(self) -> None:
        for process in self.started:
            process.kill()

    @contextmanager
    def open(self) -> Iterator[World]:
        """A Studio of this process, to prepare and to look: it advances nothing."""
        studio = open_studio(load(self.environ, None))
        try:
            yield World(studio, PHOTO)
        finally:
            studio.close()

    def confirm(self, *names: str) -> None:
        """New locations with confirmed runs, which nobody advances yet."""
        with self.open() as world:
            balance.refresh(world.studio)
            world.confirm(*[world.location(name) for name in names])

    def order_film(self) -> None:
        """A new location with a confirmed video, whose avatar is made first; nobody advances them yet."""
        with self.open() as world:
            studio = world.studio
            balance.refresh(studio)
            voices.refresh(studio)
            wish = VideoWish(
                script="Hello there.",
                voice_id=voices.voices(studio.db)["voice_id"].iloc[0],
                video_format="1:1",
            )
            quote = videos.quote(studio, location_ids=[world.location("Studio")], wish=wish)
            confirm.confirm(studio, quote, actor=PERSON)

    def wait_for_runs(self) -> None:
        """Wait until every run is done."""
        with self.open() as world:
            eventually(lambda: all(run.state == "done" for run in the_runs(world)), seconds=PATIENCE)

    def attempts(self, kind: str) -> list[str]:
        """What became of the calls of this kind, in order; "adopted" when the result was looked up."""
        with self.open() as world, world.studio.db.read() as session:
            found = session.exec(select(Operation).where(Operation.kind == kind).order_by(col(Operation.id)))
            return ["adopted" if o.answer.get("adopted") else o.state for o in found]

    def assert_paid_once(self, locations: int = 1) -> None:
        """Each location has its own group and motion, asked for and paid once; the ledger says the same."""
        with self.open() as world:
            money, runs = world.money, the_runs(world)
            places = [world.place(run.location_id) for run in runs]
        state = self.heygen.state
        assert [run.state for run in runs] == ["done"] * locations
        made = {(group["id"], group["looks"][0]["id"]) for group in state["groups"]}
        assert {(place.heygen_group_id, place.heygen_avatar_id) for place in places} == made
        assert len(made) == len(state["groups"]) == locations
        assert {(p.avatar_status, p.motion_status) for p in places} == {("completed", "completed")}
        looks = sorted(look for _group, look in made)
        assert sorted(motion["avatar_id"] for motion in state["motions"]) == looks
        assert sorted(charge["subject"] for charge in state["charges"]) == looks
        assert {charge["micro_credits"] for charge in state["charges"]} == {CREDIT}
        assert (state["calls"]["create"], state["calls"]["motion"]) == (locations, locations)
        left = (10 - locations) * CREDIT
        assert (money.spent, money.held, money.available) == (locations * CREDIT, 0, left)
        assert state["credits"] == left

    def assert_charged_once(self) -> None:
        """In whatever dialect: one group, HeyGen charged one unit in all, and the ledger says the same."""
        with self.open() as world:
            money, runs = world.money, the_runs(world)
            place = world.place(runs[0].location_id)
        state = self.heygen.state
        assert [run.state for run in runs] == ["done"]
        assert [group["id"] for group in state["groups"]] == [place.heygen_group_id]
        looks = [look["id"] for look in state["groups"][0]["looks"]]
        assert {place.heygen_look_id, place.heygen_avatar_id} == set(looks)
        assert (place.avatar_status, place.motion_status) == ("completed", "completed")
        assert sum(charge["micro_credits"] for charge in state["charges"]) == CREDIT
        assert (money.spent, money.held, money.available) == (CREDIT, 0, state["credits"])

    def assert_filmed_once(self) -> None:
        """One render was asked for and paid, the ledger says so, and its one file is whole and on record."""
        with self.open() as world, world.studio.db.read() as session:
            money, runs = world.money, the_runs(world)
            video = session.exec(select(Video)).one()
        state = self.heygen.state
        assert [(run.kind, run.state) for run in runs] == [("avatar", "done"), ("video", "done")]
        assert self.heygen.video_calls == 1
        assert [one["id"] for one in state["videos"]] == [video.heygen_video_id]
        charges = [one for one in state["charges"] if one["kind"] == "generate_video"]
        assert [one["subject"] for one in charges] == [video.heygen_video_id]
        assert (money.spent, money.held) == (CREDIT + charges[0]["micro_credits"], 0)
        assert state["credits"] == money.available
        files = sorted(path.name for path in (self.folder / "data" / "videos").iterdir())
        assert files == [video.poster, video.file, video.captions]
        checked = video_files.check(self.folder / "data" / "videos" / video.file)
        assert (checked.sha256, checked.size) == (video.sha256, video.size)

    def _log(self) -> Path:
        return self.folder / f"process-{len(self.started)}.log"
