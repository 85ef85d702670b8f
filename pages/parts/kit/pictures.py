"""Addresses of pictures and sounds: what core.web.media hands out, and what HeyGen or the sandbox does."""

from typing import Literal
from urllib.parse import urlsplit
from zlib import crc32

import streamlit as st

from core.config import is_loopback
from core.studio import Studio
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
    st.image(
        photo_url(location_id, image_url, past),
        width=width,
        alt=t("Photo of {blogger}, {location}", blogger=blogger, location=location),
    )


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
    parts = urlsplit(address)
    if studio.sandbox is None or not is_loopback(address):
        return address
    return parts._replace(netloc=urlsplit(studio.settings.api_base).netloc).geturl()
