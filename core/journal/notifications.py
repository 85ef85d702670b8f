"""News of runs for a chat relay or another program: a JSON POST to NOTIFY_URL.

    run.done, run.failed, run.cancelled   a run has ended
    run.unknown                           a run waits until a person says what HeyGen did
    work.paused                           HeyGen's credits are gone: no run goes on to its paid call
    batch.done                            the last of several videos of one quote has ended

A piece of news is written down inside the transaction that ends the run, and leaves after the commit, from
one thread with a short queue: it never delays or breaks a run, and a rollback takes it back. Each ending is
told once, by the process that wrote it; a second try after a lost answer carries the same `id`. What is
still unsent when the process ends, or does not fit into the queue, is lost: the pages have it all.
"""

import logging
import re
import threading
import uuid
from queue import Full, Queue
from typing import Any
from urllib.parse import urlsplit

from requests.utils import get_auth_from_url
from sqlalchemy import event
from sqlmodel import Session, case, col, func, select

from core import clock
from core.amounts import amount, unit
from core.config import is_loopback
from core.database.tables.bloggers import Blogger, Location
from core.database.tables.money import Halt
from core.database.tables.runs import ENDED_STATES, Event, Run
from core.database.tables.videos import Video
from core.errors import fill
from core.heygen.connection import LOW_LEVEL, Deadline, DeadlineSession
from core.locale import N_
from core.money.ledger import spent_by

# At DEBUG it writes the path of every address that is asked, and NOTIFY_URL's is a secret.
logging.getLogger("urllib3").setLevel(logging.INFO)
log = logging.getLogger("studio.notify")

MOST_WAITING = 100
#: For one try, and between the two.
TRY_SECONDS, GAP_SECONDS = 5.0, 1.0
TRIES = 2
_BRACKETS = str.maketrans({"<": "‹", ">": "›"})
#: The places in a text behind which a chat would begin to read more than words.
_MARKUP = re.compile(r"(?<=@)|(?<=:)(?=//)|(?<=\])(?=\()|(?<=[^\W\d_]\.)(?=[^\W\d_])")
_WAITING = "news to be sent"
_PAUSED = N_(
    "Paid work is paused: HeyGen says that its credits are gone. Runs that wait: {waiting}. "
    "Add credits in HeyGen; then it goes on by itself, or by Resume now in the Studio."
)

_outbox: "Queue[tuple[str, dict[str, Any]]]" = Queue(MOST_WAITING)
_starting = threading.Lock()
_sender: threading.Thread | None = None


def note(session: Session, url: str, run: Run) -> None:
    """Tell `url`, once this is committed, that the run has ended or waits for a person; "" tells nobody.

    Call it in the transaction that writes so, after the run's last event.
    """
    if not url:
        return
    session.flush()
    if run.state == "paused":
        if _halts(session, run):
            session.info.setdefault(_WAITING, []).append((url, _of_pause(session, run)))
        return
    planned, done, ended = _batch(session, run) if run.kind == "video" else (0, 0, 0)
    batch = {"planned": planned, "done": done, "failed": ended - done} if planned else None
    news = [_of_run(session, run) | {"batch": batch}]
    # Writers take turns, so exactly one of them finds nothing left.
    if batch and run.state in ENDED_STATES and planned == ended and planned > 1:
        news.append(_of_batch(session, run, planned, done) | {"batch": batch})
    session.info.setdefault(_WAITING, []).extend((url, one) for one in news)


def as_words(text: str) -> str:
    """The same for a chat to show and not to obey: titles and names may call everybody, or hide an address.

    `<…>` is Slack's and Google's markup, `@here` calls in others, an address or `[words](address)` becomes a
    link: an invisible space stands inside each. The other fields of the news are data and stay as they are.
    """
    return _MARKUP.sub("\N{ZERO WIDTH SPACE}", text.translate(_BRACKETS))


def wait(seconds: float) -> None:
    """At the end of a command: let what is on its way leave, but not for longer than that."""
    with _outbox.all_tasks_done:
        _outbox.all_tasks_done.wait_for(lambda: not _outbox.unfinished_tasks, seconds)


def _of_run(session: Session, run: Run) -> dict[str, Any]:
    blogger, location = session.exec(
        select(Blogger.name, Location.name)
        .join(Location, col(Location.blogger_id) == col(Blogger.id))
        .where(Location.id == run.location_id)
    ).one()
    title = session.exec(select(Video.title).where(Video.run_id == run.id)).first()
    last = select(Event.message).where(Event.run_id == run.id).order_by(col(Event.id).desc()).limit(1)
    reason = "" if run.state == "done" else session.exec(last).first() or ""
    spent = spent_by(session, [run.id or 0])
    state = "waits for an answer" if run.state == "unknown" else run.state
    told = f"{title or run.group_name}: {state}, spent {amount(spent)}. {reason}"
    return {
        **_envelope(f"run.{run.state}", run),
        "run": run.id,
        "location": location,
        "blogger": blogger,
        "title": title or run.group_name,
        "state": run.state,
        "reason": reason,
        "spent_micro_credits": spent,
        "text": told.strip(),
    }


def _halts(session: Session, run: Run) -> bool:
    """True for the one run whose refusal paused all paid work: it is told once, not by every run."""
    mine = select(Halt.id).where(Halt.run_id == run.id, col(Halt.lifted_at).is_(None))
    return session.exec(mine).first() is not None


def _of_pause(session: Session, run: Run) -> dict[str, Any]:
    waiting = session.exec(select(func.count()).select_from(Run).where(Run.state == "paused")).one()
    text = fill(_PAUSED, {"waiting": waiting})
    return {**_of_run(session, run), **_envelope("work.paused", run), "batch": None, "text": text}


def _of_batch(session: Session, run: Run, planned: int, done: int) -> dict[str, Any]:
    of_quote = session.exec(select(Run.id).where(Run.quote_id == run.quote_id, Run.kind == "video"))
    spent = spent_by(session, [run_id for run_id in of_quote if run_id is not None])
    text = f"Videos done: {done} of {planned}, spent {amount(spent)}."
    return {
        **_envelope("batch.done", run),
        **dict.fromkeys(("run", "location", "blogger", "title")),
        "state": "done" if done == planned else "failed",
        "reason": "" if done == planned else text,
        "spent_micro_credits": spent,
        "text": text,
    }


def _envelope(name: str, run: Run) -> dict[str, Any]:
    at = clock.now().isoformat()
    return {"id": uuid.uuid4().hex, "event": name, "kind": run.kind, "at": at, "unit": unit()}


def _batch(session: Session, run: Run) -> tuple[int, int, int]:
    """How many videos the run's quote has, how many of them are done, and how many have ended."""
    states = select(
        func.count(),
        func.coalesce(func.sum(case((col(Run.state) == "done", 1), else_=0)), 0),
        func.coalesce(func.sum(case((col(Run.state).in_(ENDED_STATES), 1), else_=0)), 0),
    ).where(Run.quote_id == run.quote_id, Run.kind == "video")
    planned, done, ended = session.exec(states).one()
    return planned, done, ended


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    for url, news in session.info.pop(_WAITING, []):
        try:
            _outbox.put_nowait((url, {**news, "text": as_words(news["text"])}))
        except Full:
            log.warning("%s could not be told: too much news is waiting", _host(url))
            return
        _start()


@event.listens_for(Session, "after_rollback")
def _rolled_back(session: Session) -> None:
    session.info.pop(_WAITING, None)


def _start() -> None:
    global _sender
    with _starting:
        if _sender is None or not _sender.is_alive():
            _sender = threading.Thread(target=_send_all, name="notify", daemon=True)
            _sender.start()


def _send_all() -> None:
    while True:
        url, news = _outbox.get()
        try:
            _send(url, news)
        except Exception as error:
            # By its kind alone: a low-level error holds the address.
            log.error("%s could not be told: %s", _host(url), type(error).__name__)
        finally:
            _outbox.task_done()


def _send(url: str, news: dict[str, Any]) -> None:
    said = ""
    for number in range(TRIES):
        if number:
            threading.Event().wait(GAP_SECONDS)
        try:
            status = _post(url, news)
        except LOW_LEVEL as error:
            said = type(error).__name__
            continue
        if 200 <= status < 300:
            return
        said = f"HTTP status {status}"
    log.warning("%s could not be told of %s (%s)", _host(url), news["event"], said)


def _post(url: str, news: dict[str, Any]) -> int:
    """The status of one answer, whose body is not read. Raises what LOW_LEVEL names."""
    with Deadline(TRY_SECONDS) as deadline, DeadlineSession(deadline) as session:
        # A proxy cannot reach this machine.
        session.trust_env = not is_loopback(url)
        user = get_auth_from_url(url)
        with session.post(
            url,
            json=news,
            headers={"User-Agent": "photo-avatar-studio"},
            # Without it requests would look for a password in ~/.netrc.
            auth=user if any(user) else lambda request: request,
            timeout=TRY_SECONDS,
            allow_redirects=False,
            stream=True,
        ) as response:
            return response.status_code


def _host(url: str) -> str:
    """What of the address may be logged: a webhook's path, query and user are secrets."""
    return urlsplit(url).hostname or "NOTIFY_URL"
