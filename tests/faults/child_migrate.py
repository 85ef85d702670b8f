"""`child_migrate STATEMENT`: opens DATA_DIR and dies with SIGKILL after that statement.

Statements that change tables or rows are counted from 1. Exits with 0 if there were fewer.
"""

import os
import signal
import sys

from sqlalchemy import Engine, event

from core import config
from core.database.engine import open_database
from tests.databases import is_change

last = int(sys.argv[1])
changes = 0


@event.listens_for(Engine, "after_cursor_execute")
def die_after_the_last(_connection, _cursor, statement: str, *_rest: object) -> None:
    global changes
    if is_change(statement):
        changes += 1
        if changes == last:
            os.kill(os.getpid(), signal.SIGKILL)


open_database(config.load(env_file=None)).close()
