"""What every answer says to browsers: who may frame and read it, and what a page of ours may load and run."""

import base64
import hashlib
from collections.abc import Iterable
from html.parser import HTMLParser

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: What no page of the Studio uses. Not here: copying to the clipboard, full screen, a film in a window.
UNUSED = (
    *("accelerometer", "bluetooth", "camera", "display-capture", "geolocation", "gyroscope", "hid"),
    *("idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment", "serial", "usb"),
    *("publickey-credentials-get", "screen-wake-lock", "window-management", "xr-spatial-tracking"),
)
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in UNUSED),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Headers:
    """Around the door as well: pages, static files, media, our own routes and refusals.

    `policy` is the Content-Security-Policy that all of them carry.
    """

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self.app = app
        self.headers = {"Content-Security-Policy": policy, **HEADERS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        await self.app(scope, receive, marked if scope["type"] == "http" else send)


def policy(scripts: Iterable[str] = (), heygen: str = "") -> str:
    """A Content-Security-Policy for pages that run these scripts inline, and files of the Studio's own.

    `heygen` is the origin of a HeyGen that speaks plain http: a sandbox on this machine.
    """
    own = " ".join(f"'sha256-{base64.b64encode(_sha256(script)).decode()}'" for script in scripts)
    # HeyGen keeps its previews and samples of voices on hosts that it names nowhere, and changes them.
    elsewhere = f"https: {heygen}".strip()
    return "; ".join(
        (
            "default-src 'self'",
            # Streamlit loads the scripts of our own small parts of a page (pages/parts) from blobs, and its
            # protobuf counts to 64 bits in WebAssembly. No text is ever made into a script.
            f"script-src 'self' blob: 'wasm-unsafe-eval' {own}".strip(),
            # Streamlit's styles are made by its script while it draws (emotion).
            "style-src 'self' 'unsafe-inline'",
            f"img-src 'self' data: {elsewhere}",
            f"media-src 'self' {elsewhere}",
            "font-src 'self' data:",
            # 'self' is the WebSocket of the same host as well (CSP 3; Safari since 15.4).
            "connect-src 'self'",
            "worker-src 'self'",
            "frame-src 'none'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def inline_scripts(page: str) -> list[str]:
    """What stands in the <script> elements of an HTML page that name no file."""
    found = _Scripts()
    found.feed(page)
    return found.scripts


class _Scripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and "src" not in dict(attrs)
        if self._inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data


def _sha256(script: str) -> bytes:
    return hashlib.sha256(script.encode()).digest()
