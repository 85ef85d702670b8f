"""Writing a file so that it is there as a whole or not at all, and so that nobody else reads it."""

import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path

log = logging.getLogger("studio")


def own_folder(folder: Path) -> None:
    """Make `folder`, and keep other users of this machine out of it and of all that this process writes.

    Raises OSError. Where the folder is somebody else's, its mode stays and the log says so.
    """
    # One place for what SQLite, Huey and the rest write: files get 0600 and folders 0700.
    os.umask(0o077)
    folder.mkdir(parents=True, exist_ok=True)
    for path, mode in ((folder, 0o700), *((file, 0o600) for file in folder.glob("*.db*"))):
        try:
            if path.stat().st_mode & 0o077:
                path.chmod(mode)
        except FileNotFoundError:
            # SQLite's own files come and go while another process works.
            continue
        except PermissionError:
            log.warning("%s can be read by other users of this machine", path)


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` at `path` in one move, on the disk before it has its name. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            # Rows of the database name such files: one must outlive a power cut as the other does.
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary)
        raise
