"""Commands that bring data in and out: import, export, bring, backup.

What only reads the rows opens nothing else: neither HeyGen nor the sandbox that stands for it.
"""

import argparse
import json
import sys
from contextlib import closing

from core import config, console
from core.bloggers.editing import group_name
from core.bloggers.exchange.applying import apply_import
from core.bloggers.exchange.export import export_csv, export_json
from core.bloggers.exchange.planning import plan_import
from core.bloggers.exchange.reading import read_import
from core.bloggers.exchange.rows import MAX_BYTES
from core.database.engine import open_database
from core.errors import BadInput, StorageFailed
from core.names import visible
from core.people import backups
from core.people.roles import LOCAL_ADMIN

#: Tables that an export does not write: JSON under their names would not open.
OTHER_TABLES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".numbers", ".tsv", ".tab")


def import_file(args: argparse.Namespace) -> int:
    """Import FILE and print a verdict for every row; 1 when some rows were refused, 2 when all were."""
    from core.commands import terminal

    try:
        with args.file.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as exc:
        raise BadInput(
            "{path} cannot be read ({reason}). Nothing was changed.", path=str(args.file), reason=exc.strerror
        ) from exc
    file = read_import(data, args.file.name)
    for told in file.remarks:
        print(console.one_line(told.text))
    if not file.rows:
        print("The file has no rows. Nothing was changed.")
    with terminal.opened() as studio:
        plan = plan_import(studio.db, file, reset_avatars=args.reset_avatars)
        result = apply_import(studio.db, plan, actor=LOCAL_ADMIN)
        console.work_is_done()
    for row in result.rows:
        name = row.blogger if row.location is None else group_name(row.blogger, row.location)
        remark = f": {row.remark}" if row.remark else ""
        print(console.one_line(f"{row.number:>5}  {row.verdict:<8} {name}{remark}"))
    print(", ".join(f"{count} {verdict}" for verdict, count in result.counts.items()))
    if not result.counts["refused"]:
        return 0
    return 1 if result.counts["new"] or result.counts["changed"] else 2


def export_file(args: argparse.Namespace) -> int:
    """Write all bloggers to FILE or to standard output."""
    ending = "" if args.file is None else args.file.suffix.lower()
    if args.file is not None and ending in OTHER_TABLES:
        raise BadInput(
            "An export is JSON or CSV, not {ending}. Nothing was written. Call it {name}: Excel opens that.",
            ending=ending,
            name=args.file.with_suffix(".csv").name,
        )
    with closing(open_database(config.load())) as db:
        text = export_csv(db) if ending == ".csv" else export_json(db)
    try:
        if args.file is not None:
            # Without a mark at its beginning Excel takes CSV for another encoding.
            args.file.write_bytes(text.encode("utf-8-sig" if ending == ".csv" else "utf-8"))
        else:
            print(_for_any_console(text))
            console.check()
    except OSError as exc:
        raise StorageFailed(
            "{path} cannot be written ({reason}).",
            path=str(args.file or "The export"),
            reason=exc.strerror or str(exc),
        ) from exc
    return 0


def _for_any_console(text: str) -> str:
    """The same JSON with \\u escapes where the console has no such letter, or where it would obey it."""
    encoding = sys.stdout.encoding or "ascii"

    def is_safe(sign: str) -> bool:
        return sign == "\n" or (visible(sign, marks=True) == sign and sign.encode(encoding, "ignore") != b"")

    unsafe = {sign: json.dumps(sign)[1:-1] for sign in set(text) if not is_safe(sign)}
    return text.translate(str.maketrans(unsafe))


def bring(args: argparse.Namespace) -> int:
    """Bring bloggers and locations over from FOLDER's data of v1 and v2; 1 when some stay behind."""
    from core.bloggers.exchange import bring_over
    from core.commands import terminal

    with terminal.opened() as studio:
        found = bring_over.bring(studio, args.folder, actor=LOCAL_ADMIN)
        console.work_is_done()
        again = "" if bring_over.keeps_avatars(studio) else "; their avatars are made anew in this sandbox"
    print(
        f"{found.brought} brought over{again}, {found.known} here already, {found.refused} refused, "
        f"{found.left} left there with a run that is not over"
    )
    return 1 if found.refused or found.left else 0


def restore_file(args: argparse.Namespace) -> int:
    """Put a backup in the place of the database."""
    settings = config.load()
    found = backups.restore(settings, args.file, actor=LOCAL_ADMIN)
    print(f"{settings.data_dir}: as it was at {found.made_at:%Y-%m-%d %H:%M:%S} UTC")
    if found.kept is not None:
        print(f"What was there is kept as {found.kept}")
    print(
        f"Runs that go on: {found.live_runs}. They look at HeyGen before anything is paid again; what HeyGen "
        "took since the backup shows as one difference under Credits, and avatars made since under "
        "Locations, Found in HeyGen."
    )
    print("Everybody signs in anew. Members are those of the backup: look through the list.")
    return 0


def backup_file(args: argparse.Namespace) -> int:
    """Copy the database to FILE."""
    with closing(open_database(config.load())) as db:
        size = backups.write(db, args.file, actor=LOCAL_ADMIN)
    print(f"{args.file}: {size:,} bytes".replace(",", " "))
    return 0
