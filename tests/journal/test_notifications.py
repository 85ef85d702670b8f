"""News of runs to NOTIFY_URL: once per ending, after the commit, and never at the cost of a run."""

import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from core.database.tables.runs import Run
from core.journal import breaker, notifications
from core.runs import decisions
from tests.films import SCRIPT, Films, with_voices
from tests.world import CREDIT, PERSON, eventually, open_world

SECRET = "T0PSECRET"


@dataclass
class Relay:
    """A chat relay on loopback that keeps what it is sent."""

    status: int = 200
    #: Until it is set, nobody is answered.
    answers: threading.Event = field(default_factory=threading.Event)
    news: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def events(self) -> list[tuple[str, int | None]]:
        """What was told of which run, once all that is on its way has left."""
        notifications.wait(15)
        return [(one["event"], one["run"]) for one in self.news]


@contextmanager
def relaying(**how: Any) -> Iterator[Relay]:
    relay = Relay(**how)
    relay.answers.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            relay.requests.append((self.path, dict(self.headers)))
            relay.news.append(json.loads(body))
            relay.answers.wait(20)
            self.send_response(relay.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    relay.url = f"http://hook:{SECRET}@127.0.0.1:{server.server_port}/{SECRET}?token={SECRET}"
    try:
        yield relay
    finally:
        relay.answers.set()
        notifications.wait(15)
        server.shutdown()
        server.server_close()


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relaying() as opened:
        yield opened


@pytest.fixture
def films(tmp_path: Path, relay: Relay) -> Iterator[Films]:
    """A world with 10 credits and voices that tells the relay."""
    with open_world(tmp_path / "data", PLAN="pro", NOTIFY_URL=relay.url) as opened:
        yield with_voices(opened)


def test_a_video_and_its_avatar_are_told_once_each(films: Films, relay: Relay) -> None:
    """Who, what, how it ended and what it took; neither the key nor the script leaves the house."""
    avatar, run = films.finish(*films.order(films.location(), title="Welcome"))
    assert relay.events() == [("run.done", avatar.id), ("run.done", run.id)]
    told = relay.news[1]
    assert told["at"].startswith(str(run.ended_at)[:10])
    spent = films.money.spent - CREDIT
    expected = {
        "event": "run.done",
        "kind": "video",
        "run": run.id,
        "location": "Studio",
        "blogger": "Mila Hart",
        "title": "Welcome",
        "state": "done",
        "reason": "",
        "spent_micro_credits": spent,
        "unit": "credits",
        "batch": {"planned": 1, "done": 1, "failed": 0},
    }
    assert {name: told[name] for name in expected} == expected
    assert (relay.news[0]["kind"], relay.news[0]["spent_micro_credits"]) == ("avatar", CREDIT)
    assert relay.news[0]["batch"] is None
    assert told["text"].startswith("Welcome: done, spent 0.0")
    for path, headers in relay.requests:
        assert path == f"/{SECRET}?token={SECRET}"
        assert headers["Content-Type"] == "application/json"
        assert "X-Api-Key" not in headers
        assert headers["Authorization"].startswith("Basic ")
    assert SCRIPT not in json.dumps(relay.news)


@pytest.mark.parametrize(
    ("said", "obeyed"),
    [
        ("<!channel> done", "<"),
        ("<https://evil.example|Mila>", "<"),
        ("<users/all>", "<"),
        ("@here, @everyone @channel @Анна", "@(here|everyone|channel|Анна)"),
        ("see https://evil.example/x", "https://"),
        ("[Studio](//evil.example)", r"\]\("),
        ("see evil.example", r"evil\.example"),
    ],
)
def test_a_chat_obeys_no_title(said: str, obeyed: str) -> None:
    """Nobody is called and nothing becomes a link, a person reads the same words, and figures stay."""
    words = notifications.as_words(f"{said}: done, spent 0.04.")
    assert not re.search(obeyed, words)
    assert words.replace("\u200b", "").replace("‹", "<").replace("›", ">") == f"{said}: done, spent 0.04."
    assert "spent 0.04." in words


def test_what_is_told_calls_nobody(films: Films, relay: Relay) -> None:
    """The title is data in its own field, and words in the text."""
    films.finish(*films.order(films.location(), title="<!channel> @here"))
    assert len(relay.events()) == 2
    told = relay.news[1]
    assert told["title"] == "<!channel> @here"
    assert told["text"].startswith("‹!channel› @\u200bhere: done")


def test_a_batch_is_told_when_its_last_video_has_ended(films: Films, relay: Relay) -> None:
    """Each run says why it failed, and the batch how many did; only the last ending tells of the batch."""
    places = films.avatar("Studio"), films.avatar("Kitchen")
    notifications.wait(15)
    relay.news.clear()
    films.fault("video", "render_fails")
    runs = films.finish(*films.order(*places))
    failed = next(run for run in runs if run.state == "failed")
    done = next(run for run in runs if run.state == "done")
    told = relay.events()
    assert sorted(told[:2]) == sorted([("run.failed", failed.id), ("run.done", done.id)])
    assert told[2:] == [("batch.done", None)]
    news = {one["event"]: one for one in relay.news}
    assert news["run.failed"]["reason"].startswith("HeyGen could not render the video")
    assert news["batch.done"]["batch"] == {"planned": 2, "done": 1, "failed": 1}
    assert news["batch.done"]["state"] == "failed"
    assert news["batch.done"]["spent_micro_credits"] == news["run.done"]["spent_micro_credits"] > 0
    assert len({one["id"] for one in relay.news}) == 3


def test_a_run_that_waits_for_a_person_is_told_with_the_question(films: Films, relay: Relay) -> None:
    """While HeyGen is looked at nobody is bothered; when only a person can tell, once."""
    avatar = films.confirm(films.location())
    films.fault("create", "drop_after")
    films.step_until(avatar, lambda now: now.state == "unknown")
    assert relay.events() == []
    films.fault("groups", "refuse", status=403, times=1000)
    films.drive(avatar)
    assert relay.events() == [("run.unknown", avatar.id)]
    assert "could not be read" in relay.news[0]["reason"]
    assert relay.news[0]["state"] == "unknown"


def test_a_cancelled_run_is_told(films: Films, relay: Relay) -> None:
    """Stopped by a person: an ending, too."""
    avatar = films.confirm(films.location())
    films.sql("UPDATE run SET cancel_requested_by = 'Ann' WHERE id = :id", id=avatar.id)
    films.drive(avatar)
    assert relay.events() == [("run.cancelled", avatar.id)]


def test_a_pause_of_all_paid_work_is_told_once(films: Films, relay: Relay) -> None:
    """Not by every run that rests; a run that is cancelled meanwhile is an ending as any other."""
    some = [films.confirm(films.location(name)) for name in ("Studio", "Kitchen", "Garden")]
    films.control("POST", "settings", credits=0)
    lease = films.studio.owner.take(some[2].id or 0)
    assert lease is not None
    films.finish(*some[:2])
    films.studio.owner.give_back(lease)
    films.finish(*some)
    assert {films.run(run).state for run in some} == {"paused"}
    assert relay.events() == [("work.paused", some[0].id)]
    (told,) = relay.news
    assert (told["state"], told["spent_micro_credits"], told["batch"]) == ("paused", 0, None)
    assert "Runs that wait: 2" in told["text"]
    decisions.request_cancel(films.studio, some[1].id or 0, actor=PERSON)
    assert relay.events()[1:] == [("run.cancelled", some[1].id)]
    breaker.lift(films.studio.db, actor=PERSON)
    films.finish(*some)
    assert relay.events()[2:] == [("work.paused", some[0].id)], "refused again: another pause"


def test_what_is_rolled_back_is_not_told(films: Films, relay: Relay) -> None:
    """News leave after the commit: of an ending that was never written, nobody hears."""
    avatar = films.confirm(films.location())

    def end_and(then: Callable[[Session], object]) -> None:
        with films.studio.db.write() as session:
            run = session.get_one(Run, avatar.id)
            run.state = "failed"
            session.add(run)
            notifications.note(session, relay.url, run)
            then(session)

    def leave(*_: object) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        end_and(leave)
    with pytest.raises(KeyError):
        end_and(lambda session: event.listen(session, "before_commit", leave))
    assert relay.events() == []
    end_and(lambda _: None)
    assert relay.events() == [("run.failed", avatar.id)]


def test_a_relay_that_hangs_holds_up_no_run(
    films: Films, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs end while the first news is still unanswered."""
    monkeypatch.setattr(notifications, "TRY_SECONDS", 60.0)
    relay.answers.clear()
    for name in ("Studio", "Kitchen"):
        assert films.drive(films.confirm(films.location(name))).state == "done"
    eventually(lambda: len(relay.news) == 1)


def test_more_news_than_fits_is_dropped_and_said(
    films: Films, relay: Relay, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The queue is short: who asks for more than it holds is not kept waiting."""
    monkeypatch.setattr(notifications, "TRY_SECONDS", 60.0)
    avatar = films.confirm(films.location())
    relay.answers.clear()
    with films.studio.db.write() as session:
        run = session.get_one(Run, avatar.id)
        for _ in range(notifications.MOST_WAITING + 5):
            notifications.note(session, relay.url, run)
    assert "too much news is waiting" in caplog.text
    assert SECRET not in caplog.text
    relay.answers.set()
    notifications.wait(15)
    assert notifications.MOST_WAITING <= len(relay.news) <= notifications.MOST_WAITING + 1


@pytest.mark.parametrize(("status", "says"), [(302, "HTTP status 302"), (500, "HTTP status 500")])
def test_what_is_not_taken_is_tried_twice_and_logged_without_secrets(
    films: Films, relay: Relay, caplog: pytest.LogCaptureFixture, status: int, says: str
) -> None:
    """No redirect is followed; the second try is the same news; the log names the host alone."""
    relay.status = status
    with caplog.at_level(logging.INFO):
        assert films.drive(films.confirm(films.location())).state == "done"
        assert [name for name, _ in relay.events()] == ["run.done"] * 2
    assert relay.news[0] == relay.news[1]
    assert {path for path, _ in relay.requests} == {f"/{SECRET}?token={SECRET}"}
    assert f"127.0.0.1 could not be told of run.done ({says})" in caplog.text
    assert SECRET not in caplog.text


def test_a_relay_that_is_down_breaks_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The run is done, and the log says that nobody was told."""
    with relaying() as gone:
        url = gone.url
    with open_world(tmp_path / "data", NOTIFY_URL=url) as world:
        assert world.drive(world.confirm(world.location())).state == "done"
        notifications.wait(15)
    assert "127.0.0.1 could not be told of run.done (ConnectionError)" in caplog.text
    assert SECRET not in caplog.text
