"""Fetching a finished video, a step at a time, without ever taking a part for the whole.

HeyGen's links are signed and need no key: none is sent, and no cookies are kept. They and their redirects are
judged as a photo's address is (core.photos.address), and only a judged address is connected to.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests

from core import clock
from core.config import Settings, is_loopback
from core.errors import StudioError
from core.heygen.connection import LOW_LEVEL, Deadline, DeadlineSession
from core.locale import N_
from core.photos.address import Address, as_written, led_on, permitted, resolve
from core.videos.parts import DiskFull, FetchFailed, Part, own_part

#: Half an hour at 4k, the most that any plan renders (heygen-api.md 10c), stays below this.
MAX_BYTES = 4_000_000_000
CONNECT_SECONDS, READ_SECONDS = 5.0, 5.0
MAX_REDIRECTS = 5
#: A step that brings less has not gone on: at this pace a video of a minute takes half an hour.
LEAST_BYTES = 64 * 1024

_CHUNK = 256 * 1024
_GONE = (403, 404, 410)
_REDIRECTS = (301, 302, 303, 307, 308)

_NOT_FETCHED = N_(
    "The video could not be fetched from {host}. It is finished at HeyGen and nothing more was spent. Check "
    "the network, then try again."
)
_BROKE_OFF = N_(
    "The video from {host} broke off in the middle. It is finished at HeyGen and nothing more was spent. Try "
    "again."
)
_TOO_SLOW = N_(
    "The video from {host} did not go on arriving in time. It is finished at HeyGen and nothing more was "
    "spent. Try again."
)
_STATUS = N_(
    "{host} answered {status} in place of the video. It is finished at HeyGen and nothing more was spent. "
    "Try again."
)
_BAD_LINK = N_(
    "HeyGen's link to the video cannot be used. The video is finished and nothing more was spent. Try again; "
    "HeyGen then signs another link."
)
_INSIDE = N_(
    "HeyGen's link to the video leads to {host}, which is not a public address, and was not followed. The "
    "video is finished and nothing more was spent. Try again; add a host of your team's own to PHOTO_HOSTS."
)


class LinkExpired(StudioError):
    """The signed link no longer opens; HeyGen signs a new one on demand."""


@dataclass(frozen=True)
class Fetched:
    """A part after one step: where it lies, whether it is the whole video, and how many bytes are here."""

    path: Path
    finished: bool
    size: int


def fetch(
    url: str, folder: Path, name: str, *, settings: Settings, fence: int, seconds: float = 10.0
) -> Fetched:
    """Fetch for at most `seconds`, going on where an earlier step of the same video ended.

    What is not finished has grown by LEAST_BYTES in this step; otherwise FetchFailed is raised, as for
    everything that has no error of its own: LinkExpired for 403, 404 and 410, DiskFull (what was here is gone
    then). A host that ignores Range must send all of it within one step.
    """
    ends = clock.monotonic() + seconds
    with own_part(folder, name, fence) as part:
        before = part.size
        failure = _NOT_FETCHED
        try:
            if _step(url, part, ends, settings):
                return Fetched(part.path, True, part.size)
            failure = _BROKE_OFF
        except DiskFull:
            part.remove()
            raise
        except LOW_LEVEL as exc:
            if isinstance(exc, requests.Timeout | TimeoutError):
                failure = _TOO_SLOW
            elif part.size:
                failure = _BROKE_OFF
        if part.size >= before + LEAST_BYTES:
            return Fetched(part.path, False, part.size)
    # Outside of `except`: the low-level exception holds the link with its signature.
    raise _failed(_TOO_SLOW if clock.monotonic() >= ends else failure, url)


def _step(url: str, part: Part, ends: float, settings: Settings) -> bool:
    """Bring in what arrives until `ends`; True when it is all of it. Raises what LOW_LEVEL names, too."""
    redirects, begun_anew = 0, False
    # From elsewhere nobody is led to this machine, not in the sandbox's world either.
    here = settings.world == "sandbox"
    while True:
        with _answer(url, part, ends, _Hop(url, settings, here)) as (response, deadline):
            status = response.status_code
            location = response.headers.get("Location")
            if status in _REDIRECTS and location and redirects < MAX_REDIRECTS:
                here = here and is_loopback(url)
                url, redirects = _next(url, location), redirects + 1
                continue
            if status in _GONE:
                raise LinkExpired(
                    "HeyGen's link to the video no longer opens (HTTP status {status}). The video is "
                    "finished and nothing more was spent. Try again; HeyGen then signs a new link.",
                    status=status,
                )
            if status in (206, 416) and part.size:
                total = _total_of_range(response, part)
                if status == 416 and total == part.size:
                    return True
                if status == 416 or total is None:
                    # What is here is no part of what the link leads to now.
                    if begun_anew:
                        raise _failed(_NOT_FETCHED, url)
                    part.start("")
                    begun_anew = True
                    continue
            elif status == 200:
                part.start(response.headers.get("ETag", ""))
                total = _number(response.headers.get("Content-Length"))
            else:
                raise _failed(_STATUS, url, status=status)
            return _read(response, part, total, url) and not (total is None and deadline.over)


@dataclass(frozen=True)
class _Hop:
    """One address on the way to the file, and the judge of where it may lead."""

    url: str
    settings: Settings
    here: bool

    def judge_link(self) -> None:
        """Raises FetchFailed for a host that is written as an address inside; a proxy could lead there."""
        parts = urlsplit(self.url)
        host = (parts.hostname or "").rstrip(".")
        if written := as_written(host, 0):
            self._permitted(host, written)

    def judge(self, name: str, port: int) -> list[Address]:
        """The addresses of `name` to connect to. Raises FetchFailed for none, OSError for no such name."""
        host = name.strip("[]").rstrip(".").lower()
        return self._permitted(host, as_written(host, port) or resolve(host, port))

    def _permitted(self, host: str, addresses: list[Address]) -> list[Address]:
        found = permitted(host, addresses, self.settings, here=self.here)
        if not found:
            raise _failed(_INSIDE, self.url)
        return found


@contextmanager
def _answer(url: str, part: Part, ends: float, hop: _Hop) -> Iterator[tuple[requests.Response, Deadline]]:
    """The answer to a GET of what is missing, its body not yet read."""
    headers = {"Accept": "video/mp4, */*;q=0.1", "Accept-Encoding": "identity"}
    headers["User-Agent"] = "photo-avatar-studio"
    tag = part.tag()
    if part.size and tag is not None:
        headers["Range"] = f"bytes={part.size}-"
        if tag and not tag.startswith("W/"):
            headers["If-Range"] = tag
    left = max(ends - clock.monotonic(), 0.01)
    hop.judge_link()
    with Deadline(left) as deadline, DeadlineSession(deadline, hop.judge) as session:
        # A proxy cannot reach this machine's own sandbox.
        session.trust_env = not is_loopback(url)
        with session.get(
            url,
            headers=headers,
            # Without it requests would look for a password in ~/.netrc.
            auth=lambda request: request,
            timeout=(min(CONNECT_SECONDS, left), READ_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as response:
            yield response, deadline


def _read(response: requests.Response, part: Part, total: int | None, url: str) -> bool:
    """Append the body; True when the video is whole afterwards, as far as the host said how long it is."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise _failed(_NOT_FETCHED, url)
    size = part.size
    while max(total or 0, size) <= MAX_BYTES:
        # read1 takes what is there; read would wait until the chunk is full.
        chunk = response.raw.read1(_CHUNK, decode_content=False)
        if not chunk:
            return total is None or size == total
        part.append(chunk)
        size += len(chunk)
    part.remove()
    raise _failed(
        N_(
            "The video from {host} is larger than {limit:g} GB and is not kept. It is finished at HeyGen; "
            "download it there."
        ),
        url,
        limit=MAX_BYTES / 1e9,
    )


def _total_of_range(response: requests.Response, part: Part) -> int | None:
    """The whole video's bytes when the answer goes on exactly where the part ends, else None."""
    tag, now = part.tag(), response.headers.get("ETag", "")
    if tag and now and tag != now:
        return None
    said = re.fullmatch(
        r"bytes (?:([0-9]+)-[0-9]+|\*)/([0-9]+)", response.headers.get("Content-Range", "").strip()
    )
    if said is None or int(said[1] or part.size) != part.size:
        return None
    return int(said[2])


def _next(url: str, location: str) -> str:
    """Where a redirect leads. Raises FetchFailed for what is no web address."""
    found = led_on(url, location)
    parts = urlsplit(found)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _failed(_BAD_LINK, url)
    return found


def _number(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch("[0-9]{1,18}", text.strip()) else None


def _failed(template: str, url: str, **values: object) -> FetchFailed:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    return FetchFailed(template, host=host or "HeyGen", **values)
