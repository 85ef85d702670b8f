"""What people decide: confirm a quote, retry, cancel, and answer when HeyGen cannot tell.

Each function is one write transaction and takes the name of the person who acts.
"""

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core import clock, entering, video_retry
from core.bloggers import past_avatars
from core.database.tables.bloggers import NO_AVATAR, Location
from core.database.tables.runs import Operation, Run
from core.errors import BadInput, NotFound, Refusal, StaleQuote
from core.journal import breaker, events, notifications
from core.journal.progress import cancel, go_to
from core.journal.queries import motion_accepted, unresolved
from core.journal.sending import Outcome, settle
from core.locale import N_
from core.money import ledger, tariffs
from core.quotes import avatar_lines, avatars
from core.quotes.avatar_lines import held_avatar
from core.quotes.avatars import Quote
from core.quotes.plan import STALE, check_plan
from core.runs.avatar import remaining_price, retry_step
from core.runs.free_slot import avatar_of, check_target
from core.runs.video import accepted, of_run
from core.studio import Studio

RETRY_LINES = {
    "photo": N_("Retry from upload: {amount} held"),
    "asset": N_("Retry from upload: {amount} held"),
    "group": N_("Retry from group: {amount} held"),
    "motion": N_("Retry from motion: {amount} held"),
    "saved": N_("Retry from save: {amount} held"),
    "delete": N_("Retry from deleting the group: {amount} held"),
    "avatar": N_("Retry from the start: {amount} held"),
    "rendering": N_("Retry: go on waiting for the video: {amount} held"),
    "archive": N_("Retry from fetching the file: {amount} held"),
}


def confirm(studio: Studio, quote: Quote, *, actor: str, typed_name: str = "") -> list[Run]:
    """Write the quote's runs and hold its total, in one transaction; returns the runs.

    Confirming the same quote again returns the same runs and holds nothing more. To free a slot the group's
    name must be typed. Raises StaleQuote when the plan changed since, OverLimit when credits or groups do
    not suffice, Refusal when there is nothing to do, BadInput for another name.
    """
    try:
        with studio.db.write() as session:
            already = list(session.exec(select(Run).where(Run.quote_id == quote.id).order_by(col(Run.id))))
            if already:
                return already
            now = avatars.build(
                studio,
                session,
                location_ids=tuple(line.location_id for line in quote.lines),
                wish=quote.wish,
                quote_id=quote.id,
            )
            _check(quote, now, typed_name)
            return [start(session, now, line, actor) for line in now.to_make]
    except IntegrityError as exc:
        raise StaleQuote(STALE) from exc


def _check(shown: Quote, now: Quote, typed_name: str) -> None:
    check_plan(shown, now)
    if not now.to_make:
        raise Refusal("There is nothing to do: no chosen location needs this. Nothing was spent.")
    if now.action == "free_slot" and typed_name.strip() != now.to_make[0].group_name:
        raise BadInput(
            "The name does not match, so nothing was deleted. Type the group's name exactly: {name}",
            name=now.to_make[0].group_name,
        )


def start(session: Session, quote: Quote, line: avatar_lines.Line, actor: str) -> Run:
    """Write one line's run and hold its price, inside the transaction that confirms. Raises OverLimit."""
    location = session.get_one(Location, line.location_id)
    run = Run(
        kind=quote.kind,
        location_id=line.location_id,
        quote_id=quote.id,
        actor=actor,
        step=line.first_step,
        first_step=line.first_step,
        motion_type=quote.motion_type,
        again=quote.action == "another_motion",
        group_name=line.group_name,
        prices=quote.prices,
    )
    if quote.action in ("another_motion", "free_slot"):
        held = held_avatar(session, quote.wish, location)
        assert held is not None, "a line without its avatar is refused"
        run.avatar_id = avatar_of(held)
        run.group_id = held.heygen_group_id if quote.action == "free_slot" else None
        run.past_id = quote.past_id
    if quote.action == "another_photo":
        past_avatars.retire(session, location, reason="photo", actor=actor)
        location.image_url = quote.image_url
        session.add(location)
    session.add(run)
    session.flush()
    ledger.hold(session, run=run, micro=line.micro_credits, actor=actor)
    if quote.action == "free_slot":
        events.record(session, run, "Confirmed: the group is deleted in HeyGen", actor=actor)
    else:
        events.record(session, run, "Confirmed: {amount} held", actor=actor, amount=line.micro_credits)
    return run


def retry(studio: Studio, run_id: int, *, price: int, actor: str) -> Run:
    """Go on at the failed step, inside the same run, holding what is left to pay.

    `price` is what the button said, in micro-credits. Raises StaleQuote when it is another one by now,
    Refusal when the run has not failed, another one is live or paid work is paused, OverLimit when credits
    do not suffice.
    """
    try:
        with studio.db.write() as session:
            run = _get(session, run_id)
            if run.state != "failed":
                raise Refusal("Only a failed run can be retried. Nothing was spent.")
            location = session.get_one(Location, run.location_id)
            renders = run.kind == "video" and video_retry.retry_step(run) == "avatar"
            if location.archived_at is not None and (run.kind == "avatar" or renders):
                raise Refusal("This location is archived. Nothing was spent. Restore it first.")
            makes = run.kind == "avatar" and not run.again
            there = location.heygen_avatar_id != NO_AVATAR and location.motion_status != "failed"
            if makes and there and run.step != "saved":
                raise Refusal("This location has its avatar already. Nothing was spent.")
            _check_avatar(session, run, location)
            step = _retry_step(run, location)
            prices = _prices(session, run)
            if _retry_price(session, run, step, prices) != price:
                raise StaleQuote(STALE)
            # A render that HeyGen has already is charged whatever the credits; it is only picked up.
            if price and not accepted(session, run) and breaker.current(session) is not None:
                raise Refusal(breaker.WHY_NOTHING_SPENT)
            run.prices = prices
            go_to(run, step)
            run.state, run.ended_at, run.error_name, run.error_template = "queued", None, "", ""
            session.add(run)
            session.flush()
            ledger.top_up(session, run=run, micro=price, actor=actor)
            events.record(session, run, RETRY_LINES[step], actor=actor, amount=price)
            return run
    except IntegrityError as exc:
        raise Refusal("Another run for this location is already under way. Nothing was spent.") from exc


def _retry_step(run: Run, location: Location) -> str:
    return video_retry.retry_step(run) if run.kind == "video" else retry_step(run, location)


def _prices(session: Session, run: Run) -> dict[str, int]:
    """What a retry agrees on."""
    video = run.kind == "video"
    return video_retry.prices(session, run) if video else tariffs.standing(session).of_run(run.kind)


def _retry_price(session: Session, run: Run, step: str, prices: dict[str, int]) -> int:
    if run.kind == "video":
        return video_retry.retry_price(run, of_run(session, run.id or 0), prices)
    return remaining_price(step, prices)


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


def request_cancel(studio: Studio, run_id: int, *, actor: str) -> Run:
    """Stop the run before its next paid step. Raises Refusal when there is none left."""
    with studio.db.write() as session:
        run = _get(session, run_id)
        if run.ended_at is not None:
            raise Refusal("This run has already ended. Nothing was changed.")
        if run.step == "saved" or accepted(session, run):
            raise Refusal(
                "HeyGen has been paid already, so there is nothing left to stop. Nothing was changed."
            )
        if run.state == "paused" and unresolved(session, run_id) is None:
            # Nobody advances it before paid work goes on, so it ends here.
            cancel(session, run, actor)
            notifications.note(session, studio.settings.notify_url, run)
            return run
        run.cancel_requested_by = actor
        if run.state == "waiting":
            run.due_at = clock.now()
        session.add(run)
        events.record(session, run, "Cancel requested", actor=actor)
        return run


def check_again(studio: Studio, run_id: int, *, actor: str) -> Run:
    """A person asks for another look at HeyGen now."""
    with studio.db.write() as session:
        run = _unknown(session, run_id)
        run.due_at = clock.now()
        events.record(session, run, "Asked to check again", actor=actor)
        session.add(run)
        return run


def did_not_happen(studio: Studio, run_id: int, *, actor: str) -> Run:
    """A person has looked: HeyGen did not do it. The call counts as never made and the run goes on."""
    with studio.db.write() as session:
        run = _unknown(session, run_id)
        operation = unresolved(session, run_id)
        if operation is not None:
            settle(session, _id(operation), Outcome(state="absent"))
        events.record(session, run, "A person decided: it did not happen", level="warning", actor=actor)
        run.state, run.due_at = "queued", None
        session.add(run)
        return run


def enter_id(studio: Studio, run_id: int, *, avatar_id: str, group_id: str = "", actor: str) -> Run:
    """A person has looked: HeyGen did it, and these are the ids; they count once HeyGen confirms them.

    Raises BadInput when they are missing, taken or of another avatar.
    """
    with studio.db.write() as session:
        run = _unknown(session, run_id)
        operation = unresolved(session, run_id)
        if operation is None:
            raise Refusal("This run has no open question any more. Nothing was changed.")
        operation.answer = entering.claim(studio, session, operation, avatar_id, group_id)
        operation.answer |= {"entered_by": actor}
        session.add(operation)
        said = N_("A person decided: it happened, and entered the id")
        events.record(session, run, said, level="warning", actor=actor)
        run.state, run.due_at = "queued", None
        session.add(run)
        return run


def _unknown(session: Session, run_id: int) -> Run:
    run = _get(session, run_id)
    if run.state != "unknown":
        raise Refusal("This run does not wait for an answer. Nothing was changed.")
    return run


def _get(session: Session, run_id: int) -> Run:
    run = session.get(Run, run_id)
    if run is None:
        raise NotFound("There is no run with the id {id}. Nothing was changed.", id=run_id)
    return run


def _id(operation: Operation) -> int:
    assert operation.id is not None
    return operation.id
