"""Commands that run until they are stopped: the worker and the sandbox."""

import argparse
import os

from core import config, shutdown
from core.commands import terminal
from core.files import own_folder
from core.journal.due import can_move
from core.runs import queue


def worker(args: argparse.Namespace) -> int:
    """Advance runs until stopped, or until none can move without a person.

    Raises Damaged, once the database cannot be read.
    """
    terminal.print_run_lines()
    with terminal.opened() as studio:
        jobs = queue.of(studio)
        shutdown.on_signal(jobs.stop)
        # WORKERS=0 keeps the dashboard from working beside this command, not the command itself.
        jobs.start(studio.settings.workers or 1)
        while jobs.damaged is None and not studio.stopping.wait(0.2):
            if args.until_idle:
                with studio.db.read() as session:
                    if not can_move(session):
                        break
        jobs.stop()
        studio.wait_for_answers()
    if jobs.damaged is not None:
        raise jobs.damaged
    return 0


def sandbox(args: argparse.Namespace) -> int:
    """Serve the sandbox on loopback until stopped; its rows stand in DATA_DIR."""
    from core.sandbox.server import serve

    # Another dialect may have another place for its data.
    chosen = {"HEYGEN_DIALECT": args.dialect} if args.dialect else {}
    settings = config.load({**os.environ, **chosen})
    own_folder(settings.data_dir)
    serve(settings.data_dir, args.port, args.speed, settings.dialect)
    return 0
