"""What `python -m core` does. Every function returns the exit code; bad input raises a StudioError."""

import argparse
import os
import sys

from core import config, shutdown
from core.account import balance
from core.amounts import amount, credits_text
from core.bloggers.editing import group_name
from core.bloggers.exchange import bring_over
from core.bloggers.exchange.applying import apply_import
from core.bloggers.exchange.export import export_csv, export_json
from core.bloggers.exchange.planning import plan_import
from core.bloggers.exchange.reading import read_import
from core.bloggers.exchange.rows import MAX_BYTES
from core.commands import terminal
from core.database.backup import backup
from core.errors import BadInput, StorageFailed
from core.heygen import motions
from core.journal.due import can_move
from core.members import require
from core.quotes import avatars
from core.quotes.avatars import Quote
from core.reports import locations
from core.reports.locations import LocationFilter
from core.runs import confirm
from core.runs import queue as jobs
from core.studio import Studio


def import_file(args: argparse.Namespace) -> int:
    """Import FILE and print a verdict for every row; 1 when some rows were refused, 2 when all were."""
    try:
        with args.file.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as exc:
        raise BadInput(
            "{path} cannot be read ({reason}). Nothing was changed.", path=str(args.file), reason=exc.strerror
        ) from exc
    rows = read_import(data, args.file.name)
    with terminal.opened() as studio:
        plan = plan_import(studio.db, rows, reset_avatars=args.reset_avatars)
        result = apply_import(studio.db, plan, actor=require("edit"))
    for row in result.rows:
        name = row.blogger if row.location is None else group_name(row.blogger, row.location)
        remark = f": {row.remark}" if row.remark else ""
        print(terminal.printable(f"{row.number:>5}  {row.verdict:<8} {name}{remark}"))
    print(", ".join(f"{count} {verdict}" for verdict, count in result.counts.items()))
    if not result.counts["refused"]:
        return 0
    return 1 if result.counts["new"] or result.counts["changed"] else 2


def export_file(args: argparse.Namespace) -> int:
    """Write all bloggers to FILE or to standard output."""
    with terminal.opened() as studio:
        as_csv = args.file is not None and args.file.suffix.lower() == ".csv"
        text = export_csv(studio.db) if as_csv else export_json(studio.db)
    if args.file is None:
        print(text)
        return 0
    try:
        args.file.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise StorageFailed(
            "{path} cannot be written ({reason}).", path=str(args.file), reason=exc.strerror
        ) from exc
    return 0


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
    quote = avatars.quote(studio, location_ids=ids, motion_type=args.motion)
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
    confirmed = confirm.confirm(studio, quote, actor=require("spend"))
    ended = terminal.drive(studio, [run.id for run in confirmed])
    for run in ended:
        print(terminal.summary(run))
    terminal.print_balances(studio)
    done = all(run.state == "done" for run in ended)
    return 0 if done and not quote.refused else 1


def bring(args: argparse.Namespace) -> int:
    """Bring bloggers and locations over from FOLDER's data of v1 and v2; 1 when some stay behind."""
    with terminal.opened() as studio:
        found = bring_over.bring(studio, args.folder, actor=require("edit"))
        again = "" if bring_over.keeps_avatars(studio) else "; their avatars are made anew in this sandbox"
    print(
        f"{found.brought} brought over{again}, {found.known} here already, {found.refused} refused, "
        f"{found.left} left there with a run that is not over"
    )
    return 1 if found.refused or found.left else 0


def worker(args: argparse.Namespace) -> int:
    """Advance runs until stopped, or until none can move without a person."""
    terminal.print_run_lines()
    with terminal.opened() as studio:
        queue = jobs.of(studio)
        shutdown.on_signal(queue.stop)
        # WORKERS=0 keeps the dashboard from working beside this command, not the command itself.
        queue.start(studio.settings.workers or 1)
        while not studio.stopping.wait(0.2):
            if args.until_idle:
                with studio.db.read() as session:
                    if not can_move(session):
                        break
        queue.stop()
        studio.wait_for_answers()
    return 0


def sandbox(args: argparse.Namespace) -> int:
    """Serve the sandbox on loopback until stopped; its rows stand in DATA_DIR."""
    from core.sandbox.server import serve

    # Another dialect may have another place for its data.
    chosen = {"HEYGEN_DIALECT": args.dialect} if args.dialect else {}
    settings = config.load({**os.environ, **chosen})
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    serve(settings.data_dir, args.port, args.speed, settings.dialect)
    return 0


def backup_file(args: argparse.Namespace) -> int:
    """Copy the database to FILE."""
    with terminal.opened() as studio:
        size = backup(studio.db, args.file)
    print(f"{args.file}: {size:,} bytes".replace(",", " "))
    return 0
