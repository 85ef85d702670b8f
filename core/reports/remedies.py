"""What has to change before a retry of a failed run can help: nothing, the photo, or the groups in use."""

from sqlmodel import col, func, select

from core.database.engine import Database
from core.database.tables.bloggers import Location
from core.database.tables.runs import Operation, Run

RETRY, PHOTO, SLOT = "retry", "photo", "slot"

#: HeyGen's codes (docs.heygen.com/reference/errors) for a photo that it cannot or must not use.
PHOTO_CODES = frozenset(
    (
        *("40002", "40004", "40005", "40006", "400111", "400168", "400543", "400625"),
        *("401003", "402007", "402008", "402009", "download_failed"),
    )
)
SLOT_CODES = frozenset(("401028",))


def of(db: Database, run_ids: tuple[int, ...]) -> dict[int, str]:
    """The remedy of each of these runs, as far as it failed: for any other a retry."""
    last = select(func.max(col(Operation.id))).group_by(col(Operation.run_id))
    query = (
        select(Run.id, Run.step, Location.avatar_status, Operation.error_code)
        .join(Location, col(Location.id) == col(Run.location_id))
        .join(
            Operation,
            (col(Operation.run_id) == col(Run.id)) & col(Operation.id).in_(last),
            isouter=True,
        )
        .where(col(Run.id).in_(run_ids), Run.state == "failed")
    )
    with db.read() as session:
        return dict.fromkeys(run_ids, RETRY) | {
            run_id: _remedy(step, avatar_status, code or "")
            for run_id, step, avatar_status, code in session.exec(query)
            if run_id is not None
        }


def of_photo(db: Database, url: str) -> Run | None:
    """The last run with this photo, if HeyGen did not take the photo then; its error says why."""
    with db.read() as session:
        last = session.exec(
            select(Run)
            .where(Run.photo_url == url, Run.kind == "avatar", col(Run.state).in_(("done", "failed")))
            .order_by(col(Run.id).desc())
            .limit(1)
        ).first()
    # One that failed at its photo never came to HeyGen.
    if last is None or last.id is None or last.state == "done" or last.step == "photo":
        return None
    return last if of(db, (last.id,))[last.id] == PHOTO else None


def _remedy(step: str, avatar_status: str, code: str) -> str:
    if code in SLOT_CODES and step == "group":
        return SLOT
    if step == "photo" or (step in ("asset", "group") and code in PHOTO_CODES):
        return PHOTO
    # HeyGen made the group and could not make an avatar of its photo.
    if step == "motion" and avatar_status == "failed":
        return PHOTO
    return RETRY
