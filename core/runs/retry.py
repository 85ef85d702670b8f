"""Going on at the failed step, inside the same run."""

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from core.bloggers.editing import avatar_of, has_made_avatar
from core.database.engine import Database
from core.database.tables.bloggers import NO_AVATAR, Location
from core.database.tables.runs import Run
from core.errors import Refusal, StaleQuote
from core.journal import breaker, events
from core.journal.progress import go_to
from core.journal.queries import about_run, get_run, motion_accepted, video_accepted
from core.journal.steps import PAID, TABLE, retry_of
from core.money import ledger
from core.people import audit
from core.people.roles import Person, acts
from core.quotes.plan import STALE
from core.runs.free_slot import check_target


@acts("retry")
def retry(db: Database, run_id: int, *, price: int, actor: Person) -> Run:
    """Go on at the failed step, inside the same run, holding what is left to pay.

    `price` is what the button said, in micro-credits. Raises StaleQuote when it is another one by now,
    Refusal when the run has not failed, another one is live or paid work is paused, OverLimit when credits
    do not suffice.
    """
    try:
        with db.write() as session:
            run = get_run(session, run_id)
            if run.state != "failed":
                raise Refusal("Only a failed run can be retried. Nothing was spent.")
            location = session.get_one(Location, run.location_id)
            again = retry_of(session, run)
            renders = run.kind == "video" and again.step not in PAID
            if location.archived_at is not None and (run.kind == "avatar" or renders):
                raise Refusal("This location is archived. Nothing was spent. Restore it first.")
            makes = run.kind == "avatar" and not run.again
            if makes and has_made_avatar(location) and run.step != "saved":
                raise Refusal("This location has its avatar already. Nothing was spent.")
            _check_avatar(session, run, location)
            if again.micro != price:
                raise StaleQuote(STALE)
            # A render that HeyGen has already is charged whatever the credits; it is only picked up.
            if price and not video_accepted(session, run) and breaker.current(session) is not None:
                raise Refusal(breaker.WHY_NOTHING_SPENT)
            run.prices = again.prices
            go_to(run, again.step)
            run.state, run.ended_at, run.error_name, run.error_template = "queued", None, "", ""
            session.add(run)
            session.flush()
            ledger.top_up(session, run=run, micro=price, actor=actor.name)
            line = TABLE[again.step].retry
            events.record(session, run, line, actor=actor.name, rested="failed", amount=price)
            after = {"held": price, "step": again.step}
            audit.note(session, actor, "retry", **about_run(run), before={"state": "failed"}, after=after)
            return run
    except IntegrityError as exc:
        raise Refusal("Another run for this location is already under way. Nothing was spent.") from exc


def _check_avatar(session: Session, run: Run, location: Location) -> None:
    """A retry is about the avatar that the run was about, and about no other. Raises Refusal."""
    if run.kind == "free_slot":
        check_target(session, run)
        return
    if run.again and location.heygen_avatar_id == NO_AVATAR:
        raise Refusal("This location has no avatar any more. Nothing was spent. Make its avatar first.")
    gone = run.again and run.avatar_id != avatar_of(location)
    if run.step == "saved" and location.heygen_avatar_id != NO_AVATAR:
        gone = gone or motion_accepted(session, run) is None
    if gone:
        raise Refusal(
            "This location uses another avatar by now, and this run was for an earlier one. "
            "Nothing was spent."
        )
