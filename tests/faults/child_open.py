"""A starter: opens the database of each directory named on stdin, as the app does at its start.

Answers "ok" or "refused: <sentence>" on one line each. With --once DIR it opens one directory and exits
with 2 and the sentence on stderr when it is refused.
"""

import sys
from pathlib import Path

from core.config import Settings
from core.db import open_database
from core.errors import StudioError


def opened(data_dir: str) -> str:
    """"ok", or the sentence that says why not."""
    try:
        open_database(Settings(data_dir=Path(data_dir))).close()
    except StudioError as error:
        return error.user_message
    return "ok"


if sys.argv[1:2] == ["--once"]:
    sentence = opened(sys.argv[2])
    if sentence != "ok":
        sys.exit_message = sentence
else:
    print("ready", flush=True)
    for line in sys.stdin:
        print(opened(line.strip()), flush=True)
