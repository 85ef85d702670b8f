"""python -m core: the Studio's commands.

Exit code 0: all succeeded; 1: some did not; 2: bad input, nothing changed; 130: interrupted
before the work was done.
"""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from core import console
from core.config import DIALECTS
from core.errors import StudioError


def parser() -> argparse.ArgumentParser:
    main = argparse.ArgumentParser(prog="python -m core", description="Photo Avatar Studio: commands.")
    sub = main.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, act: str, says: str) -> argparse.ArgumentParser:
        """`act` is the module in core.commands and its function; only the chosen one is imported."""
        made = sub.add_parser(name, help=says, description=says)
        made.set_defaults(act=act)
        return made

    c = command("import", "data.import_file", "Import bloggers and locations; a verdict for every row.")
    c.add_argument("file", type=Path, metavar="FILE", help="JSON in the brief's shape, CSV or XLSX")
    c.add_argument(
        "--reset-avatars",
        action="store_true",
        help="ignore the file's avatar ids: new locations start at 00000, saved ids stay",
    )
    c = command("export", "data.export_file", "Export in the same shape, to FILE or to the screen.")
    c.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="*.csv writes CSV, also for Excel; else JSON"
    )
    c = command("bring", "data.bring", "Bring bloggers and locations over from v1 and v2 to v3.")
    c.add_argument("folder", type=Path, metavar="FOLDER", help="their data, for example data/live")
    c = command("provision", "provision.provision", "Price, confirm and make photo avatars with motion.")
    which = c.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true", help="every location that has no avatar yet")
    which.add_argument("--location", type=int, nargs="+", metavar="ID", help="these locations")
    c.add_argument("--motion", required=True, metavar="TYPE", help="for example veo2")
    c.add_argument("--dry-run", action="store_true", help="print the quote and change nothing")
    c.add_argument("--yes", action="store_true", help="do not ask")
    c = command("video", "video.video", "Price, confirm and make a video at each of these locations.")
    c.add_argument("--location", type=int, nargs="+", metavar="ID", required=True, help="these locations")
    c.add_argument(
        "--script", required=True, metavar="TEXT", help="what is said, or - to read it from standard input"
    )
    c.add_argument("--voice", default="", metavar="ID", help="see: python -m core voices")
    c.add_argument("--title", default="", metavar="TEXT", help="default: how the script begins")
    c.add_argument("--format", default="", metavar="FORMAT", help="16:9, 9:16 or 1:1")
    c.add_argument("--resolution", default="720p", metavar="SIZE", help="default 720p")
    c.add_argument("--motion", default="veo2", metavar="TYPE", help="for avatars made first; default veo2")
    c.add_argument("--still", action="store_true", help="where the motion failed, take the still look")
    c.add_argument("--dry-run", action="store_true", help="print the quote and change nothing")
    c.add_argument("--yes", action="store_true", help="do not ask")
    c = command("voices", "video.list_voices", "List HeyGen's voices with their ids.")
    c.add_argument("--language", default="", metavar="NAME", help="only this language, for example English")
    c = command("worker", "serve.worker", "Advance runs until stopped.")
    c.add_argument("--until-idle", action="store_true", help="end when no run can move without a person")
    c = command("sandbox", "serve.sandbox", "Run the sandbox by itself.")
    c.add_argument("--port", type=int, default=0, metavar="N", help="default: any free port")
    c.add_argument(
        "--speed", type=float, default=1.0, metavar="X", help="times faster than HeyGen; default 1"
    )
    c.add_argument("--dialect", choices=DIALECTS, help="what it speaks; default HEYGEN_DIALECT, or workflow")
    command("check", "connection.check", "Say what works with this key and dialect; reads only.")
    says = "Let the data go on with a rotated key of the same HeyGen account."
    c = command("rekey", "connection.rekey", says)
    c.add_argument("--yes", action="store_true", help="do not ask")
    c.add_argument("--force", action="store_true", help="also where it seems to be another account's key")
    c = command("backup", "data.backup_file", "Copy the database to FILE.")
    c.add_argument("file", type=Path, metavar="FILE")
    c = command("restore", "data.restore_file", "Put a backup in the place of the database.")
    c.add_argument("file", type=Path, metavar="FILE")
    says = "Let somebody in: prints a link that is good once."
    c = command("invite", "people.invite", says)
    c.add_argument("email", metavar="E-MAIL")
    c.add_argument("--role", required=True, metavar="ROLE", help="viewer, operator or administrator")
    c = command("link", "people.link", "Print the address that opens the dashboard.")
    c.add_argument("--port", type=int, metavar="N", help="where this machine's port is forwarded to")
    return main


def main(arguments: list[str] | None = None) -> int:
    console.take_over()
    try:
        chosen = parser().parse_args(arguments)
        module, act = chosen.act.split(".")
        code = getattr(import_module(f"core.commands.{module}"), act)(chosen)
        console.work_is_done()
        return code
    except StudioError as error:
        print(console.one_line(error.user_message), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "Stopped before the work was done. Nothing was spent. Start the command again.", file=sys.stderr
        )
        return 130


if __name__ == "__main__":
    sys.exit(main())
