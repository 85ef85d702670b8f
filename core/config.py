"""Settings from the environment and .env; design.md lists every variable."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.errors import StartRefused

HEYGEN_API = "https://api.heygen.com"
HEYGEN_UPLOAD = "https://upload.heygen.com"
DIALECTS = ("workflow", "v2", "v3")
PLANS = ("free", "pro", "scale", "payg")
#: The embedded sandbox runs this much faster than HeyGen: an avatar takes about 15 s instead of 2 min.
SANDBOX_SPEED = 8.0
SANDBOX_KEY = "sandbox"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the environment says. `api_base` is empty while the embedded sandbox has no port yet."""

    api_key: str = field(default="", repr=False)
    dialect: str = "workflow"
    api_base: str = ""
    upload_base: str = ""
    data_dir: Path = Path("data/sandbox")
    photo_hosts: frozenset[str] = frozenset()
    plan: str = "free"
    workers: int = 4
    absent_after: float = 180.0
    admin_emails: tuple[str, ...] = ()
    #: The address under which a team reaches the Studio, as an origin; "" where nobody but this machine does.
    public_url: str = ""
    #: From these addresses the header's word counts for who asks.
    trusted_proxies: tuple[str, ...] = ()
    trusted_user_header: str = ""
    #: The network is trusted: cookies are set without https too.
    allow_http: bool = False
    #: Hours without a click, and days in all, after which one signs in anew.
    session_idle: float = 12.0
    session_most: float = 30.0
    #: Where news of runs are posted; the address may hold a secret.
    notify_url: str = field(default="", repr=False)
    #: What HeyGen signs its webhooks with; empty: none is taken.
    webhook_secret: str = field(default="", repr=False)

    @property
    def family(self) -> str:
        """ "legacy" (workflow and v2, in credits) or "v3" (in dollars): their data never mix."""
        return "v3" if self.dialect == "v3" else "legacy"

    @property
    def sends_photos(self) -> bool:
        """True where photos leave as bytes, so that one which is kept here can be used too."""
        return self.dialect != "workflow"

    @property
    def embedded(self) -> bool:
        """True when this process must bring the sandbox itself."""
        return not self.api_key

    @property
    def world(self) -> str:
        """ "sandbox" or "live". A loopback API base is the sandbox world whatever the key."""
        return "sandbox" if self.embedded or is_loopback(self.api_base) else "live"


def is_loopback(url: str) -> bool:
    """True when the URL's host is this machine by name or by address."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def load(environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")) -> Settings:
    """The settings of this process: the environment wins over .env.

    Raises StartRefused, one sentence, when a value cannot be used.
    """
    values: dict[str, str] = {}
    if env_file is not None and env_file.is_file():
        from dotenv import dotenv_values

        values.update({k: v for k, v in dotenv_values(env_file).items() if v is not None})
    values.update(os.environ if environ is None else environ)

    def text(name: str, default: str = "") -> str:
        return values.get(name, "").strip() or default

    key = text("HEYGEN_API_KEY")
    if not re.fullmatch("[!-~]*", key):
        # Sent as a header, such a key would be quoted in a library's error.
        raise StartRefused(
            "HEYGEN_API_KEY holds a space or a sign that no key has; copy it again. Nothing was started."
        )
    dialect = text("HEYGEN_DIALECT") or ("" if key else "workflow")
    if not dialect:
        raise StartRefused(
            "HEYGEN_DIALECT is not set, and with a key it must be; set it to one of: {known}. "
            "Nothing was started.",
            known=", ".join(DIALECTS),
        )
    if dialect not in DIALECTS:
        raise StartRefused(
            "HEYGEN_DIALECT is {dialect!r}; set it to one of: {known}. Nothing was started.",
            dialect=dialect,
            known=", ".join(DIALECTS),
        )
    plan = text("PLAN", "payg" if dialect == "v3" else "free")
    if plan not in PLANS:
        raise StartRefused("PLAN is {plan!r}; set it to one of: {known}.", plan=plan, known=", ".join(PLANS))
    base = _base(text("HEYGEN_API_BASE")) if key else ""
    allow_http = _switch("ALLOW_HTTP", text("ALLOW_HTTP"))
    world = "sandbox" if not key or is_loopback(base) else "live"
    return Settings(
        api_key=key,
        dialect=dialect,
        api_base=base or (HEYGEN_API if key else ""),
        upload_base=_base(text("HEYGEN_UPLOAD_BASE")) or base or (HEYGEN_UPLOAD if key else ""),
        data_dir=Path(text("DATA_DIR", data_dir(world, dialect))),
        photo_hosts=frozenset(h.strip().lower() for h in text("PHOTO_HOSTS").split(",") if h.strip()),
        plan=plan,
        workers=int(_number("WORKERS", text("WORKERS", "4"), int, low=0, high=64)),
        absent_after=_number("ABSENT_AFTER", text("ABSENT_AFTER", "180"), float, low=1, high=86_400),
        admin_emails=tuple(e.strip() for e in text("ADMIN_EMAILS").split(",") if e.strip()),
        public_url=public_origin("PUBLIC_URL", text("PUBLIC_URL"), allow_http),
        **_proxies(text("TRUSTED_PROXIES"), text("TRUSTED_USER_HEADER")),
        allow_http=allow_http,
        session_idle=_number(
            "SESSION_IDLE_HOURS", text("SESSION_IDLE_HOURS", "12"), float, low=0.01, high=720
        ),
        session_most=_number("SESSION_DAYS", text("SESSION_DAYS", "30"), float, low=0.01, high=365),
        notify_url=_notify_url(text("NOTIFY_URL")),
        webhook_secret=text("HEYGEN_WEBHOOK_SECRET"),
    )


def data_dir(world: str, dialect: str) -> str:
    """Where the data lie unless DATA_DIR says otherwise. v3 counts in dollars: a place of its own."""
    return f"data/{world}-v3" if dialect == "v3" else f"data/{world}"


def _base(url: str) -> str:
    url = url.rstrip("/")
    if not url or _is_safe(url):
        return url
    raise StartRefused(
        "The HeyGen address {url!r} must begin with https:// (plain http is for this machine only).", url=url
    )


def _notify_url(url: str) -> str:
    if not url or (_is_safe(url) and re.fullmatch("[!-~]*", url)):
        return url
    # Not repeated here: such an address often is a secret itself.
    raise StartRefused(
        "NOTIFY_URL must be an address that begins with https:// (plain http is for this machine only). "
        "Nothing was started."
    )


def _switch(name: str, value: str) -> bool:
    if value not in ("", "0", "1"):
        raise StartRefused(
            "{name} is {text!r}; it must be 1, 0 or empty. Nothing was started.", name=name, text=value
        )
    return value == "1"


def public_origin(name: str, url: str, allow_http: bool) -> str:
    """The origin of the address that the setting `name` gives; "" for none.

    Raises StartRefused for what is no address, and for http beyond this machine where it is not allowed.
    """
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        parts, port = urlsplit(""), ""
    more = parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None
    if parts.scheme not in ("http", "https") or not parts.hostname or more or not re.fullmatch("[!-~]*", url):
        raise StartRefused(
            "{name} is {url!r}; it must be an address such as https://studio.team.example, without a path. "
            "Nothing was started.",
            name=name,
            url=url,
        )
    if not _is_safe(url) and not allow_http:
        raise StartRefused(
            "{name} begins with http://, so anybody on the way could read the cookie and come in. Nothing "
            "was started. Put a proxy with https in front, or set ALLOW_HTTP=1 where the network is trusted.",
            name=name,
        )
    return f"{parts.scheme}://{parts.hostname}{port}"


def _proxies(addresses: str, header: str) -> dict[str, Any]:
    """Raises StartRefused for an address that is none, and for one of the two without the other."""
    listed = tuple(one.strip() for one in addresses.split(",") if one.strip())
    for one in listed:
        try:
            ip_network(one, strict=False)
        except ValueError:
            raise StartRefused(
                "TRUSTED_PROXIES holds {address!r}, which is no address. Nothing was started. Write "
                "addresses such as 127.0.0.1 or 10.0.0.0/8, separated by commas.",
                address=one,
            ) from None
    if bool(listed) != bool(header):
        raise StartRefused(
            "TRUSTED_PROXIES and TRUSTED_USER_HEADER belong together: from these addresses, this header says "
            "who asks. Nothing was started. Set both or none."
        )
    if header and not re.fullmatch("[A-Za-z0-9-]{1,64}", header):
        raise StartRefused(
            "TRUSTED_USER_HEADER is {header!r}, which is no name of a header. Nothing was started. Write one "
            "such as X-Auth-Request-Email.",
            header=header,
        )
    return {"trusted_proxies": listed, "trusted_user_header": header.lower()}


def _is_safe(url: str) -> bool:
    """True when what is sent to the address cannot be read on the way."""
    try:
        parts = urlsplit(url)
        scheme = parts.scheme if parts.hostname and parts.port != 0 else ""
    except ValueError:
        return False
    return scheme == "https" or (scheme == "http" and is_loopback(url))


def _number(name: str, text: str, kind: type[int] | type[float], *, low: float, high: float) -> float:
    try:
        value = kind(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise StartRefused(
            "{name} is {text!r}; it must be a whole number from {low:g} to {high:g}."
            if kind is int
            else "{name} is {text!r}; it must be a number from {low:g} to {high:g}.",
            name=name,
            text=text,
            low=low,
            high=high,
        )
    return value
