"""Reconciliation: a person corrects the balance, or says what a change from outside was.

What was a drift is taken back and booked again with the reason, as a refund of a
run or as something else, so that Available stays what HeyGen says:

    +1  the drift                by HeyGen's balance
    -1  takes the drift back     by the person
    +1  stands in its place      by the person, of the run that HeyGen gave it back for
"""

from datetime import timedelta

from sqlmodel import Session, col, func, select

from core import clock
from core.amounts import MICRO, least_step
from core.database.engine import Database
from core.database.tables.money import Entry
from core.database.tables.runs import Run
from core.errors import BadInput, NotFound, Refusal
from core.money import ledger
from core.money.ledger import OPENING
from core.people import audit
from core.people.roles import BOOKKEEPER, Person, acts

#: What the first of the two lines says, and the second where a refund has no reason; pages put it in words.
TAKEN_BACK = "Change explained"
REFUND = "Refund"
#: The most that one adjustment may be, in micro-credits: more is a typing error.
MOST = 1_000_000 * MICRO
LONGEST_REASON = 300
#: The same adjustment by the same person within this time is a second click.
SECOND_CLICK = timedelta(seconds=10)


@acts("correct_balance")
def book(db: Database, *, micro: int, reason: str, actor: Person) -> None:
    """Correct the balance by `micro`. HeyGen's balance remains the measure: what it does not show is taken
    back as a drift when the ledger is next held against it.

    A second click books nothing. Raises BadInput for nothing, too much, no reason, and for more than is
    available.
    """
    reason = _reason(reason)
    if not 0 < abs(micro) <= MOST:
        raise BadInput(
            "An adjustment is any amount but 0, up to a million. Nothing was booked. Correct the number."
        )
    with db.write() as session:
        if _second_click(session, micro, reason, actor.name):
            return
        available = ledger.balances(session).available
        if micro < 0 and available + micro < 0:
            raise BadInput(
                "That is more than is available. To take away: {needed}, available: {available}. "
                "Nothing was booked.",
                needed=-micro,
                available=available,
            )
        ledger.adjust(session, micro=micro, actor=actor.name, note=reason)
        _note(session, actor, "correct_balance", session.exec(_adjusts()).first(), micro, reason)


def _second_click(session: Session, micro: int, reason: str, actor: str) -> bool:
    last = session.exec(_adjusts()).first()
    # A line of the future was written before the clock went back: nobody knows how long ago.
    if last is None or not timedelta(0) <= clock.now() - last.created_at < SECOND_CLICK:
        return False
    return (last.micro_credits, last.note, last.actor) == (micro, reason, actor)


def _adjusts():
    """Selects the newest adjustment."""
    return select(Entry).where(Entry.kind == "adjust").order_by(col(Entry.id).desc()).limit(1)


@acts("accept_refund")
def accept_refund(db: Database, entry_id: int, run_id: int, *, reason: str = "", actor: Person) -> None:
    """Say that HeyGen gave this drift back for that run. Saying it twice books it once.

    Raises NotFound, Refusal when the drift was explained otherwise, BadInput when the run did not spend
    as much.
    """
    reason = _reason(reason, needed=False)
    with db.write() as session:
        run = session.get(Run, run_id)
        if run is None:
            raise NotFound("There is no run {number}. Nothing was booked.", number=run_id)
        drift = _drift(session, entry_id)
        stands = _in_place_of(session, drift)
        if stands is not None and stands.run_id == run_id:
            return
        _check_unexplained(stands)
        before = select(func.coalesce(func.sum(Entry.micro_credits), 0)).where(
            Entry.run_id == run_id, Entry.kind == "adjust"
        )
        left = ledger.spent_by(session, [run_id]) - session.exec(before).one()
        if not 0 < drift.micro_credits <= left + least_step():
            raise BadInput(
                "Run {number} did not spend that much, so this is no refund of it. Nothing was booked. "
                "Say in words what the change was.",
                number=run_id,
            )
        _replace(session, drift, note=reason or REFUND, actor=actor.name, run=run)
        _note(session, actor, "accept_refund", drift, drift.micro_credits, reason, run)


@acts("explain_change")
def explain(db: Database, entry_id: int, *, reason: str, actor: Person) -> None:
    """Say what this drift was: credits that were bought, work done in HeyGen itself, anything.

    Saying the same twice books it once. Raises NotFound, BadInput without a reason, Refusal when the drift
    was explained otherwise.
    """
    reason = _reason(reason)
    with db.write() as session:
        drift = _drift(session, entry_id)
        stands = _in_place_of(session, drift)
        if stands is not None and (stands.run_id, stands.note) == (None, reason):
            return
        _check_unexplained(stands)
        _replace(session, drift, note=reason, actor=actor.name, run=None)
        _note(session, actor, "explain_change", drift, drift.micro_credits, reason)


def _note(
    session: Session,
    actor: Person,
    action: str,
    entry: Entry | None,
    micro: int,
    reason: str,
    run: Run | None = None,
) -> None:
    audit.note(
        session,
        actor,
        action,
        kind="ledger",
        id=entry.id if entry else "",
        name=run.group_name if run else "",
        location_id=run.location_id if run else None,
        run_id=run.id if run else None,
        after={"micro_credits": micro} | ({"reason": reason} if reason else {}),
    )


def _reason(text: str, *, needed: bool = True) -> str:
    """The reason as it is stored. Raises BadInput."""
    reason = " ".join(text.split())
    if needed and not reason:
        raise BadInput("A reason is needed, so that others can follow it later. Nothing was booked.")
    if len(reason) > LONGEST_REASON:
        raise BadInput(
            "The reason is longer than {most} characters. Nothing was booked. Say it shorter.",
            most=LONGEST_REASON,
        )
    return reason


def _drift(session: Session, entry_id: int) -> Entry:
    entry = session.get(Entry, entry_id)
    if entry is None or (entry.kind, entry.actor) != ("adjust", BOOKKEEPER) or entry.note == OPENING:
        raise NotFound(
            "Entry {number} of the ledger is no change from outside. Nothing was booked.", number=entry_id
        )
    return entry


def _in_place_of(session: Session, drift: Entry) -> Entry | None:
    """What a person booked in place of the drift."""
    back = _that_takes_back(session, drift)
    return None if back is None else _that_takes_back(session, back)


def _that_takes_back(session: Session, entry: Entry) -> Entry | None:
    return session.exec(select(Entry).where(Entry.reverses_id == entry.id)).first()


def _check_unexplained(stands: Entry | None) -> None:
    if stands is not None:
        raise Refusal(
            "{person} has explained this change already. Nothing was booked. "
            "Look at what was booked by hand.",
            person=stands.actor,
        )


def _replace(session: Session, drift: Entry, *, note: str, actor: str, run: Run | None) -> None:
    """Both lines in the caller's transaction; each line is taken back once at most (taken_back_once)."""
    micro = drift.micro_credits
    ledger.adjust(session, micro=-micro, actor=actor, note=TAKEN_BACK, takes_back=drift)
    back = _that_takes_back(session, drift)
    ledger.adjust(session, micro=micro, actor=actor, note=note, run=run, takes_back=back)
