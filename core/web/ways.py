"""The ways in that are set up, and what follows from them.

    provider      an OpenID Connect provider, in Streamlit's secrets
    invitations   links under PUBLIC_URL
    proxy         TRUSTED_PROXIES name the person in TRUSTED_USER_HEADER
    this machine  where none of these is set up: nothing is asked in the sandbox, where nothing costs money;
                  with a key the link is asked for that the start prints

Each but the proxy's ends in the same cookie.
"""

from dataclasses import dataclass

from core.config import Settings, is_loopback

COOKIE = "studio_session"


@dataclass(frozen=True, kw_only=True)
class Ways:
    """`providers` are the names of those that are set up; `origin` is the one address that people use."""

    providers: tuple[str, ...] = ()
    invitations: bool = False
    proxies: tuple[str, ...] = ()
    proxy_header: str = ""
    origin: str = ""
    sandbox: bool = True

    @property
    def alone(self) -> bool:
        """True where nobody but this machine gets in."""
        return not (self.providers or self.invitations or self.proxy_header)

    @property
    def asks_nothing(self) -> bool:
        """True where whoever is at this machine gets in as they are: no money is at stake."""
        return self.alone and self.sandbox

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
    `callback` is the provider's redirect_uri, whose origin is PUBLIC_URL's.
    """
    scheme, _, rest = callback.partition("://")
    found = f"{scheme}://{rest.partition('/')[0]}".lower() if rest else ""
    return Ways(
        providers=providers,
        invitations=bool(settings.public_url),
        proxies=settings.trusted_proxies,
        proxy_header=settings.trusted_user_header,
        origin=settings.public_url or (found if providers else ""),
        sandbox=sandbox,
    )
