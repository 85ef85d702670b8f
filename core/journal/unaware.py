"""What a database that was read back from a backup does not know: the calls that were made after it.

Before the first call of a kind is sent for what was there already, HeyGen is looked at for its result, as
for a call whose answer was lost: what is there is adopted, what two looks miss is made, and where HeyGen
cannot tell a person is asked. The call that is looked for is written down as `unknown`, with the time of
the backup as its own: what HeyGen shows from before that is no answer to it.
"""

from typing import Any

from sqlmodel import Session, col, select

from core.database.tables.heygen import Copied
from core.database.tables.runs import Operation, Run
from core.journal.queries import REPEATABLE

#: In the snapshot of a call that was only looked for.
LOOKED_FOR = "looked_for"
#: What a snapshot taken now says of the time before the call: it shows the result as well.
_SHOWS_THE_RESULT = ("groups", "looks", "videos", "server_time")


def of_a_call(session: Session, run: Run, kind: str) -> Copied | None:
    """The backup that this database was, when the run may have made a call of this kind that it does not
    know of; None where it certainly knows all.

    A group is made once a location, whatever run makes it; other calls belong to their run.
    """
    copied = _copied(session)
    if copied is None or kind in REPEATABLE:
        return None
    if kind == "create_group":
        there, whose = run.location_id <= copied.last_location, Operation.location_id == run.location_id
    else:
        there, whose = (run.id or 0) <= copied.last_run, Operation.run_id == run.id
    asked = select(Operation.id).where(
        whose, Operation.kind == kind, col(Operation.id) > copied.last_operation
    )
    return copied if there and session.exec(asked.limit(1)).first() is None else None


def was_open(session: Session, operation: Operation) -> bool:
    """True for a call that the backup showed without its end: another may have followed under another key."""
    copied = _copied(session)
    return copied is not None and (operation.id or 0) <= copied.last_operation


def decided_before(session: Session, run: Run) -> bool:
    """True for a run that the backup holds already: what people decided about it since is not known here."""
    copied = _copied(session)
    return copied is not None and (run.id or 0) <= copied.last_run


def is_doubtful(session: Session, operation: Operation) -> bool:
    """True for a call that was only looked for, or was open in the backup: what HeyGen shows may be the
    answer to another that these data do not know of."""
    return LOOKED_FOR in operation.snapshot or was_open(session, operation)


def _copied(session: Session) -> Copied | None:
    return session.exec(select(Copied).order_by(col(Copied.id).desc()).limit(1)).first()


def snapshot_before(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The snapshot without what may be the result itself; what nobody here has recorded counts as new."""
    kept = {key: value for key, value in snapshot.items() if key not in _SHOWS_THE_RESULT}
    return kept | {key: [] for key in ("groups", "looks", "videos") if key in snapshot} | {LOOKED_FOR: True}
