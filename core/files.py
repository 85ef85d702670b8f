"""Writing a file so that it is there as a whole or not at all, and so that nobody else reads it."""

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR, S_ISREG

log = logging.getLogger("studio")


def own_folder(folder: Path) -> None:
    """Make `folder`, and keep other users of this machine out of it and of all that this process writes.

    What is there already is narrowed as well, at every depth; symbolic links inside are not followed. What
    is somebody else's, or on a disk that knows no modes, stays, and the log says so once. Raises OSError.
    """
    # One place for what SQLite, Huey and the rest write: files get 0600 and folders 0700.
    os.umask(0o077)
    folder.mkdir(parents=True, exist_ok=True)
    wide: list[str] = []
    for path, mode in _inside(folder):
        if mode & 0o077:
            try:
                os.chmod(path, mode & 0o700)
            except FileNotFoundError:
                # SQLite's own files come and go while another process works.
                continue
            except OSError:
                wide.append(path)
    if wide:
        log.warning(
            "in %s %s files or folders stay open to other users of this machine: they are somebody else's, "
            "or their disk knows no modes; for example %s",
            *(folder, len(wide), wide[0]),
        )


def _inside(folder: Path) -> Iterator[tuple[str, int]]:
    """`folder`, its folders and its files with their modes; a folder comes before it is looked into."""
    found = [(str(folder), os.stat(folder).st_mode)]
    while found:
        path, mode = found.pop()
        yield path, mode
        if S_ISDIR(mode):
            # What cannot be listed is somebody else's, or has just gone.
            with suppress(FileNotFoundError, PermissionError), os.scandir(path) as entries:
                for entry in entries:
                    with suppress(FileNotFoundError):
                        mode = entry.stat(follow_symlinks=False).st_mode
                        if S_ISDIR(mode) or S_ISREG(mode):
                            found.append((entry.path, mode))


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
