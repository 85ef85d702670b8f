"""Addresses of the small pictures that core.serving hands out."""

from urllib.parse import urlsplit
from zlib import crc32

import streamlit as st


def photo_url(location_id: int, image_url: str) -> str:
    """Where the browser finds the location's photo; another photo gets another address."""
    return f"{_origin()}/photos/{location_id}?v={crc32(image_url.encode()):x}"


def _origin() -> str:
    """Scheme and host as the browser has them: st.image takes no address without."""
    if url := st.context.url:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}"
    return f"http://localhost:{st.get_option('server.port')}"
