"""Settings from the environment and .env; design.md lists every variable."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
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
