"""What commands have in common: the Studio, questions, a run's lines, and the wait for runs to end."""

import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from core import config, console, shutdown
from core.amounts import credits_text
from core.bloggers.editing import group_name
from core.database.copies import copied
from core.database.engine import Database
from core.database.tables.runs import Run
from core.errors import BadInput
from core.journal import notifications
from core.journal.progress import failure_text
from core.money.ledger import balances
from core.photos import address, check
from core.quotes.avatars import Quote
from core.reports import locations
from core.reports.locations import LocationFilter
from core.runs import drive as driving
from core.studio import Studio, open_studio

REFUSED = "Location {id}, {name}: {why}"
NOTHING_SPENT = "Nothing was spent."
GOES_ON = (
    "Stopped. Nothing is lost: the next worker goes on (streamlit run app.py, or python -m core worker)."
)
PAUSED = (
    "paused, because HeyGen says that its balance is used up. Nothing was spent on it. Top it up in HeyGen; "
    "run {run} goes on when HeyGen shows more, or by the button Resume now on any page."
)
#: How long the last news of runs may take to leave when a command ends.
LAST_NEWS = 3.0


@contextmanager
def opened(*, dry_run: bool = False) -> Iterator[Studio]:
    """The Studio of one command; with `dry_run` one over a copy of its data, of which nothing is kept."""
    with ExitStack() as stack:
        studio = open_studio(stack.enter_context(copied(config.load())) if dry_run else None)
        try:
            yield studio
        finally:
            if not studio.stopping.is_set():
                notifications.wait(LAST_NEWS)
            studio.close()


def yes(question: str) -> bool:
    """Ask; anything but yes is no."""
    try:
        said = input(f"{question} [y/N] ")
    except (EOFError, KeyboardInterrupt):
        print()
        return False
    return said.strip().casefold() in ("y", "yes", "д", "да")


def refusal(location_id: int, name: str, why: str) -> BadInput:
    """Why this location stops the whole command."""
    return BadInput(REFUSED, id=location_id, name=name, why=_with_comfort(why))


def _with_comfort(reason: str) -> str:
    return reason if NOTHING_SPENT in reason else f"{reason} {NOTHING_SPENT}"


def check_photos(studio: Studio, quote: Quote) -> None:
    """Every photo is checked before anything is held. Raises BadInput for the first bad one."""
    with_photo = tuple(line.location_id for line in quote.to_make if line.first_step == "photo")
    for row in locations.locations(studio.db, LocationFilter(), ids=with_photo).to_dict("records"):
        try:
            check.check_photo(row["image_url"], studio.settings)
        except address.PhotoRefused as error:
            name = group_name(row["blogger"], row["location"])
            raise refusal(row["id"], name, error.user_message) from error


def drive(studio: Studio, run_ids: Iterable[int | None]) -> list[Run]:
    """Advance the runs until they rest and print their lines; how they stand then.

    Call it in the main thread, after `stop_on_signal`.
    """
    ended = driving.drive(studio, run_ids)
    if studio.stopping.is_set():
        print(GOES_ON, file=sys.stderr)
    return ended


def stop_on_signal(studio: Studio) -> None:
    """From now on a signal lets no creating call start, and runs' lines are printed."""
    print_run_lines()
    shutdown.on_signal(studio.stopping.set)


def summary(run: Run) -> str:
    """How the run stands, in one line."""
    if run.state == "failed":
        return console.one_line(f"{run.group_name}: failed. {failure_text(run)}")
    if run.state == "unknown":
        return f"{run.group_name}: outcome unknown; answer it on the page Activity (run {run.id})"
    if run.state == "paused":
        return f"{run.group_name}: {PAUSED.format(run=run.id)}"
    return f"{run.group_name}: {run.state}"


def print_balances(db: Database) -> None:
    with db.read() as session:
        money = balances(session)
    available, held, spent = map(credits_text, (money.available, money.held, money.spent))
    print(f"Available {available}, held {held}, spent {spent}")


class _RunLines(logging.StreamHandler):
    """A run's lines word for word, under the name of what they are about whenever that changes."""

    about = ""

    def format(self, record: logging.LogRecord) -> str:
        about = str(getattr(record, "group_name", ""))
        heading = f"{about}\n" if about != self.about else ""
        self.about = about
        return heading + console.one_line(record.getMessage())


def print_run_lines() -> None:
    """From now on what happens in runs is printed."""
    handler = _RunLines(sys.stdout)
    logger = logging.getLogger("studio.runs")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
