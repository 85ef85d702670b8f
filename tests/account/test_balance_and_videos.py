"""HeyGen's balance beside the ledger: what videos do must never look like a change from outside."""

from dataclasses import replace

from core.account import balance
from core.money import corrections
from core.reports import reconciliation
from tests.films import Films
from tests.runs.support import ended, seeing
from tests.world import PERSON


def drifts(films: Films) -> list[int]:
    """What was booked as changed outside the Studio."""
    return list(reconciliation.drifts(films.studio.db)["micro_credits"])


def test_a_finished_video_is_no_drift(films: Films) -> None:
    """HeyGen tells its balance in sixtieths of a credit: its rounding is not somebody spending."""
    place = films.avatar()
    balance.refresh(films.studio)
    films.step_until(films.order(place)[0], ended)
    balance.refresh(films.studio)
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
    balance.refresh(films.studio)
    films.retry(run)
    films.step_until(run, ended)
    balance.refresh(films.studio)
    assert drifts(films) == []


def test_a_video_that_was_paid_back_is_offered_as_a_refund(films: Films) -> None:
    """HeyGen's figure moves in its own steps, so the amount is not the price to the last digit."""
    said = "Hello, and welcome to my studio. Today I show you three small things."
    run = films.step_until(films.order(films.avatar(), script=said)[0], ended)
    balance.refresh(films.studio)
    charge = films.renders[-1]["micro_credits"]
    films.control("POST", "settings", credits=films.heygen["credits"] + charge)
    balance.refresh(films.studio)
    (offer,) = reconciliation.offers(films.studio.db)
    assert list(offer.candidates["run_id"]) == [run.id]
    before = films.money
    corrections.accept_refund(films.studio.db, offer.entry_id, run.id or 0, actor=PERSON)
    balance.refresh(films.studio)
    assert (films.money, drifts(films)) == (before, [])
