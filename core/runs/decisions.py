"""What people decide: confirm a quote, retry, cancel, and answer when HeyGen cannot tell.

Each function is one write transaction and takes the person who acts.
"""

from sqlmodel import Session, select

from core import clock
from core.database.engine import Database
from core.database.tables.bloggers import Location
from core.database.tables.columns import id_of
from core.database.tables.runs import Operation, Run
from core.errors import BadInput, Refusal
from core.journal import events, notifications, ownership
from core.journal.due import asks
from core.journal.progress import cancel
from core.journal.queries import about_run, get_run, unresolved, video_accepted
from core.journal.settling import Outcome, settle
from core.journal.steps import PAID
from core.locale import N_
from core.people import audit
from core.people.roles import Person, acts
from core.studio import Studio


@acts("cancel")
def request_cancel(studio: Studio, run_id: int, *, actor: Person) -> Run:
    """Stop the run before its next paid step; twice is harmless. Raises Refusal when there is none left."""
    with studio.db.write() as session:
        run = get_run(session, run_id)
        if run.ended_at is not None:
            raise Refusal("This run has already ended. Nothing was changed.")
        if run.step in PAID or video_accepted(session, run):
            raise Refusal(
                "HeyGen has been paid already, so there is nothing left to stop. Nothing was changed."
            )
        paused = run.state == "paused" and unresolved(session, run_id) is None
        if run.cancel_requested_by and not paused:
            return run
        audit.note(session, actor, "cancel", **about_run(run), before={"state": run.state, "step": run.step})
        if paused:
            # Nobody advances it before paid work goes on, so it ends here.
            cancel(session, run, actor.name)
            notifications.note(session, studio.settings.notify_url, run)
            return run
        run.cancel_requested_by = actor.name
        if run.state == "waiting":
            run.due_at = clock.now()
        session.add(run)
        events.record(session, run, "Cancel requested", actor=actor.name)
        return run


@acts("check_again")
def check_again(db: Database, run_id: int, *, actor: Person) -> Run:
    """A person asks for another look at HeyGen now."""
    with db.write() as session:
        run = _unknown(session, run_id)
        rested = "unknown" if asks(run) else ""
        run.due_at = clock.now()
        events.record(session, run, "Asked to check again", actor=actor.name, rested=rested)
        session.add(run)
        audit.note(session, actor, "check_again", **about_run(run), before={"step": run.step})
        return run


@acts("did_not_happen")
def did_not_happen(db: Database, run_id: int, *, actor: Person) -> Run:
    """A person has looked: HeyGen did not do it. The call counts as never made and the run goes on."""
    with db.write() as session:
        run = _unknown(session, run_id)
        operation = unresolved(session, run_id)
        if operation is not None:
            settle(session, id_of(operation), Outcome(state="absent"))
        said, rested = N_("A person decided: it did not happen"), "unknown" if asks(run) else ""
        events.record(session, run, said, level="warning", actor=actor.name, rested=rested)
        run.state, run.due_at = "queued", None
        session.add(run)
        before = {"call": operation.kind if operation else "", "state": "unknown"}
        audit.note(
            session, actor, "did_not_happen", **about_run(run), before=before, after={"state": "absent"}
        )
        return run


@acts("enter_id")
def enter_id(studio: Studio, run_id: int, *, avatar_id: str, group_id: str = "", actor: Person) -> Run:
    """A person has looked: HeyGen did it, and these are the ids; they count once HeyGen confirms them.

    Raises BadInput when they are missing, taken or of another avatar.
    """
    with studio.db.write() as session:
        run = _unknown(session, run_id)
        operation = unresolved(session, run_id)
        if operation is None:
            raise Refusal("This run has no open question any more. Nothing was changed.")
        ids = claim(studio, session, operation, avatar_id, group_id)
        operation.answer = ids | {"entered_by": actor.name}
        session.add(operation)
        before = {"call": operation.kind, "state": "unknown"}
        audit.note(session, actor, "enter_id", **about_run(run), before=before, after=ids)
        said = N_("A person decided: it happened, and entered the id")
        rested = "unknown" if asks(run) else ""
        events.record(session, run, said, level="warning", actor=actor.name, rested=rested)
        run.state, run.due_at = "queued", None
        session.add(run)
        return run


def _unknown(session: Session, run_id: int) -> Run:
    run = get_run(session, run_id)
    if run.state != "unknown":
        raise Refusal("This run does not wait for an answer. Nothing was changed.")
    return run


def claim(
    studio: Studio, session: Session, operation: Operation, avatar_id: str, group_id: str
) -> dict[str, str]:
    """The claim as the operation keeps it. Raises BadInput when an id is missing, taken or of another avatar.

    `avatar_id` is the video's id where the call was to make a video.
    """
    avatar_id, group_id = avatar_id.strip(), group_id.strip()
    if operation.kind == "generate_video":
        return _video(session, avatar_id)
    if not avatar_id or (operation.kind == "create_group" and not group_id):
        raise BadInput("Enter the avatar's id and the group's id as HeyGen shows them. Nothing was changed.")
    if operation.kind == "create_group" and ownership.owner(
        session, group_id, besides=session.get_one(Location, operation.location_id)
    ):
        raise BadInput("That group belongs to another location already. Nothing was changed.")
    if operation.kind == "add_motion":
        group_id = _group_of_motion(studio, session, operation, avatar_id)
    return {"avatar_id": avatar_id} | ({"group_id": group_id} if group_id else {})


def _video(session: Session, video_id: str) -> dict[str, str]:
    if not video_id:
        raise BadInput("Enter the video's id as HeyGen shows it. Nothing was changed.")
    if session.exec(select(Operation.id).where(Operation.video_id == video_id)).first() is not None:
        raise BadInput("That video belongs to another run already. Nothing was changed.")
    return {"video_id": video_id}


def _group_of_motion(studio: Studio, session: Session, operation: Operation, avatar_id: str) -> str:
    """The group that the entered motion must be of, "" for any. Raises BadInput."""
    if studio.client.traits.motion != "look":
        if avatar_id != operation.subject:
            raise BadInput(
                "That is not the id of this location's avatar ({id}). Nothing was changed.",
                id=operation.subject,
            )
        return ""
    if avatar_id == operation.subject or ownership.recorded_looks(session, [avatar_id]):
        raise BadInput(
            "That look was there before this motion. Nothing was changed. Enter the new look's id."
        )
    return session.get_one(Location, operation.location_id).heygen_group_id or ""
