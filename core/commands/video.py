"""`python -m core video` and `python -m core voices`: a video from the command line, and who can speak it."""

import argparse
import sys

from sqlmodel import col, select

from core import console
from core.account import balance
from core.amounts import amount, credits_text
from core.bloggers.editing import group_name
from core.commands import terminal
from core.database.engine import Database
from core.database.tables.runs import Run
from core.database.tables.videos import Video
from core.errors import BadInput
from core.money.ledger import spent_by
from core.people.roles import LOCAL_ADMIN
from core.quotes import videos
from core.quotes.video_lines import VideoLine, VideoWish
from core.quotes.videos import VideoQuote
from core.runs import archive, confirm
from core.studio import Studio
from core.videos import script, voices

#: More than any script may have, so that a whole disk on standard input is not read first.
MOST_INPUT = 1_000_000
AVATARS = {
    "join": "; its avatar is being made already",
    "still": "; from the still look",
}
HOW_TO_CHOOSE = "Add --voice ID; python -m core voices lists them."


def video(args: argparse.Namespace) -> int:
    """Quote, ask, confirm and wait for a video at each location; 0 only if all succeeded."""
    wish = VideoWish(
        script=_script(args),
        title=_text(args.title),
        voice_id=args.voice,
        video_format=args.format,
        resolution=args.resolution,
        motion_type=args.motion,
        still=args.still,
    )
    with terminal.opened(dry_run=args.dry_run) as studio:
        voices.refresh_if_old(studio)
        _quote(studio, args.location, wish)  # What cannot be made is refused before the balance is asked.
        balance.refresh(studio)
        quote = _quote(studio, args.location, wish)
        print_quote(quote)
        _warn(wish)
        if not quote.can_confirm:
            return 2
        if args.dry_run:
            return 0
        if quote.avatars is not None:
            terminal.check_photos(studio, quote.avatars)
        question = f"Spend at most {amount(quote.total)} on videos: {len(quote.to_make)}?"
        if not args.yes and not terminal.yes(question):
            print(terminal.NOTHING_SPENT)
            return 1
        return _carry_out(studio, quote)


def _script(args: argparse.Namespace) -> str:
    if args.script != "-":
        return _text(args.script)
    if not args.yes and not args.dry_run:
        raise BadInput(
            "With --script - nobody can be asked. Nothing was spent. Add --yes, or --dry-run for the price."
        )
    return _text(sys.stdin.buffer.read(MOST_INPUT).decode("utf-8", "surrogateescape"))


def _text(given: str) -> str:
    """What was typed. Raises BadInput where it is no text: the terminal's bytes were not UTF-8."""
    if any("\ud800" <= sign <= "\udfff" for sign in given):
        raise BadInput("The script or the title is not UTF-8 text. Nothing was spent.")
    return given


def _quote(studio: Studio, location_ids: list[int], wish: VideoWish) -> VideoQuote:
    quote = videos.quote(studio, location_ids=location_ids, wish=wish, person=LOCAL_ADMIN.name)
    for line in quote.refused:
        assert line.problem is not None
        without_voice = line.problem.code in ("no_voice", "lost_voice")
        why = f"{line.problem.text} {HOW_TO_CHOOSE}" if without_voice else line.problem.text
        raise terminal.refusal(line.location_id, group_name(line.blogger, line.location), why)
    return quote


def print_quote(quote: VideoQuote) -> None:
    """The quote as a person reads it on a terminal."""
    print(f"Quote: videos to make: {len(quote.to_make)}")
    for line in quote.lines:
        name = group_name(line.blogger, line.location)
        print(console.one_line(f"  {line.location_id:>5}  {name}: {_line_says(line)}"))
    print(f"Seconds of video: {_seconds(quote.expected_ms)} expected, at most {_seconds(quote.upper_ms)}")
    print(f"Avatars to make first: {len(quote.avatars.to_make) if quote.avatars else 0}")
    available, after = credits_text(quote.available), credits_text(quote.balance_after)
    print(f"Held at most {amount(quote.total)}; available {available}, after it {after}")
    if quote.free_seconds:
        print(
            f"The plan includes {quote.free_seconds} s a month, {quote.free_seconds_left} s of it are left; "
            "HeyGen may take nothing for them, but they are counted here from the first second"
        )
    for warning in quote.warnings:
        print(warning.text)
    for problem in quote.problems:
        print(f"Cannot be confirmed: {problem.text} {terminal.NOTHING_SPENT}", file=sys.stderr)


def _warn(wish: VideoWish) -> None:
    """What of script and title will not be what it looks like; the page Videos says the same."""
    if literal := script.no_placeholders(f"{wish.script}\n{wish.title}"):
        names = ", ".join(literal)
        print(f"No placeholder: {names}. Only {{blogger}} and {{location}} are replaced by names")
    if tags := script.no_pauses(wish.script):
        print(console.one_line(f"No pause: {', '.join(tags)}. A pause is written {script.PAUSE}"))


def _line_says(line: VideoLine) -> str:
    picture = f"{line.video_format} at {line.width} x {line.height}"
    if line.avatar == "make":
        avatar = f"; its avatar is made first: {amount(line.avatar_price)}"
    else:
        avatar = AVATARS.get(line.avatar, "")
    seconds = f"about {_seconds(line.expected_ms)} s, at most {_seconds(line.upper_ms)} s"
    return f"{seconds} and {amount(line.video_price)}; {line.voice_name}, {picture}{avatar}"


def _seconds(milliseconds: int) -> int:
    return -(-milliseconds // 1000)


def _carry_out(studio: Studio, quote: VideoQuote) -> int:
    terminal.stop_on_signal(studio)
    confirmed = [run.id for run in confirm.confirm(studio, quote, actor=LOCAL_ADMIN)]
    ended = terminal.drive(studio, [*confirmed, *_joined(studio.db, confirmed)])
    mine = [run for run in ended if run.id in confirmed]
    for run in mine:
        print(_film(studio, run) if run.kind == "video" else f"Avatar of {terminal.summary(run)}")
    terminal.print_balances(studio.db)
    return 0 if all(run.state == "done" for run in mine) else 1


def _joined(db: Database, run_ids: list[int | None]) -> list[int]:
    """Avatar runs of others that these videos wait for: no worker may be there to advance them."""
    with db.read() as session:
        found = session.exec(
            select(Video.avatar_run_id).where(
                col(Video.run_id).in_(run_ids),
                col(Video.avatar_run_id).is_not(None),
                col(Video.avatar_run_id).not_in(run_ids),
            )
        )
        return [run_id for run_id in found if run_id is not None]


def _film(studio: Studio, run: Run) -> str:
    """What became of a video: its file, its length and what it cost."""
    with studio.db.read() as session:
        made = session.exec(select(Video).where(Video.run_id == run.id)).one()
        spent = amount(spent_by(session, [run.id or 0]))
    if run.state != "done":
        return f"{terminal.summary(run)} Spent: {spent}"
    path = (archive.folder_of(studio) / made.file).resolve()
    seconds = (made.duration_ms or 0) / 1000
    return f"{run.group_name}: {path}, {seconds:.1f} s, spent {spent}"


def list_voices(args: argparse.Namespace) -> int:
    """Print id, language, gender and name of each voice, the last used first."""
    with terminal.opened() as studio:
        voices.refresh_if_old(studio)
        known = voices.languages(studio.db)
        wanted = next((one for one in known if one.casefold() == args.language.casefold()), "")
        if args.language and not wanted:
            raise BadInput(
                "No voice speaks “{language}”. Nothing was changed. Choose one of: {known}.",
                language=args.language,
                known=", ".join(known),
            )
        for voice in voices.voices(studio.db, language=wanted).to_dict("records"):
            line = "{voice_id}  {language:<12} {gender:<8} {name}".format(**voice)
            print(console.one_line(line))
    return 0
