"""HeyGen's balance beside the ledger: what videos do must never look like a change from outside."""

from dataclasses import replace

from sqlmodel import select

from core import account, decisions, quotes
from core.models import Entry
from tests.videos.conftest import Films
from tests.videos.test_sequences import ended, seeing
from tests.world import PERSON


def drifts(films: Films) -> list[int]:
    """What was booked as changed outside the Studio."""
    with films.studio.db.read() as session:
        notes = select(Entry.micro_credits).where(Entry.note == "Changed outside the Studio")
        return list(session.exec(notes))


def test_a_finished_video_is_no_drift(films: Films) -> None:
    """HeyGen tells its balance in sixtieths of a credit: its rounding is not somebody spending."""
    place = films.avatar()
    account.refresh(films.studio)
    films.step_until(films.order(place)[0], ended)
    account.refresh(films.studio)
    assert drifts(films) == []


def test_a_late_render_is_not_counted_twice(films: Films) -> None:
    """The run timed out, HeyGen charges; the balance is read, then the retry books the video."""
    place = films.avatar()
    (run,) = films.order(place)
    run = films.step_until(run, lambda now: now.step == "rendering")
    inner = films.studio.client
    seeing(films, lambda details: replace(details, status="processing", video_url=None))
    films.sql("UPDATE run SET step_at = '2020-01-01 00:00:00', due_at = NULL WHERE id = :id", id=run.id)
    run = films.step_until(run, ended)
    films.studio.client = inner
    account.refresh(films.studio)
    price = quotes.retry_price(films.studio, run)
    decisions.retry(films.studio, run.id or 0, price=price, actor=PERSON)
    films.step_until(run, ended)
    account.refresh(films.studio)
    assert drifts(films) == []
