"""HeyGen's webhooks wake the run they are about, and let nobody else in."""

import asyncio
import hashlib
import hmac
import http.client
import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlmodel import select
from starlette.types import Message

from core import clock, studio
from core.config import Settings
from core.database.tables.heygen import HookEvent
from core.database.tables.runs import Run
from core.runs import queue as jobs
from core.videos import voices
from core.web import webhooks
from tests.doorstep import Served, serve
from tests.films import Films
from tests.world import World, eventually, open_world

SECRET = "a-webhook-secret"
#: As a tunnel on this machine hands a delivery on.
OUTSIDE = {"Host": "studio.example", "X-Forwarded-For": "198.51.100.7"}


def signed(body: bytes, *, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def about(event_type: str = "avatar_video.success", **data: Any) -> bytes:
    event = {"event_id": "e1", "event_type": event_type, "event_data": data, "created_at": 1}
    return json.dumps(event).encode()


@dataclass
class Hooked:
    """A Studio behind its door, asked from outside."""

    world: World
    served: Served

    def post(self, body: bytes, method: str = "POST", **headers: str | None) -> tuple[int, str]:
        """Status and text of a signed delivery of this moment; None leaves a header out."""
        sent: dict[str, str | None] = {
            **OUTSIDE,
            "Content-Length": str(len(body)),
            "Heygen-Signature": signed(body),
            "Heygen-Timestamp": str(int(time.time())),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        connection = http.client.HTTPConnection(self.served.address, self.served.port, timeout=10)
        try:
            connection.putrequest(method, webhooks.PATH, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                if value is not None:
                    connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def waiting(self, name: str = "Studio") -> Run:
        """An avatar's run that waits for HeyGen's motion, for long."""
        world = self.world
        run = world.confirm(world.location(name))
        run = world.step_until(run, lambda now: now.step == "saved")
        self.postpone(run)
        return run

    def postpone(self, run: Run) -> None:
        with self.world.studio.db.write() as session:
            late = session.get_one(Run, run.id)
            late.state, late.due_at = "waiting", clock.now() + timedelta(minutes=50)
            session.add(late)

    def wakes(self, run: Run) -> bool:
        due = self.world.run(run).due_at
        return due is not None and due <= clock.now()

    def events(self) -> list[HookEvent]:
        with self.world.studio.db.read() as session:
            return list(session.exec(select(HookEvent)))


@pytest.fixture
def hooked(world: World) -> Iterator[Hooked]:
    with served_hook(world) as opened:
        yield opened


@contextmanager
def served_hook(world: World) -> Iterator[Hooked]:
    world.studio.settings = replace(world.studio.settings, webhook_secret=SECRET)
    routes = webhooks.routes(world.studio.settings)
    studio.use(world.studio)
    try:
        with serve(routes=routes, open_paths=frozenset({webhooks.PATH})) as served:
            yield Hooked(world, served)
    finally:
        studio.use(None)


def test_a_delivery_wakes_the_run_that_waits_for_the_look(hooked: Hooked) -> None:
    """From outside, through the door: the run asks HeyGen now instead of at its next poll."""
    run, other = hooked.waiting(), hooked.waiting("Kitchen")
    look = hooked.world.place(run.location_id).heygen_look_id
    assert hooked.post(about("photo_avatar_add_motion.success", id=look)) == (200, "Taken.")
    assert hooked.wakes(run)
    assert not hooked.wakes(other)


@pytest.mark.parametrize("field", ["group_id", "avatar_group_id"])
def test_a_group_wakes_its_run_too_whatever_the_field_is_called(hooked: Hooked, field: str) -> None:
    """What the payloads of photo avatars look like is not published, so every value may be the id."""
    run = hooked.waiting()
    group = hooked.world.place(run.location_id).heygen_group_id
    assert hooked.post(about("photo_avatar_generation.success", **{field: group}))[0] == 200
    assert hooked.wakes(run)


def test_the_woken_run_is_finished_by_the_worker(hooked: Hooked) -> None:
    """The delivery itself decides nothing: the worker asks HeyGen, and its answer ends the run."""
    run = hooked.waiting()
    queue = jobs.of(hooked.world.studio)
    queue.start(1)
    try:
        time.sleep(1)
        assert hooked.world.run(run).state == "waiting"
        look = hooked.world.place(run.location_id).heygen_avatar_id
        hooked.post(about("photo_avatar_add_motion.success", id=look))
        eventually(lambda: hooked.world.run(run).state == "done")
    finally:
        queue.stop()


def test_heygens_own_delivery_finishes_a_video(tmp_path: Path) -> None:
    """From end to end in v3: signed with the secret that HeyGen told once, and no poll is needed."""
    with open_world(tmp_path / "data", HEYGEN_DIALECT="v3") as world, served_hook(world) as hooked:
        voices.refresh(world.studio)
        voice = voices.voices(world.studio.db, language="English")["voice_id"].iloc[0]
        films = Films(world.studio, world.photo_url, voice=voice)
        url = f"http://{hooked.served.host}{webhooks.PATH}"
        api, key = world.studio.settings.api_base, {"X-Api-Key": "sandbox"}
        made = requests.post(f"{api}/v3/webhooks/endpoints", json={"url": url}, headers=key, timeout=10)
        secret = made.json()["data"]["secret"]
        world.studio.settings = replace(world.studio.settings, webhook_secret=secret)
        place = films.avatar()
        world.control("POST", "settings", speed=20)  # Time enough to see it wait.
        (run,) = films.order(place)
        run = films.step_until(run, lambda now: now.step == "rendering")
        hooked.postpone(run)
        queue = jobs.of(world.studio)
        queue.start(1)
        try:
            eventually(lambda: world.run(run).state == "done")
        finally:
            queue.stop()
        assert [event.event_type for event in hooked.events()] == ["avatar_video.success"]
        assert films.video(run).file


def test_a_run_that_heygen_asked_to_wait_keeps_waiting(hooked: Hooked) -> None:
    """A Retry-After is kept, whatever is delivered."""
    run = hooked.waiting()
    hooked.world.sql("UPDATE run SET tries = 1")
    look = hooked.world.place(run.location_id).heygen_look_id
    assert hooked.post(about(id=look))[0] == 200
    assert not hooked.wakes(run)


def test_each_delivery_counts_once(hooked: Hooked) -> None:
    """A repeat is answered like the first, so that HeyGen rests, and wakes nothing again."""
    run = hooked.waiting()
    body = about(id=hooked.world.place(run.location_id).heygen_look_id)
    assert hooked.post(body)[0] == 200
    hooked.postpone(run)
    upper = signed(body).upper()
    assert hooked.post(body) == (200, "Taken.")
    assert hooked.post(body, Heygen_Signature=upper) == (200, "Taken.")
    assert not hooked.wakes(run)
    assert len(hooked.events()) == 1


def test_nothing_of_a_delivery_is_kept_but_its_type(hooked: Hooked, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the database nor the log learns a link, a text or the secret."""
    caplog.set_level(logging.INFO)
    assert hooked.post(about(video_id="v1", url="https://files.example/private"))[0] == 200
    assert hooked.post(about("Odd\n type", video_id="v2"))[0] == 200
    assert [event.event_type for event in hooked.events()] == ["avatar_video.success", ""]
    said = caplog.text + str([event.model_dump() for event in hooked.events()])
    assert "avatar_video.success" in said
    for private in ("files.example", "Odd", SECRET, "v1"):
        assert private not in said


def test_old_deliveries_are_forgotten(hooked: Hooked) -> None:
    """The table holds a day."""
    hooked.post(about(video_id="v1"))
    clock.shift(86_400 + 60)
    now = str(int(clock.now().timestamp()))
    assert hooked.post(about(video_id="v2"), Heygen_Timestamp=now)[0] == 200
    assert len(hooked.events()) == 1


@pytest.mark.parametrize(
    "body",
    [
        about(video_id="nobody-has-this"),
        b"",
        b"no json",
        b"[]",
        b'{"event_type": 3, "event_data": [1]}',
        b"[" * 60_000,
    ],
)
def test_what_nobody_waits_for_is_taken_and_does_nothing(hooked: Hooked, body: bytes) -> None:
    """Signed by HeyGen but not understood: a refusal would only have it delivered again."""
    run = hooked.waiting()
    assert hooked.post(body) == (200, "Taken.")
    assert not hooked.wakes(run)


@pytest.mark.parametrize(
    "signature",
    [None, "", "x", signed(about(), secret="another"), signed(about(video_id="v2")), "é" * 64, "0" * 64],
)
def test_a_wrong_signature_is_refused(hooked: Hooked, signature: str | None) -> None:
    """Without the secret nothing happens."""
    assert hooked.post(about(), Heygen_Signature=signature)[0] == 401
    assert hooked.events() == []


def test_the_signature_may_stand_under_its_other_name(hooked: Hooked) -> None:
    """One account was seen to get it as Signature."""
    assert hooked.post(about(), Heygen_Signature=None, Signature=signed(about()))[0] == 200


@pytest.mark.parametrize("shift", [-299, 0, 299])
@pytest.mark.parametrize("form", ["seconds", "milliseconds", "iso", "iso_z"])
def test_a_timestamp_within_five_minutes_is_taken(hooked: Hooked, shift: int, form: str) -> None:
    """As epoch seconds, milliseconds or ISO 8601."""
    moment = datetime.now(UTC) + timedelta(seconds=shift)
    text = {
        "seconds": f"{moment.timestamp():.0f}",
        "milliseconds": f"{moment.timestamp() * 1000:.0f}",
        "iso": moment.isoformat(),
        "iso_z": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
    }[form]
    assert hooked.post(about(), Heygen_Timestamp=text)[0] == 200


@pytest.mark.parametrize("shift", [-302, 302])
def test_an_old_or_future_timestamp_is_refused(hooked: Hooked, shift: int) -> None:
    """A delivery that was recorded and is sent again later."""
    assert hooked.post(about(), Heygen_Timestamp=f"{time.time() + shift:.0f}")[0] == 401


@pytest.mark.parametrize(
    "text", [None, "", "now", "nan", "inf", "-1e400", "9" * 400, "0001-01-01T00:00:00+14:00"]
)
def test_a_timestamp_that_is_none_is_refused(hooked: Hooked, text: str | None) -> None:
    """Refused, never an internal error."""
    assert hooked.post(about(), Heygen_Timestamp=text)[0] == 401


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "DISPATCH"])
def test_other_methods_are_refused_and_reach_no_page(hooked: Hooked, method: str) -> None:
    """The open path leads to the webhook alone, not past the door to Streamlit's pages."""
    assert hooked.post(about(), method)[0] == 405


def test_heygens_look_at_a_new_address_is_answered(hooked: Hooked) -> None:
    """It tries the address with OPTIONS; that tells and does nothing."""
    assert hooked.post(b"", "OPTIONS") == (204, "")


def test_a_page_of_another_site_cannot_deliver(hooked: Hooked) -> None:
    """The door refuses a foreign Origin here as well."""
    assert hooked.post(about(), Origin="https://evil.example")[0] == 403


def test_without_a_secret_there_is_no_route() -> None:
    """Nothing could be checked, so nothing is served and the door stays shut."""
    assert webhooks.routes(Settings()) == []
    with serve() as served:
        assert served.ask("http", [("Host", "studio.example")], webhooks.PATH).status == 403
        assert served.ask("http", [("Host", served.host)], webhooks.PATH).status == 404


def test_ten_megabytes_are_refused_unread(hooked: Hooked) -> None:
    """The declared length is enough to refuse it: the answer comes while nothing was sent."""
    for declared in ("10000000", "65537", "9" * 20):
        status, _ = hooked.post(b"", Content_Length=declared)
        assert status == 413


@pytest.mark.parametrize("declared", [None, b"10", b"-1", b"many"])
def test_no_more_than_the_limit_is_read(hooked: Hooked, declared: bytes | None) -> None:
    """Whatever the length claims: the body is read in pieces, and no piece after the one that is too much."""
    sent: list[Message] = []
    pieces = 0

    async def receive() -> Message:
        nonlocal pieces
        pieces += 1
        return {"type": "http.request", "body": b"x" * 10_000, "more_body": pieces < 1000}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"heygen-signature", b"0" * 64), (b"heygen-timestamp", str(int(time.time())).encode())]
    headers += [] if declared is None else [(b"content-length", declared)]
    scope = {"type": "http", "method": "POST", "path": webhooks.PATH, "headers": headers}
    asyncio.run(webhooks.Hook()(scope, receive, send))
    assert sent[0]["status"] == 413
    assert (b"connection", b"close") in sent[0]["headers"]
    assert pieces <= 7


def test_a_delivery_that_trickles_is_given_up(hooked: Hooked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may open a connection here, so none is held open for long."""
    monkeypatch.setattr(webhooks, "READ_SECONDS", 0.2)
    assert hooked.post(b"", Content_Length="100", Heygen_Signature="0" * 64)[0] == 408
    # And without the claim of a signature nothing is waited for at all.
    assert hooked.post(b"", Content_Length="100", Heygen_Signature=None)[0] == 401
