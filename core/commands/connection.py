"""What `python -m core check` and `rekey` do: the key and what HeyGen says with it."""

import argparse

from core import config, console
from core.account import balance, connection
from core.account.connection import ASIDE, BAD, GOOD, LOOK
from core.commands import terminal
from core.errors import fill
from core.heygen.errors import HeyGenError
from core.people.roles import LOCAL_ADMIN

_MARKS = {GOOD: "ok", LOOK: "look", BAD: "BAD", ASIDE: "-"}


def check(args: argparse.Namespace) -> int:
    """Key, dialects, balance and limits, with free reads only; 1 when something does not work."""
    with terminal.opened() as studio:
        settings = studio.settings
        where = "the embedded sandbox" if studio.sandbox else settings.api_base
        print(f"World:    {settings.world} ({where}), data in {settings.data_dir}")
        print(f"Dialect:  {settings.dialect}")
        try:
            answer = connection.examine(studio)
        except HeyGenError as error:
            print(console.one_line(f"HeyGen:   does not work. {error.user_message}"))
            return 1
        facts = connection.facts(answer, balance.money(studio.db))
        for fact in facts:
            about = f"{fact.dialect}: " if fact.dialect else ""
            print(console.one_line(f"{_MARKS[fact.state]:<5} {about}{fill(fact.template, fact.values)}"))
        with studio.db.read() as session:
            reading = balance.latest(session)
        told = connection.ending(studio, reading.notice if reading else {})
        if told:
            print(fill(*told))
    return 1 if any(fact.state == BAD for fact in facts) else 0


def rekey(args: argparse.Namespace) -> int:
    """Let the data go on with a rotated key of the same account."""
    if not args.yes and not terminal.yes("Is the new key of the same HeyGen account as the old one?"):
        print("Nothing was changed.")
        return 1
    connection.take_key(config.load(), force=args.force, actor=LOCAL_ADMIN)
    print("The data now belongs to the new key.")
    return 0
