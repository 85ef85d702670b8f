"""Which addresses a photo may come from.

A photo's address is typed by a person or sent by a redirect, and the Studio stands inside a team's network:
in the live world only public addresses may be asked, and hosts that PHOTO_HOSTS names. In the sandbox world
this machine may be asked as well.

Two hosts are names of the Studio's own: `sandbox` is whatever sandbox answers at the moment, `uploads` are
the photos that people uploaded (core.photos.uploads).
"""

import re
import socket
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import requests

from core.config import Settings
from core.errors import BadInput

#: The host in the stored addresses of sample photos; it stands for whatever sandbox answers at the moment.
SANDBOX_HOST = "sandbox"
#: The host in the stored addresses of uploaded photos.
UPLOADS_HOST = "uploads"
#: The stored address of an uploaded photo, with its file's name: what it holds, and nothing else.
_UPLOAD = re.compile(r"http://uploads/([0-9a-f]{64}\.(?:png|jpg))")

_NAT64 = IPv6Network("64:ff9b::/96")
#: Where clouds answer machines inside them, and what IANA has reserved since this Python was made.
_NOT_PUBLIC = (
    IPv4Network("168.63.129.16/32"),
    IPv4Network("192.0.0.0/24"),
    IPv6Network("3fff::/20"),
)

#: A socket's family and the address to connect it to, as getaddrinfo gives them.
Address = tuple[int, Any]


class PhotoRefused(BadInput):
    """The photo cannot be used; nothing was spent. The sentence says what to do."""


def is_upload(url: str) -> bool:
    """True for the stored address of an uploaded photo."""
    return _UPLOAD.fullmatch(url) is not None


def is_kept(url: str, settings: Settings) -> bool:
    """True for an uploaded photo whose file is here."""
    found = _UPLOAD.fullmatch(url)
    return found is not None and (settings.data_dir / "uploads" / found[1]).is_file()


def upload_path(url: str, settings: Settings) -> Path:
    """The file of an uploaded photo. Raises PhotoRefused where it is not there, or `url` names none."""
    found = _UPLOAD.fullmatch(url)
    if found is None:
        raise PhotoRefused(
            "This is not the address of an uploaded photo. Nothing was spent. Upload it again."
        )
    if not is_kept(url, settings):
        raise PhotoRefused(
            "The uploaded photo is not on this machine any more. Nothing was spent. Upload it again."
        )
    return settings.data_dir / "uploads" / found[1]


def check_uploads(settings: Settings) -> None:
    """Raises PhotoRefused where HeyGen could not fetch any photo that is kept here."""
    if not (settings.sends_photos or _sandbox_answers(settings)):
        raise PhotoRefused(
            "This dialect needs a public photo URL: HeyGen cannot fetch a photo that was uploaded here. "
            "Nothing was spent. Use a link that opens for everybody."
        )


def _sandbox_answers(settings: Settings) -> bool:
    return settings.world == "sandbox" and bool(settings.api_base)


def reachable_url(url: str, settings: Settings) -> str:
    """`url` as HeyGen can fetch it: the Studio's own hosts replaced by where the sandbox answers now.

    Raises PhotoRefused for those hosts in the live world, where nobody outside can fetch them.
    """
    parts = _split(url)
    if parts.hostname not in (SANDBOX_HOST, UPLOADS_HOST) or parts.scheme != "http" or ":" in parts.netloc:
        return url
    if parts.hostname == UPLOADS_HOST:
        check_uploads(settings)
        return f"{settings.api_base}/uploads/{upload_path(url, settings).name}"
    if not _sandbox_answers(settings):
        raise PhotoRefused(
            "This photo is a sample that only the running sandbox has. Nothing was spent. "
            "Give the location a photo of your own."
        )
    return settings.api_base + parts._replace(scheme="", netloc="").geturl()


def check_address(url: str, settings: Settings) -> None:
    """Judge an address as far as that goes without the network: its form, and a host that is a plain number.

    Raises PhotoRefused. Fetching judges again what the host's name stands for.
    """
    if is_upload(url):
        check_uploads(settings)
        upload_path(url, settings)
        return
    host, port = host_and_port(target(url, settings))
    if written := as_written(host, port):
        judged(host, written, settings)


def address_allowed(address: IPv4Address | IPv6Address, *, sandbox: bool) -> bool:
    """True for a public address, and in the sandbox world for this machine's own.

    IPv4 inside IPv6 (mapped, 6to4, NAT64) is judged as the IPv4 address that it reaches.
    """
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return address_allowed(inner, sandbox=sandbox)
        if address.is_site_local:
            return False
    if address.is_loopback:
        return sandbox
    if any(address in network for network in _NOT_PUBLIC):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as exc:
        raise _no_address() from exc


def target(url: str, settings: Settings) -> SplitResult:
    """The address to go to, percent-encoded, its host in ASCII. Raises PhotoRefused when it is not one."""
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare_url(reachable_url(url, settings), None)
        parts = urlsplit(str(prepared.url))
        usable = parts.scheme in ("http", "https") and host_and_port(parts)[0]
    except (ValueError, requests.RequestException) as exc:
        raise _no_address() from exc
    if not usable or "@" in parts.netloc or "\\" in url:
        raise _no_address()
    return parts


def led_on(url: str, location: str) -> str:
    """Where a redirect leads: its Location, which hosts write in UTF-8 and Python reads as Latin-1.

    Raises ValueError for what cannot be joined.
    """
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode()
    return urljoin(url, location)


def _no_address() -> PhotoRefused:
    return PhotoRefused(
        "The photo's address is not a link that can be fetched: it must begin with https:// or http:// and "
        "contain no user name or password. Nothing was spent. Correct the link."
    )


def host_and_port(parts: SplitResult) -> tuple[str, int]:
    """The host in lower case without the dot that may end it, and the port that the scheme implies."""
    return (parts.hostname or "").rstrip("."), parts.port or (443 if parts.scheme == "https" else 80)


def resolve(host: str, port: int, flags: int = 0) -> list[Address]:
    """All addresses of a host. Raises OSError or UnicodeError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    families = (socket.AF_INET, socket.AF_INET6)
    return [(family, where) for family, _, _, _, where in found if family in families]


def as_written(host: str, port: int) -> list[Address]:
    """The addresses of a host that says them itself, in whatever spelling; [] for a name to be resolved."""
    if host == "localhost" or host.endswith(".localhost"):
        return [(socket.AF_INET, ("127.0.0.1", port))]
    try:
        return resolve(host, port, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []


def permitted(host: str, addresses: list[Address], settings: Settings, *, here: bool) -> list[Address]:
    """Those of a host's addresses that may be connected to; `here` says whether this machine's own may be."""
    if host in settings.photo_hosts:
        return addresses
    return [
        (family, where)
        for family, where in addresses
        if address_allowed(ip_address(where[0].partition("%")[0]), sandbox=here)
    ]


def judged(host: str, addresses: list[Address], settings: Settings) -> list[Address]:
    """The same for a photo. Raises PhotoRefused when there are none."""
    allowed = permitted(host, addresses, settings, here=settings.world == "sandbox")
    if not allowed:
        raise PhotoRefused(
            "The photo's host {host} is not a public address. Nothing was spent. Use a public link, or add "
            "the host to PHOTO_HOSTS if it is your team's own storage.",
            host=host,
        )
    return allowed
