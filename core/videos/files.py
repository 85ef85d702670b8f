"""Files of videos: fetched from HeyGen, checked, given a poster, kept, named, packed and removed."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import StudioError
from core.files import write_whole
from core.locale import N_
from core.videos.parts import disk_errors, parts_of, tag_of

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame

#: The longest side of a poster, in pixels, and from when in the video it is, in seconds.
POSTER_SIDE = 640
POSTER_AT = 0.5
NAME_LIMIT = 120
#: A file's name takes at most 255 bytes; " (2)" and a browser's own additions need room, too.
NAME_BYTES = 230
#: A file whose last picture comes earlier than its end by more than this many seconds was cut.
MISSING_END = 0.6
#: PyAV counts a file's length in these.
MICROSECONDS = 1_000_000

_BROKEN = N_(
    "The file of the video is damaged or incomplete. It is not shown, and nothing more was spent. Fetch it "
    "from HeyGen again."
)
#: Windows takes no file by these names, whatever their ending.
_RESERVED = frozenset(
    ("CON", "PRN", "AUX", "NUL", *(f"{kind}{n}" for kind in ("COM", "LPT") for n in "123456789¹²³"))
)
#: Joiners make one sign of several in Persian and in emoji.
_JOINERS = "\u200c\u200d"


class FileBroken(StudioError):
    """The file is no video that plays to its end."""


@dataclass(frozen=True)
class Checked:
    """What a good file is, measured from the file itself."""

    duration_ms: int
    width: int
    height: int
    size: int
    sha256: str


def check(path: Path) -> Checked:
    """Measure the MP4 at `path`. Raises FileBroken when it does not open, has no picture, or was cut."""
    with _opened(path) as container:
        stream = container.streams.video[0]
        first = next(container.decode(stream))
        seconds = (container.duration or 0) / MICROSECONDS
        if stream.duration and stream.time_base:
            seconds = seconds or float(stream.duration * stream.time_base)
        ends = _end_of_last(container)
        whole = 0 < seconds < ends + MISSING_END
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = path.stat().st_size
    if not whole:
        raise FileBroken(_BROKEN)
    return Checked(round(seconds * 1000), first.width, first.height, size, digest)


def poster(path: Path, to: Path) -> None:
    """Put a JPEG of at most 640 pixels a side, from the video's first second, at `to`.

    Raises FileBroken, DiskFull.
    """
    with _opened(path) as container:
        chosen: VideoFrame | None = None
        for frame in container.decode(container.streams.video[0]):
            chosen = frame
            if (frame.time or 0.0) >= POSTER_AT:
                break
        if chosen is None:
            raise FileBroken(_BROKEN)
        image = chosen.to_image()
    image.thumbnail((POSTER_SIDE, POSTER_SIDE))
    jpeg = BytesIO()
    image.convert("RGB").save(jpeg, "JPEG", quality=85, optimize=True)
    with disk_errors(to.parent):
        write_whole(to, jpeg.getvalue())


def keep(part: Path, folder: Path, name: str) -> Path:
    """Give a whole part its name in `folder`, on the disk before it has it; where it is now.

    Parts of the same video that other steps left are removed. Raises DiskFull.
    """
    to = folder / _plain(name)
    with disk_errors(folder):
        with part.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(part, to)
        _sync(folder)
        tag_of(part).unlink(missing_ok=True)
    discard_parts(folder, name)
    return to


def discard_parts(folder: Path, name: str) -> int:
    """Remove what was fetched of this video and not kept; the bytes that freed. Raises DiskFull."""
    freed = 0
    with disk_errors(folder):
        for _, part in parts_of(folder, _plain(name)):
            with suppress(FileNotFoundError):
                size = part.stat().st_size
                part.unlink()
                freed += size
            tag_of(part).unlink(missing_ok=True)
    return freed


def remove(folder: Path, names: Iterable[str]) -> int:
    """Remove these files with what was fetched of them; how many bytes that freed. Missing ones are fine.

    Raises DiskFull where a file cannot be removed.
    """
    freed = 0
    for name in filter(None, names):
        with disk_errors(folder), suppress(FileNotFoundError):
            size = (folder / _plain(name)).stat().st_size
            (folder / name).unlink()
            freed += size
        freed += discard_parts(folder, name)
    return freed


def download_name(blogger: str, location: str, title: str, suffix: str = ".mp4") -> str:
    """`Blogger - Location - title.mp4` as every system takes it, of at most 120 signs."""
    parts = [part for part in map(_clean, (blogger, location, title)) if part] or ["video"]
    while True:
        stem = " - ".join(parts)
        if len(stem + suffix) <= NAME_LIMIT and len((stem + suffix).encode()) <= NAME_BYTES:
            break
        longest = max(range(len(parts)), key=lambda n: len(parts[n].encode()))
        parts[longest] = parts[longest][:-1].rstrip(" ." + _JOINERS)
    if stem.split(".")[0].strip().upper() in _RESERVED:
        stem = f"_{stem}"
    return stem + suffix


def zip_of(files: Iterable[tuple[Path, str]], to: Path) -> Path:
    """Pack the files under these names into a ZIP at `to`, which is there as a whole or not at all.

    Videos are compressed already, so they are stored. A name that comes twice gets " (2)". Raises DiskFull,
    and FileBroken when one of the files is not here.
    """
    temporary = to.with_name(f"{to.name}.{os.getpid()}.part")
    taken: set[str] = set()
    try:
        with disk_errors(to.parent):
            to.parent.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
                for path, name in files:
                    if not path.is_file():
                        raise FileBroken(
                            "The file of “{name}” is not here. Nothing was packed. Leave that video out, or "
                            "fetch it from HeyGen again.",
                            name=name,
                        )
                    archive.write(path, _free(name, taken))
            os.replace(temporary, to)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    return to


@contextmanager
def _opened(path: Path) -> Iterator[InputContainer]:
    """The video; whatever is wrong with it, or with reading the file itself, is a FileBroken."""
    import av
    from av.error import FFmpegError

    try:
        # By any other format a file could name other files and addresses, which would then be opened.
        with av.open(str(path.resolve()), format="mp4") as container:
            yield container
    except (FFmpegError, OSError, ValueError, IndexError, StopIteration, EOFError, MemoryError) as exc:
        raise FileBroken(_BROKEN) from exc


def _end_of_last(container: InputContainer) -> float:
    """When the last picture that can be decoded ends, in seconds."""
    stream = container.streams.video[0]
    ends = 0.0
    container.seek(container.duration or 0, backward=True)
    for packet in container.demux(stream):
        if packet.is_corrupt:
            return 0.0
        for frame in packet.decode():
            length = float(frame.duration * frame.time_base) if frame.duration and frame.time_base else 0.0
            ends = max(ends, (frame.time or 0.0) + length)
    return ends


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _plain(name: str) -> str:
    if not name or name != os.path.basename(name) or name in (".", ".."):
        raise ValueError(f"{name!r} is not the name of a file")
    return name


def _clean(text: str) -> str:
    shown = []
    for char in unicodedata.normalize("NFC", text):
        if char in '/\\:*?"<>|' or char.isspace() or unicodedata.category(char) == "Cc":
            shown.append(" ")
        elif char in _JOINERS or unicodedata.category(char) not in ("Cf", "Cs", "Co", "Cn"):
            shown.append(char)
    return re.sub(" +", " ", "".join(shown)).strip(" .-" + _JOINERS)


def _free(name: str, taken: set[str]) -> str:
    """This name, or the first " (n)" that is free; systems differ in whether case matters."""
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending) if stem else (name, "")
    found, n = name, 1
    while found.casefold() in taken:
        n += 1
        found = f"{stem} ({n}){ending}"
    taken.add(found.casefold())
    return found
