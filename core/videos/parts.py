"""Parts of videos that are being fetched, and who may write them.

What has arrived lies in `<name>.<fence>.part`, where the fence is that of the lease under which it is
written; beside it `<name>.<fence>.tag` holds the ETag of the file that it is a part of, so that a later step
goes on in the same file or starts anew. A step takes over the part of an earlier one whose writer is gone,
which its file lock proves.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import StorageFailed, StudioError


class FetchFailed(StudioError):
    """The video could not be fetched now; HeyGen still has it."""


class DiskFull(StorageFailed):
    """The disk has no room for the file, or cannot be written; no half of it is left there."""


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """What goes wrong in files of `folder` inside the `with` is DiskFull."""
    try:
        yield
    except OSError as exc:
        raise DiskFull(
            "The video cannot be written to {folder} ({reason}). Nothing more was spent. Free some space, "
            "for example by removing old videos, then try again.",
            folder=str(folder),
            reason=exc.strerror or str(exc),
        ) from exc


def parts_of(folder: Path, name: str) -> list[tuple[int, Path]]:
    """The parts of `name` in `folder` with their fences, the newest first. Raises OSError."""
    found = []
    for entry in folder.iterdir() if folder.is_dir() else ():
        match = re.fullmatch(re.escape(name) + r"\.([0-9]+)\.part", entry.name)
        if match:
            found.append((int(match[1]), entry))
    return sorted(found, reverse=True)


def tag_of(part: Path) -> Path:
    """Where the ETag of this part stands."""
    return part.with_suffix(".tag")


class Part:
    """An open part; its handle holds the file's lock."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self._handle = handle

    @property
    def size(self) -> int:
        return os.fstat(self._handle).st_size

    def tag(self) -> str | None:
        """The ETag of the file that this is a part of, "" if it has none; None when it is not known."""
        try:
            return tag_of(self.path).read_text()
        except (OSError, ValueError):
            return None

    def start(self, tag: str) -> None:
        """Forget what is here: from now on it is a part of the file with this ETag."""
        with disk_errors(self.path.parent):
            if self.size:
                os.ftruncate(self._handle, 0)
            tag_of(self.path).write_text(tag)

    def append(self, data: bytes) -> None:
        rest = memoryview(data)
        with disk_errors(self.path.parent):
            while rest:
                rest = rest[os.write(self._handle, rest) :]

    def remove(self) -> None:
        for path in (self.path, tag_of(self.path)):
            with suppress(OSError):
                path.unlink()


@contextmanager
def own_part(folder: Path, name: str, fence: int) -> Iterator[Part]:
    """The part of `name` under this fence: an earlier one whose writer is gone, or an empty one."""
    path = folder / f"{name}.{fence}.part"
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle = None if path.exists() else _taken_over(path, parts_of(folder, name), fence)
        if handle is None:
            handle = _locked(path, os.O_CREAT)
    if handle is None:
        raise FetchFailed("This video is being fetched already. Nothing more was spent. Wait for it.")
    try:
        yield Part(path, handle)
    finally:
        os.close(handle)


def _taken_over(path: Path, parts: list[tuple[int, Path]], fence: int) -> int | None:
    """A handle on the newest earlier part, which now lies at `path`; the others that nobody writes go."""
    taken = None
    for old, part in parts:
        handle = _locked(part) if old < fence else None
        if handle is None:
            continue
        if taken is None:
            with suppress(FileNotFoundError):
                if tag_of(part).exists():
                    os.replace(tag_of(part), tag_of(path))
                os.replace(part, path)
                taken = handle
                continue
        Part(part, handle).remove()
        os.close(handle)
    return taken


def _locked(path: Path, flags: int = 0) -> int | None:
    """A handle on the file with its lock; None when there is no such file or somebody writes it."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_APPEND | flags, 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle
