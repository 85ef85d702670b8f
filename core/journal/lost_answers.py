"""What became of a call whose answer was lost: never a repeat, first a look.

For an operation found `sent` whose sender is dead, or `unknown`. A look only reads. What it finds is
adopted; what it misses in two looks at least ABSENT_AFTER apart counts as never made; where reading cannot
tell, a person is asked.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import Session, col, select

from core import clock
from core.database.leases import Lease
from core.database.tables.bloggers import Location
from core.database.tables.runs import Operation, Run
from core.heygen.answers import GroupInfo, LookInfo
from core.heygen.errors import Missing, RateLimited
from core.journal import breaker, ownership, unaware
from core.journal.queries import REPEATABLE, request_hash
from core.journal.sending import Stopping, transmit
from core.journal.settling import Outcome, settle
from core.locale import N_
from core.studio import Studio

#: Where an answer carries no server time, the two clocks may differ by this much.
CLOCK_TOLERANCE = 300.0
SAME_NAME = N_("HeyGen cannot tell: several groups carry this name; a person must decide")
SHARED_NAME = N_(
    "HeyGen cannot tell: a group of this name is there, and another location without an avatar goes by the "
    "same name; a person must decide"
)
TOO_EARLY = N_(
    "HeyGen cannot tell: a group of this name is new in its list, but by its time it was made before the "
    "call; a person must decide"
)
SAME_TITLE = N_("HeyGen cannot tell: several videos carry this title; a person must decide")
SEVERAL_MOTIONS = N_("HeyGen cannot tell: several new motions are there; a person must decide")
TOO_MANY_GROUPS = N_("HeyGen cannot tell: it holds more groups than it lists; a person must decide")
TOO_MANY = N_("HeyGen cannot tell: it holds more videos than it lists; a person must decide")
NO_LOOK_YET = N_("HeyGen cannot tell: the group is there without its look; a person must decide")
HAD_MOTION = N_(
    "HeyGen cannot tell: the avatar had a motion before, so a new one cannot be told apart; "
    "a person must decide"
)
OTHER_DIALECT = N_("HeyGen cannot tell: the motion was asked for in another dialect; a person must decide")
NO_GROUP = N_("HeyGen cannot tell: it does not say which group the avatar is in; a person must decide")
UNANSWERED = N_(
    "HeyGen cannot tell: it goes on answering this call with a failure (“{cause}”), and its list does not "
    "show the result; a person must decide"
)
UNREADABLE = N_(
    "HeyGen cannot tell: what it answers to looking for the result cannot be read; a person must decide"
)
#: How core.runs.confirm marks a video's title.
_MARK = re.compile(r"#[0-9]+-\w{6}")
#: A Date header has whole seconds.
DATE_RESOLUTION = 1.0


@dataclass(frozen=True)
class Finding:
    """What a look at HeyGen showed.

    `found` carries the adopted outcome; `missing` means nothing of it is there; `not_yet` that it is there
    but incomplete, or may come any moment; `cannot_tell` that only a person can decide, with the candidates
    and the reason, a template with its values.
    """

    verdict: str
    outcome: Outcome | None = None
    candidates: tuple[dict[str, Any], ...] = ()
    reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def sender_is_finished(studio: Studio, operation: Operation) -> bool:
    """True when nobody can be in the middle of sending this operation any more.

    What is `unknown` has been answered, or its sender is gone: there is nobody left to wait for.
    """
    if operation.state != "sent":
        return True
    if operation.sender == studio.owner.id:
        return operation.id not in studio.in_flight
    return studio.owner.is_dead(operation.sender)


def look(studio: Studio, operation: Operation) -> Finding:
    """Look at HeyGen for what `operation` may have made. Raises HeyGenError when HeyGen cannot be read."""
    if operation.kind == "create_group":
        return _look_for_group(studio, operation)
    if operation.kind == "add_motion":
        return _look_for_motion(studio, operation)
    if operation.kind == "generate_video":
        return _look_for_video(studio, operation)
    # An upload is free and nobody owns it: it is simply repeated.
    return Finding("missing")


def _look_for_group(studio: Studio, operation: Operation) -> Finding:
    listing = studio.client.list_groups()
    named = [group for group in listing.groups if group.name == operation.subject]
    with studio.db.read() as session:
        known = ownership.recorded_groups(session, [group.id for group in named], but=operation)
        # Here one name is made at a time; what was made after a backup may be anybody's.
        shared = unaware.is_doubtful(session, operation) and ownership.wanted_elsewhere(session, operation)
    candidates = tuple(
        group
        for group in named
        if group.id not in operation.snapshot.get("groups", ()) and group.id not in known
    )
    early = [group for group in candidates if not _made_after_intent(group, operation)]
    if candidates and (early or shared or len(candidates) > 1):
        # Its time alone says little: a database's clock is not the gateway's.
        shown = tuple(_shown(studio, group) for group in candidates)
        alone = SHARED_NAME if shared else TOO_EARLY
        return Finding("cannot_tell", candidates=shown, reason=SAME_NAME if candidates[1:] else alone)
    for group in candidates:
        try:
            looks = studio.client.list_looks(group.id)
        except Missing:
            # HeyGen may know the looks of a new group a little later.
            looks = ()
        if not looks:
            return Finding("not_yet", reason=NO_LOOK_YET)
        still = min(looks, key=lambda one: one.is_motion)
        return Finding("found", outcome=_adopted(group_id=group.id, avatar_id=still.id))
    # More than HeyGen lists: what is not in it may be there all the same.
    return Finding("missing") if listing.complete else Finding("cannot_tell", reason=TOO_MANY_GROUPS)


def _shown(studio: Studio, group: GroupInfo) -> dict[str, Any]:
    """What a person needs to recognise the group and to choose it."""
    try:
        looks = studio.client.list_looks(group.id)
    except Missing:
        # HeyGen may know the looks of a new group a little later.
        looks = ()
    return {
        "group_id": group.id,
        "avatar_id": looks[0].id if looks else "",
        "created_at": group.created_at,
        "preview": group.preview,
    }


def _adopted(**found: str) -> Outcome:
    return Outcome.confirmed({**found, "adopted": True})


def _made_after_intent(group: GroupInfo, operation: Operation) -> bool:
    """Judged on HeyGen's own clock where the snapshot noted it, so that our clock may be wrong."""
    if group.created_at is None:
        return True
    server_time = operation.snapshot.get("server_time")
    if server_time is not None:
        return group.created_at >= float(server_time) - DATE_RESOLUTION
    return group.created_at >= operation.sent_at.timestamp() - CLOCK_TOLERANCE


def _look_for_motion(studio: Studio, operation: Operation) -> Finding:
    """A look that is new, or where only a status is shown, a change from none to something.

    By what the snapshot held: the dialect may be another one by now.
    """
    if "looks" in operation.snapshot:
        if studio.client.traits.motion != "look":
            return Finding("cannot_tell", reason=OTHER_DIALECT)
        return _look_for_motion_look(studio, operation)
    details = studio.client.get_avatar(operation.subject)
    before = operation.snapshot.get("motion_status", "none")
    # Where nothing was sent, a failure that was known before is no answer; any other status is.
    known = ("none", "failed") if unaware.LOOKED_FOR in operation.snapshot else ("none",)
    if before not in known:
        return Finding("cannot_tell", reason=HAD_MOTION)
    if details.motion_status in ("none", before):
        return Finding("missing")
    return Finding("found", outcome=_adopted(status=details.motion_status))


def _look_for_motion_look(studio: Studio, operation: Operation) -> Finding:
    with studio.db.read() as session:
        place = session.get_one(Location, operation.location_id)
    own = operation.subject in (place.heygen_look_id, place.heygen_avatar_id)
    looks = in_group(studio, operation.subject, place.heygen_group_id if own else None)
    if looks is None:
        return Finding("cannot_tell", reason=NO_GROUP)
    with studio.db.read() as session:
        made = unrecorded(session, looks, but=operation)
    if len(made) > 1 and not _late(operation):
        shown = tuple({"avatar_id": look.id} for look in made)
        return Finding("cannot_tell", candidates=shown, reason=SEVERAL_MOTIONS)
    if not made:
        return Finding("missing")
    return Finding("found", outcome=_adopted(status="processing", avatar_id=made[0].id))


def _late(operation: Operation) -> bool:
    """Counted as never made and came through after all: of several such, any will do, and none is added."""
    return operation.state == "absent" and not operation.candidates


def _look_for_video(studio: Studio, operation: Operation) -> Finding:
    """By its title, which begins with the run's short id, or in earlier versions ended in it."""
    listing = studio.client.list_videos()
    with studio.db.read() as session:
        known = set(
            session.exec(
                select(Operation.video_id).where(
                    col(Operation.video_id).is_not(None), col(Operation.id) != operation.id
                )
            )
        )
    mark = _mark(operation.subject)
    found = [
        video
        for video in listing.videos
        if mark in (title := video.title.strip().casefold(), *title.split())
        and video.id not in operation.snapshot.get("videos", ())
        and video.id not in known
    ]
    if len(found) > 1 and not _late(operation):
        shown = tuple({"video_id": video.id, "created_at": video.created_at} for video in found)
        return Finding("cannot_tell", candidates=shown, reason=SAME_TITLE)
    if not found:
        return Finding("missing") if listing.complete else Finding("cannot_tell", reason=TOO_MANY)
    return Finding("found", outcome=_adopted(video_id=found[0].id))


def _mark(title: str) -> str:
    """The run's short id in the title: HeyGen may cut the rest, or write it in its own way."""
    title = title.strip().casefold()
    words = title.split()
    return next((word for word in (*words[:1], *words[-1:]) if _MARK.fullmatch(word)), title)


def missing_long_enough(studio: Studio, operation: Operation) -> bool:
    """Note that `operation` was found missing now; True when the first such look lies ABSENT_AFTER back."""
    now = clock.monotonic()
    first = studio.first_missing.setdefault(_sending(operation), now)
    return now - first >= studio.absent_after


def _sending(operation: Operation) -> tuple[int, int]:
    """The operation and how often it was sent again, by whatever process: what was missed before a repeat
    says nothing of what that may have made."""
    assert operation.id is not None
    return operation.id, operation.snapshot.get(REPEATS, 0)


def doubted(studio: Studio, operation: Operation) -> float:
    """Seconds of HeyGen's time for which this process has been told nothing that counts of `operation`."""
    assert operation.id is not None
    now = clock.monotonic()
    return (now - studio.first_doubt.setdefault(operation.id, now)) * studio.pace


def settled(studio: Studio, operation: Operation) -> None:
    """Nobody looks for `operation` any more."""
    assert operation.id is not None
    studio.first_missing.pop(_sending(operation), None)
    studio.first_doubt.pop(operation.id, None)


def declare_absent(studio: Studio, session: Session, operation: Operation) -> None:
    """Two looks far enough apart missed it: it counts as never made, its hold is released."""
    assert operation.id is not None
    settled(studio, operation)
    settle(session, operation.id, Outcome(state="absent"))


def mark_unknown(session: Session, operation: Operation) -> None:
    """A `sent` operation whose sender is gone: nobody will settle it any more."""
    assert operation.id is not None
    if operation.state == "sent":
        settle(session, operation.id, Outcome(state="unknown"))


#: HeyGen keeps a key for 24 hours; well before that its answer is no longer counted on. In seconds.
LONGEST = 20 * 3600.0
#: In an operation's snapshot: how often it was sent again.
REPEATS = "repeats"


def hear_clock(studio: Studio) -> None:
    """Let HeyGen tell its time where calls may be sent again and none of late did. Raises HeyGenError."""
    if studio.client.traits.repeats and studio.client.server_time() is None:
        studio.client.list_groups()


def allowed(studio: Studio, session: Session, operation: Operation) -> bool:
    """True where sending the call again can only bring its answer, or begin what is still wanted and held."""
    run = session.get_one(Run, operation.run_id)
    return (
        studio.client.traits.repeats
        and operation.kind not in REPEATABLE
        and _key_lives(studio, operation)
        and not unaware.was_open(session, operation)
        and request_hash(operation.request) == operation.request_hash
        and run.cancel_requested_by is None
        and breaker.current(session) is None
    )


def _key_lives(studio: Studio, operation: Operation) -> bool:
    """By HeyGen's clock, and by this machine's too; in doubt not, and the call is looked for instead."""
    sent_at, now = operation.snapshot.get("server_time"), studio.client.server_time()
    if sent_at is None or now is None:
        return False
    # Either clock may have been put back: the older age counts.
    age = max(now - float(sent_at), (clock.now() - operation.sent_at).total_seconds())
    return 0 <= age < LONGEST


def repeat(studio: Studio, lease: Lease, operation: Operation) -> Finding:
    """What the repeat brought, or a look. Raises HeyGenError where HeyGen could not be asked, Stopping.

    A refusal of the repeat says nothing of the first sending, because HeyGen may judge key, limits and
    balance before it knows the idempotency key: then HeyGen is looked at. So it is after an answer that says
    nothing at all; but then what is not there may come any moment.
    """
    _count(studio, operation, 1)
    outcome = transmit(studio, lease, operation)
    if outcome.state == "confirmed":
        return Finding("found", outcome=outcome)
    if outcome.error is None:
        raise Stopping
    if outcome.state == "not_sent" or isinstance(outcome.error, RateLimited):
        raise outcome.error
    if outcome.state == "refused":
        _count(studio, operation, -1)
    else:
        # A person who is asked is told of the last answer.
        with studio.db.write() as session:
            settle(session, operation.id or 0, outcome)
    seen = look(studio, operation)
    if outcome.state == "refused" or seen.verdict == "found":
        return seen
    said = {"cause": outcome.error.detail or outcome.error.status or "–"}
    if seen.reason:
        return replace(seen, verdict="not_yet")
    return replace(seen, verdict="not_yet", reason=UNANSWERED, values=said)


def _count(studio: Studio, operation: Operation, times: int) -> None:
    """Note that the call is sent once more, before it is; or that this one certainly did nothing."""
    sent = operation.snapshot.get(REPEATS, 0) + times
    operation.snapshot = {**operation.snapshot, REPEATS: sent}
    with studio.db.write() as session:
        session.get_one(Operation, operation.id).snapshot = operation.snapshot


def in_group(studio: Studio, avatar_id: str, group_id: str | None) -> tuple[LookInfo, ...] | None:
    """The looks of the avatar's group; where it is not known, of the one HeyGen names.

    None where HeyGen names none: then nobody can tell what it made. Raises HeyGenError.
    """
    group_id = group_id or studio.client.get_avatar(avatar_id).group_id
    return studio.client.list_looks(group_id) if group_id else None


def unrecorded(
    session: Session, looks: tuple[LookInfo, ...], *, but: Operation | None = None
) -> list[LookInfo]:
    """Motions among the looks that nobody here has: no other call made them, no avatar is one of them.

    `but` is the call whose answer is looked for; what its own snapshot held was there before it.
    """
    known = ownership.recorded_looks(session, [look.id for look in looks], but=but)
    known.update(but.snapshot.get("looks", ()) if but else ())
    return [look for look in looks if look.is_motion and look.id not in known]
