"""Pictures and sounds with their addresses: what core.web.media hands out, and what HeyGen has.

What HeyGen gives may be no address at all; Streamlit would take it for a file of this machine.
"""

from typing import Literal
from urllib.parse import urlsplit
from zlib import crc32

import streamlit as st

from core.config import is_loopback
from core.locale import N_
from core.studio import Studio
from pages.parts.kit.guard import optional
from pages.parts.kit.words import t


def photo(
    location_id: int,
    image_url: str,
    blogger: str,
    location: str,
    *,
    width: int | Literal["stretch"],
    past: int | None = None,
) -> None:
    """Draw a location's photo, or that of the earlier avatar `past`."""
    picture(
        photo_url(location_id, image_url, past),
        width=width,
        alt=t("Photo of {blogger}, {location}", blogger=blogger, location=location),
    )


def picture(source: str | bytes, *, width: int | Literal["stretch"], alt: str) -> None:
    """Draw what is behind an address, or these bytes; nothing that a page would fall for."""
    with optional(N_("a picture")):
        st.image(_address(source) if isinstance(source, str) else source, width=width, alt=alt)


def sound(address: str, *, alt: str) -> None:
    """A player for the sample of a voice."""
    with optional(N_("a sample of a voice")):
        st.audio(_address(address), format="audio/mpeg", alt=alt)


def _address(text: str) -> str:
    """The same address. Raises ValueError for what is none."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not an address: {text!r}")
    return text


def photo_url(location_id: int, image_url: str, past: int | None = None) -> str:
    """Where the browser finds the location's photo; another photo gets another address."""
    address = f"{origin()}/photos/{location_id}?v={crc32(image_url.encode()):x}"
    return address if past is None else f"{address}&past={past}"


def origin() -> str:
    """Scheme and host as the browser has them: st.image takes no address without."""
    if url := st.context.url:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}"
    return f"http://localhost:{st.get_option('server.port')}"


def reachable(studio: Studio, address: str) -> str:
    """The embedded sandbox has another port after each start; an address it gave earlier is led to it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    if studio.sandbox is None or not is_loopback(address):
        return address
    return parts._replace(netloc=urlsplit(studio.settings.api_base).netloc).geturl()
