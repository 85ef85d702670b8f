"""What follows from the settings: who has to sign in, under which address, and with which cookies."""

import pytest

from core.config import Settings
from core.errors import StartRefused
from core.people.ways import Ways, ways_in

PROXY = {"trusted_proxies": ("127.0.0.1",), "trusted_user_header": "x-user"}
BACK = "https://s.example/oauth2callback"


@pytest.mark.parametrize(
    ("settings", "sandbox", "providers", "alone", "nothing"),
    [
        ({}, True, (), True, True),
        ({}, False, (), True, False),
        ({"public_url": "https://s.example"}, True, (), False, False),
        (PROXY, True, (), False, False),
        ({}, True, ("default",), False, False),
    ],
)
def test_who_signs_in(
    settings: dict, sandbox: bool, providers: tuple[str, ...], alone: bool, nothing: bool
) -> None:
    """Nobody in the sandbox, the holder of the link with a key, and members as soon as one way is set up."""
    found = ways_in(Settings(**settings), sandbox=sandbox, providers=providers, callback=BACK)
    assert (found.alone, found.asks_nothing) == (alone, nothing)
    assert found.invitations is (not alone and "trusted_proxies" not in settings)


@pytest.mark.parametrize(
    ("public_url", "providers", "callback", "origin"),
    [
        ("", (), "", ""),
        ("", (), BACK, ""),
        ("", ("default",), "https://S.example:8443/oauth2callback", "https://s.example:8443"),
        ("", ("default",), "http://localhost:8501/oauth2callback", "http://localhost:8501"),
        ("https://s.example", ("default",), BACK, "https://s.example"),
        ("https://team.example", (), BACK, "https://team.example"),
    ],
)
def test_the_one_address(public_url: str, providers: tuple[str, ...], callback: str, origin: str) -> None:
    """PUBLIC_URL's, or the one that a provider sends people back to."""
    found = ways_in(Settings(public_url=public_url), sandbox=True, providers=providers, callback=callback)
    assert found.origin == origin


@pytest.mark.parametrize(
    ("public_url", "callback", "says"),
    [
        ("", "https://s.example/callback", "must end with /oauth2callback"),
        ("", "", "must end with /oauth2callback"),
        ("", "https://s.example/team/oauth2callback", "without a path"),
        ("", "http://s.example/oauth2callback", "ALLOW_HTTP=1"),
        ("https://team.example", BACK, "Write the same address in both"),
    ],
)
def test_a_callback_elsewhere_starts_nothing(public_url: str, callback: str, says: str) -> None:
    """Who came back there would not be signed in here, or in the open."""
    with pytest.raises(StartRefused) as refused:
        ways_in(Settings(public_url=public_url), sandbox=True, providers=("default",), callback=callback)
    assert says in refused.value.user_message
    assert "Nothing was started" in refused.value.user_message


@pytest.mark.parametrize(
    ("origin", "secure", "loopback"),
    [
        ("https://s.example", True, False),
        ("http://s.example", False, False),
        ("http://localhost:8501", False, True),
        ("https://127.0.0.1", True, True),
        ("", False, False),
    ],
)
def test_cookies_travel_over_https_where_people_do(origin: str, secure: bool, loopback: bool) -> None:
    """A name of this machine is one by itself."""
    found = Ways(origin=origin)
    assert (found.secure, found.at_loopback) == (secure, loopback)
