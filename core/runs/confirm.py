"""Confirming a quote: its runs and what they hold, in one transaction; videos with the avatars they need."""

from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core.bloggers import past_avatars
from core.bloggers.editing import avatar_of, group_name
from core.database.tables.bloggers import Location
from core.database.tables.runs import LIVE_STATES, VIDEO_STEPS, Run
from core.database.tables.videos import Video
from core.errors import BadInput, Refusal, StaleQuote
from core.journal import events
from core.journal.queries import about_run
from core.money import ledger
from core.people import audit
from core.people.roles import ACTIONS, Person, acts
from core.quotes import avatar_lines, avatars, videos
from core.quotes.avatar_lines import held_avatar
from core.quotes.avatars import Quote
from core.quotes.plan import STALE, check_plan
from core.quotes.video_lines import VideoLine
from core.quotes.videos import VideoQuote
from core.studio import Studio


@acts("confirm")
def confirm(studio: Studio, quote: Quote | VideoQuote, *, actor: Person, typed_name: str = "") -> list[Run]:
    """Write the quote's runs and hold its total, in one transaction; returns them, those of avatars first.

    Confirming the same quote again returns the same runs and holds nothing more. To free a slot the group's
    name must be typed. Raises StaleQuote when the plan changed since, OverLimit when credits or groups do
    not suffice, Refusal when there is nothing to do, BadInput for another name.
    """
    if isinstance(quote, Quote) and quote.action == "free_slot":
        actor.must(ACTIONS["delete_group"].permission)
    try:
        with studio.db.write() as session:
            already = list(session.exec(select(Run).where(Run.quote_id == quote.id).order_by(col(Run.id))))
            if already:
                return already
            now = _priced_now(studio, session, quote, actor.name)
            check_plan(quote, now)
            _check(now, typed_name)
            if not isinstance(now, VideoQuote):
                return [_start_avatar(session, now, line, actor) for line in now.to_make]
            first = now.avatars
            made = [_start_avatar(session, first, line, actor) for line in first.to_make] if first else []
            return [*made, *(_start_video(session, now, line, actor) for line in now.to_make)]
    except IntegrityError as exc:
        raise StaleQuote(STALE) from exc


def _priced_now(
    studio: Studio, session: Session, quote: Quote | VideoQuote, person: str
) -> Quote | VideoQuote:
    """The same plan as it is in this transaction, in the name of who confirms."""
    ids = tuple(line.location_id for line in quote.lines)
    if isinstance(quote, VideoQuote):
        return videos.build(
            studio, session, wish=quote.wish, location_ids=ids, person=person, quote_id=quote.id
        )
    return avatars.build(studio, session, wish=quote.wish, location_ids=ids, person=person, quote_id=quote.id)


def _check(now: Quote | VideoQuote, typed_name: str) -> None:
    if isinstance(now, VideoQuote):
        if not now.to_make:
            raise Refusal("No video can be made for the chosen locations. Nothing was spent.")
        return
    if not now.to_make:
        raise Refusal("There is nothing to do: no chosen location needs this. Nothing was spent.")
    if now.action == "free_slot" and typed_name.strip() != now.to_make[0].group_name:
        raise BadInput(
            "The name does not match, so nothing was deleted. Type the group's name exactly: {name}",
            name=now.to_make[0].group_name,
        )


def _start_avatar(session: Session, quote: Quote, line: avatar_lines.Line, actor: Person) -> Run:
    """Write one line's run and hold its price, inside the transaction that confirms. Raises OverLimit."""
    location = session.get_one(Location, line.location_id)
    run = Run(
        kind=quote.kind,
        location_id=line.location_id,
        quote_id=quote.id,
        actor=actor.name,
        step=line.first_step,
        first_step=line.first_step,
        motion_type=quote.motion_type,
        again=quote.action == "another_motion",
        group_name=line.group_name,
        prices=quote.prices,
    )
    photo_before: dict[str, Any] = {}
    if quote.action in ("another_motion", "free_slot"):
        held = held_avatar(session, quote.wish, location)
        assert held is not None, "a line without its avatar is refused"
        run.avatar_id = avatar_of(held)
        run.group_id = held.heygen_group_id if quote.action == "free_slot" else None
        run.past_id = quote.past_id
    if quote.action == "another_photo":
        past_avatars.retire(session, location, reason="photo", actor=actor.name)
        photo_before, _ = audit.changed(location, image_url=quote.image_url)
        session.add(location)
    session.add(run)
    session.flush()
    ledger.hold(session, run=run, micro=line.micro_credits, actor=actor.name)
    after: dict[str, Any] = {"wish": quote.action, "held": line.micro_credits, "quote_id": quote.id}
    if quote.action == "free_slot":
        events.record(session, run, "Confirmed: the group is deleted in HeyGen", actor=actor.name)
        group = about_run(run) | {"kind": "group", "id": run.group_id}
        audit.note(session, actor, "delete_group", **group)
    else:
        after["motion_type"] = quote.motion_type
        events.record(session, run, "Confirmed: {amount} held", actor=actor.name, amount=line.micro_credits)
    if quote.action == "another_photo":
        after["image_url"] = quote.image_url
    audit.note(session, actor, "confirm", **about_run(run), before=photo_before, after=after)
    return run


def _start_video(session: Session, quote: VideoQuote, line: VideoLine, actor: Person) -> Run:
    run = Run(
        kind="video",
        location_id=line.location_id,
        quote_id=quote.id,
        actor=actor.name,
        step=VIDEO_STEPS[0],
        first_step=VIDEO_STEPS[0],
        group_name=group_name(line.blogger, line.location),
        prices=quote.prices,
    )
    session.add(run)
    session.flush()
    assert run.id is not None
    waits_for = session.exec(
        select(Run.id).where(
            Run.location_id == line.location_id, Run.kind == "avatar", col(Run.state).in_(LIVE_STATES)
        )
    ).first()
    session.add(
        Video(
            run_id=run.id,
            location_id=line.location_id,
            title=line.title,
            # Unique among all videos of the account, also those of another database; first, because HeyGen
            # may cut a long title.
            heygen_title=f"#{run.id}-{quote.id[:6]} {line.title}",
            script=line.script,
            voice_id=line.voice_id,
            voice_name=line.voice_name,
            language=line.language,
            format=line.video_format,
            width=line.width,
            height=line.height,
            expected_ms=line.expected_ms,
            upper_ms=line.upper_ms,
            still=quote.wish.still,
            avatar_run_id=waits_for if line.avatar in ("make", "join") else None,
        )
    )
    ledger.hold(session, run=run, micro=line.video_price, actor=actor.name)
    events.record(session, run, "Confirmed: {amount} held", actor=actor.name, amount=line.video_price)
    audit.note(
        session,
        actor,
        "confirm",
        **about_run(run),
        after={"wish": "video", "held": line.video_price, "quote_id": quote.id, "title": line.title},
    )
    return run
