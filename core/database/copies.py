"""A copy of a Studio's data to work on: whatever is done there, the data themselves stay as they are."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from core.config import Settings
from core.database.backup import copy
from core.errors import StorageFailed, StudioError

#: The Studio's rows and, where there is no key, those of the sandbox that stands for HeyGen.
DATABASES = ("studio.db", "sandbox.db")
UPLOADS = "uploads"


@contextmanager
def copied(settings: Settings) -> Iterator[Settings]:
    """The same settings over a copy of their databases that is thrown away at the end.

    Nothing in the data directory changes, not even its locks, and one that is not there is not made.
    Uploaded photos are read where they are. Raises StorageFailed; errors raised inside name the directory.
    """
    with TemporaryDirectory(prefix="photo-avatar-studio-") as folder:
        copy = replace(settings, data_dir=Path(folder))
        uploads = settings.data_dir / UPLOADS
        try:
            for name in DATABASES:
                _copy(settings.data_dir / name, copy.data_dir / name)
            if uploads.is_dir():
                (copy.data_dir / UPLOADS).symlink_to(uploads.resolve(), target_is_directory=True)
        except OSError as exc:
            raise StorageFailed(
                "The data in {path} could not be copied ({reason}). Nothing was changed. "
                "Free some space, then try again.",
                path=str(settings.data_dir),
                reason=exc.strerror or exc,
            ) from exc
        try:
            yield copy
        except StudioError as error:
            real = str(settings.data_dir)
            error.values = {
                name: value.replace(folder, real) if isinstance(value, str) else value
                for name, value in error.values.items()
            }
            raise


def _copy(source: Path, target: Path) -> None:
    """A database as it stood at one moment; nothing where there is none.

    SQLite would leave its own files beside one that it opens, so the bytes are copied: what is there between
    two writes is what SQLite finds after a power cut, and recovers from.
    """
    if not source.is_file():
        return
    before = _state(source)
    for ending in ("", "-wal"):
        with suppress(FileNotFoundError):
            shutil.copyfile(f"{source}{ending}", f"{target}{ending}")
    if _state(source) != before:
        # Somebody writes just now. Then SQLite's files are there already, and it can be asked for one moment.
        for ending in ("", "-wal"):
            Path(f"{target}{ending}").unlink(missing_ok=True)
        copy(source, target)


def _state(database: Path) -> list[tuple[int, int] | None]:
    """What changes when the database is written."""
    found: list[tuple[int, int] | None] = []
    for path in (database, Path(f"{database}-wal")):
        try:
            seen = path.stat()
            found.append((seen.st_mtime_ns, seen.st_size))
        except FileNotFoundError:
            found.append(None)
    return found
