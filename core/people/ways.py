"""The ways in that are set up, and what follows from them.

    provider      an OpenID Connect provider, in Streamlit's secrets
    invitations   links under PUBLIC_URL, or where a provider sends people back to
    proxy         TRUSTED_PROXIES name the person in TRUSTED_USER_HEADER
    this machine  where none of these is set up: nothing is asked in the sandbox, where nothing costs money;
                  with a key the link is asked for that the start prints

Each but the proxy's ends in the same cookie.
"""

from dataclasses import dataclass

from core.config import Settings, is_loopback, public_origin
from core.errors import StartRefused

COOKIE = "studio_session"
#: Where an invitation's link leads.
JOIN = "/join"
#: Where Streamlit takes what a provider says.
CALLBACK = "/oauth2callback"


@dataclass(frozen=True, kw_only=True)
class Ways:
    """`providers` are the names of those that are set up; `origin` is the one address that people use."""

    providers: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    proxy_header: str = ""
    origin: str = ""
    sandbox: bool = True

    @property
    def alone(self) -> bool:
        """True where nobody but this machine gets in."""
        return not (self.origin or self.proxy_header)

    @property
    def invitations(self) -> bool:
        """True where a link of ours leads somewhere."""
        return bool(self.origin)

    @property
    def asks_nothing(self) -> bool:
        """True where whoever is at this machine gets in as they are: no money is at stake."""
        return self.alone and self.sandbox

    def join_link(self, token: str) -> str:
        """The link of an invitation; "" where it would lead nowhere."""
        return f"{self.origin}{JOIN}?token={token}" if self.origin else ""

    @property
    def at_loopback(self) -> bool:
        """True where people use the Studio under a name of this machine."""
        return is_loopback(self.origin)

    @property
    def secure(self) -> bool:
        """True where cookies may travel over https only."""
        return self.origin.startswith("https://")


def ways_in(
    settings: Settings, *, sandbox: bool, providers: tuple[str, ...] = (), callback: str = ""
) -> Ways:
    """The ways that are set up. `sandbox`: this process brings its own, so that no money is at stake;
    `callback` is the providers' redirect_uri.

    Raises StartRefused when the callback is none, or is not below PUBLIC_URL.
    """
    origin = settings.public_url
    if providers:
        if not callback.endswith(CALLBACK):
            raise StartRefused(
                "redirect_uri in .streamlit/secrets.toml is {uri!r}; it must end with {callback}. Nothing "
                "was started.",
                uri=callback,
                callback=CALLBACK,
            )
        found = public_origin("redirect_uri", callback.removesuffix(CALLBACK), settings.allow_http)
        if origin and origin != found:
            raise StartRefused(
                "PUBLIC_URL is {url} and redirect_uri in .streamlit/secrets.toml is below {found}: who signs "
                "in there would not be signed in here. Nothing was started. Write the same address in both.",
                url=origin,
                found=found,
            )
        origin = found
    return Ways(
        providers=providers,
        proxies=settings.trusted_proxies,
        proxy_header=settings.trusted_user_header,
        origin=origin,
        sandbox=sandbox,
    )
