"""What `python -m core` does. Every function returns the exit code; bad input raises a StudioError."""

import argparse
import sys

from core.account import balance
from core.amounts import amount, credits_text
from core.commands import terminal
from core.errors import BadInput
from core.heygen import motions
from core.people.roles import LOCAL_ADMIN
from core.quotes import avatars
from core.quotes.avatars import Quote
from core.reports import locations
from core.reports.locations import LocationFilter
from core.runs import confirm
from core.studio import Studio


def provision(args: argparse.Namespace) -> int:
    """Quote, ask, confirm and wait; 0 only if all succeeded."""
    motions.check_motion_type(args.motion)
    with terminal.opened(dry_run=args.dry_run) as studio:
        _quote(studio, args)  # What cannot be made is refused before HeyGen is asked for its balance.
        balance.refresh(studio)
        quote = _quote(studio, args)
        print_quote(quote)
        if quote.problems or (quote.refused and not quote.to_make):
            return 2
        if args.dry_run or not quote.to_make:
            return 0
        terminal.check_photos(studio, quote)
        if not args.yes and not terminal.yes(
            f"Spend {amount(quote.total)} on avatars: {len(quote.to_make)}?"
        ):
            print("Nothing was spent.")
            return 1
        return _carry_out(studio, quote)


def _quote(studio: Studio, args: argparse.Namespace) -> Quote:
    if args.all:
        ids = locations.location_ids(studio.db, LocationFilter())
        if not ids:
            raise BadInput("There are no locations yet. Import some first: python -m core import FILE.")
    else:
        ids = args.location
    quote = avatars.quote(studio, location_ids=ids, motion_type=args.motion, person=LOCAL_ADMIN.name)
    if args.location:
        for line in quote.refused:
            assert line.problem is not None
            raise terminal.refusal(line.location_id, line.group_name, line.problem.text)
    return quote


def print_quote(quote: Quote) -> None:
    """The quote as a person reads it on a terminal."""
    engine = motions.MOTION_TYPES[quote.motion_type]
    print(f"Quote for {engine} ({quote.motion_type}): avatars to make: {len(quote.to_make)}")
    for line in quote.lines:
        if line.action == "make":
            says = amount(line.micro_credits)
            says += ", group already there" if line.first_step == "motion" else ""
        elif line.action == "skip":
            says = "skipped: has its avatar already, nothing to pay"
        else:
            says = f"refused: {line.problem.text if line.problem else ''}"
        print(f"  {line.location_id:>5}  {line.group_name}: {says}")
    if quote.motion_with_video and quote.to_make:
        print("The motion is applied when the video is made: it costs nothing here")
    available, after = credits_text(quote.available), credits_text(quote.balance_after)
    print(f"Total {amount(quote.total)}; available {available}, after it {after}")
    limit = "no limit" if quote.group_limit is None else f"the plan allows {quote.group_limit}"
    print(f"Groups {quote.groups_used}, after it {quote.groups_after}; {limit}")
    for warning in quote.warnings:
        print(warning.text)
    for problem in quote.problems:
        print(f"Cannot be confirmed: {problem.text} Nothing was spent.", file=sys.stderr)


def _carry_out(studio: Studio, quote: Quote) -> int:
    terminal.stop_on_signal(studio)
    confirmed = confirm.confirm(studio, quote, actor=LOCAL_ADMIN)
    ended = terminal.drive(studio, [run.id for run in confirmed])
    for run in ended:
        print(terminal.summary(run))
    terminal.print_balances(studio.db)
    done = all(run.state == "done" for run in ended)
    return 0 if done and not quote.refused else 1
