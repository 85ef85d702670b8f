"""A process that starts, as far as its database: it opens DATA_DIR, whatever the environment says of it.

`child_open` exits with 0, or with 2 and the sentence on stderr. `child_open --each` says "ready", then opens
every directory named on stdin and answers a line for each.
"""

import sys
from dataclasses import replace
from pathlib import Path

from core import config
from core.database.engine import open_database
from core.errors import StudioError


def main() -> int:
    settings = config.load(env_file=None)
    if "--each" not in sys.argv:
        open_database(settings).close()
        return 0
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            open_database(replace(settings, data_dir=Path(line.strip()))).close()
            print("opened", flush=True)
        except StudioError as error:
            print(error.user_message, flush=True)
    return 0


try:
    sys.exit(main())
except StudioError as error:
    print(error.user_message, file=sys.stderr)
    sys.exit(2)
