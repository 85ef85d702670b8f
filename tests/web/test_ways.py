"""What follows from the settings: who has to sign in, under which address, and with which cookies."""

import pytest

from core.config import Settings
from core.people.ways import Ways, ways_in

PROXY = {"trusted_proxies": ("127.0.0.1",), "trusted_user_header": "x-user"}


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
    found = ways_in(Settings(**settings), sandbox=sandbox, providers=providers)
    assert (found.alone, found.asks_nothing) == (alone, nothing)


@pytest.mark.parametrize(
    ("public_url", "providers", "callback", "origin"),
    [
        ("", (), "", ""),
        ("", (), "https://s.example/oauth2callback", ""),
        ("", ("default",), "https://S.example:8443/oauth2callback", "https://s.example:8443"),
        ("https://team.example", ("default",), "https://s.example/oauth2callback", "https://team.example"),
    ],
)
def test_the_one_address(public_url: str, providers: tuple[str, ...], callback: str, origin: str) -> None:
    """PUBLIC_URL, else where the provider sends people back to."""
    found = ways_in(Settings(public_url=public_url), sandbox=True, providers=providers, callback=callback)
    assert found.origin == origin


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
