"""Settings come from the environment and .env; what cannot be used is one sentence before anything starts."""

import logging
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from core.config import HEYGEN_API, HEYGEN_UPLOAD, Settings, is_loopback, load
from core.errors import StartRefused

KEY = "hg_live_0123456789abcdef"
WITH_KEY = {"HEYGEN_API_KEY": KEY, "HEYGEN_DIALECT": "workflow"}


def test_without_anything_set_it_is_the_sandbox() -> None:
    """An empty environment means: the embedded sandbox, its own data, the documented defaults."""
    settings = load({}, env_file=None)
    assert settings == Settings(
        api_key="",
        dialect="workflow",
        api_base="",
        upload_base="",
        data_dir=Path("data/sandbox"),
        photo_hosts=frozenset(),
        plan="free",
        workers=4,
        absent_after=180.0,
        admin_emails=(),
        notify_url="",
    )
    assert settings.embedded
    assert settings.world == "sandbox"


def test_empty_lines_are_as_good_as_none() -> None:
    """A copy of .env.example with nothing filled in is the sandbox too."""
    names = ("HEYGEN_API_KEY", "HEYGEN_DIALECT", "HEYGEN_API_BASE", "HEYGEN_UPLOAD_BASE", "DATA_DIR", "PLAN")
    assert load(dict.fromkeys(names, "  "), env_file=None) == load({}, env_file=None)
    example = Path(__file__).parent.parent / ".env.example"
    assert load({}, env_file=example) == load({}, env_file=None)


def test_with_a_key_it_is_heygen() -> None:
    """A key means the live world: HeyGen's addresses and data of its own."""
    settings = load(WITH_KEY, env_file=None)
    assert settings.api_key == KEY
    assert (settings.api_base, settings.upload_base) == (HEYGEN_API, HEYGEN_UPLOAD)
    assert settings.data_dir == Path("data/live")
    assert settings.world == "live"
    assert not settings.embedded


@pytest.mark.parametrize("base", ["http://127.0.0.1:8100", "http://localhost:8100/", "https://[::1]:8100"])
def test_a_loopback_address_is_the_sandbox_world_whatever_the_key(base: str) -> None:
    """A sandbox run by hand never shares its data with HeyGen."""
    settings = load({**WITH_KEY, "HEYGEN_API_BASE": base}, env_file=None)
    assert settings.api_base == base.rstrip("/")
    assert settings.upload_base == settings.api_base
    assert settings.world == "sandbox"
    assert settings.data_dir == Path("data/sandbox")
    assert not settings.embedded


def test_an_upload_address_of_its_own_wins() -> None:
    """HEYGEN_UPLOAD_BASE is taken where it is set, else the API base where that one is set."""
    own_api = {**WITH_KEY, "HEYGEN_API_BASE": "https://heygen.example/"}
    assert load(own_api, env_file=None).upload_base == "https://heygen.example"
    both = {**own_api, "HEYGEN_UPLOAD_BASE": "https://upload.example/"}
    assert load(both, env_file=None).upload_base == "https://upload.example"


def test_without_a_key_an_api_address_is_not_used() -> None:
    """No key means the embedded sandbox, so that a forgotten key never reaches HeyGen by half."""
    settings = load({"HEYGEN_API_BASE": "https://heygen.example"}, env_file=None)
    assert settings.api_base == ""
    assert settings.world == "sandbox"


def test_every_value_is_read() -> None:
    """Lists are split at commas and trimmed, numbers are numbers, DATA_DIR is a path."""
    settings = load(
        {
            "DATA_DIR": "/srv/studio",
            "PHOTO_HOSTS": " Photos.Internal , minio.internal,,",
            "PLAN": "pro",
            "WORKERS": "0",
            "ABSENT_AFTER": "2.5",
            "ADMIN_EMAILS": "anna@studio.example, boris@studio.example",
            "NOTIFY_URL": " https://chat.example/hooks/abc?token=1 ",
        },
        env_file=None,
    )
    assert settings.data_dir == Path("/srv/studio")
    assert settings.photo_hosts == {"photos.internal", "minio.internal"}
    assert (settings.plan, settings.workers, settings.absent_after) == ("pro", 0, 2.5)
    assert settings.admin_emails == ("anna@studio.example", "boris@studio.example")
    assert settings.notify_url == "https://chat.example/hooks/abc?token=1"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """A .env is read, and what the environment says about the same name counts more."""
    env_file = tmp_path / ".env"
    env_file.write_text("# a comment\nPLAN=pro\nWORKERS='2'\nEMPTY\n")
    settings = load({"PLAN": "scale"}, env_file=env_file)
    assert (settings.plan, settings.workers) == ("scale", 2)
    assert load({}, env_file=tmp_path / "nothing") == load({}, env_file=None)


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an argument the process's own environment is read."""
    monkeypatch.setenv("PLAN", "scale")
    assert load(env_file=None).plan == "scale"


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"HEYGEN_API_KEY": KEY}, ("HEYGEN_DIALECT is not set", "workflow")),
        ({"HEYGEN_API_KEY": f"{KEY} {KEY}"}, ("HEYGEN_API_KEY holds a space", "copy it again")),
        ({"HEYGEN_API_KEY": f"{KEY}\n{KEY}"}, ("HEYGEN_API_KEY holds a space",)),
        ({"HEYGEN_API_KEY": f"“{KEY}”"}, ("HEYGEN_API_KEY holds a space or a sign",)),
        ({"HEYGEN_DIALECT": "v9"}, ("HEYGEN_DIALECT is 'v9'", "workflow")),
        ({"PLAN": "gold"}, ("PLAN is 'gold'", "free, pro, scale")),
        ({"WORKERS": "many"}, ("WORKERS is 'many'", "from 0 to 64")),
        ({"WORKERS": "-1"}, ("WORKERS is '-1'",)),
        ({"WORKERS": "65"}, ("WORKERS is '65'",)),
        ({"WORKERS": "nan"}, ("WORKERS is 'nan'",)),
        ({"WORKERS": "2.5"}, ("WORKERS is '2.5'", "whole number")),
        ({"ABSENT_AFTER": "0"}, ("ABSENT_AFTER is '0'", "from 1 to 86400")),
        ({"ABSENT_AFTER": "inf"}, ("ABSENT_AFTER is 'inf'",)),
        ({**WITH_KEY, "HEYGEN_API_BASE": "http://api.heygen.com"}, ("http://api.heygen.com", "https://")),
        ({**WITH_KEY, "HEYGEN_API_BASE": "api.heygen.com"}, ("'api.heygen.com'", "https://")),
        ({**WITH_KEY, "HEYGEN_API_BASE": "https://"}, ("'https:'", "https://")),
        ({**WITH_KEY, "HEYGEN_API_BASE": "https://[::1"}, ("'https://[::1'", "https://")),
        ({**WITH_KEY, "HEYGEN_API_BASE": "https://h.example:99999"}, ("'https://h.example:99999'",)),
        ({**WITH_KEY, "HEYGEN_UPLOAD_BASE": "ftp://upload.example"}, ("'ftp://upload.example'", "https://")),
        ({"PUBLIC_URL": "studio.example"}, ("PUBLIC_URL is 'studio.example'", "without a path")),
        ({"PUBLIC_URL": "https://"}, ("PUBLIC_URL is 'https://'",)),
        ({"PUBLIC_URL": "https://studio.example/team"}, ("PUBLIC_URL is", "without a path")),
        ({"PUBLIC_URL": "https://studio.example?a=1"}, ("PUBLIC_URL is",)),
        ({"PUBLIC_URL": "https://studio.example#a"}, ("PUBLIC_URL is",)),
        ({"PUBLIC_URL": "https://anna@studio.example"}, ("PUBLIC_URL is",)),
        ({"PUBLIC_URL": "https://studio.example:x"}, ("PUBLIC_URL is",)),
        ({"PUBLIC_URL": "https://[::1"}, ("PUBLIC_URL is",)),
        ({"PUBLIC_URL": "https://студия.example"}, ("PUBLIC_URL is",)),
        ({"PUBLIC_URL": "ftp://studio.example"}, ("PUBLIC_URL is",)),
        ({"PUBLIC_URL": "http://studio.example"}, ("begins with http://", "ALLOW_HTTP=1", "https in front")),
        ({"PUBLIC_URL": "http://studio.example", "ALLOW_HTTP": "0"}, ("begins with http://",)),
        ({"ALLOW_HTTP": "yes"}, ("ALLOW_HTTP is 'yes'", "1, 0 or empty")),
        ({"TRUSTED_PROXIES": "127.0.0.1"}, ("belong together", "Set both or none")),
        ({"TRUSTED_USER_HEADER": "X-User"}, ("belong together",)),
        (
            {"TRUSTED_PROXIES": "proxy.internal", "TRUSTED_USER_HEADER": "X"},
            ("'proxy.internal'", "no address"),
        ),
        ({"TRUSTED_PROXIES": "10.0.0.0/40", "TRUSTED_USER_HEADER": "X"}, ("'10.0.0.0/40'",)),
        ({"TRUSTED_PROXIES": "::1", "TRUSTED_USER_HEADER": "X_User"}, ("'X_User'", "no name of a header")),
        ({"TRUSTED_PROXIES": "::1", "TRUSTED_USER_HEADER": "X: 1"}, ("'X: 1'",)),
        ({"SESSION_IDLE_HOURS": "0"}, ("SESSION_IDLE_HOURS is '0'", "from 0.01 to 720")),
        ({"SESSION_IDLE_HOURS": "nan"}, ("SESSION_IDLE_HOURS is 'nan'",)),
        ({"SESSION_IDLE_HOURS": "721"}, ("SESSION_IDLE_HOURS is '721'",)),
        ({"SESSION_DAYS": "for ever"}, ("SESSION_DAYS is 'for ever'", "from 0.01 to 365")),
        ({"SESSION_DAYS": "366"}, ("SESSION_DAYS is '366'",)),
    ],
)
def test_what_cannot_be_used_is_one_sentence(environ: dict[str, str], words: tuple[str, ...]) -> None:
    """A bad value names itself and what would be good, on one line, without the key."""
    with pytest.raises(StartRefused) as refused:
        load(environ, env_file=None)
    sentence = refused.value.user_message
    for word in words:
        assert word in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert KEY not in sentence


@pytest.mark.parametrize(
    ("given", "allowed", "origin"),
    [
        ("", "", ""),
        ("https://Studio.Example", "", "https://studio.example"),
        ("https://studio.example/", "", "https://studio.example"),
        ("https://studio.example:8443", "", "https://studio.example:8443"),
        ("http://localhost:8501", "", "http://localhost:8501"),
        ("http://studio.team", "1", "http://studio.team"),
    ],
)
def test_the_teams_address_is_an_origin(given: str, allowed: str, origin: str) -> None:
    """In small letters, as browsers say it, without a slash at the end."""
    assert load({"PUBLIC_URL": given, "ALLOW_HTTP": allowed}, None).public_url == origin


def test_how_people_come_in_is_read() -> None:
    """Proxies are addresses or networks; the header's name is compared in small letters."""
    settings = load(
        {
            "TRUSTED_PROXIES": "127.0.0.1, 10.1.2.3/8,fd00::/8",
            "TRUSTED_USER_HEADER": "X-Auth-Request-Email",
            "SESSION_IDLE_HOURS": "0.5",
            "SESSION_DAYS": "7",
        },
        None,
    )
    assert settings.trusted_proxies == ("127.0.0.1", "10.1.2.3/8", "fd00::/8")
    assert settings.trusted_user_header == "x-auth-request-email"
    assert (settings.session_idle, settings.session_most) == (0.5, 7)


@pytest.mark.parametrize(
    "url",
    [
        "http://chat.example/T0PSECRET",
        "chat.example/T0PSECRET",
        "https:///T0PSECRET",
        "https://chat.example/T0PSECRET\nX: 1",
        "ftp://chat.example/T0PSECRET",
        "https://[::1/T0PSECRET",
    ],
)
def test_a_bad_address_for_news_is_not_repeated(url: str) -> None:
    """Plain http would show a secret on the way; the sentence does not show it either."""
    with pytest.raises(StartRefused) as refused:
        load({"NOTIFY_URL": url}, env_file=None)
    sentence = refused.value.user_message
    assert sentence.startswith("NOTIFY_URL must be an address that begins with https://")
    assert "T0PSECRET" not in sentence


def test_news_may_go_to_this_machine() -> None:
    """Plain http is for loopback; the address is not shown."""
    settings = load({"NOTIFY_URL": "http://127.0.0.1:9/T0PSECRET"}, env_file=None)
    assert settings.notify_url == "http://127.0.0.1:9/T0PSECRET"
    assert "T0PSECRET" not in repr(settings)


def test_the_key_is_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    """Neither repr nor str nor a log line of the settings holds the key."""
    settings = load(WITH_KEY, env_file=None)
    with caplog.at_level(logging.INFO):
        logging.getLogger("studio").info("settings %s %r", settings, settings)
    for shown in (repr(settings), str(settings), f"{settings}", f"{[settings]}", caplog.text):
        assert "dialect='workflow'" in shown
        assert KEY not in shown


def test_settings_do_not_change() -> None:
    """A process works with one set of settings from its start to its end."""
    settings = load({}, env_file=None)
    with pytest.raises(FrozenInstanceError):
        settings.plan = "pro"  # pyright: ignore[reportAttributeAccessIssue]  (the point of the test)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:1", True),
        ("http://sandbox.localhost", True),
        ("http://127.8.0.1", True),
        ("http://[::1]:8100", True),
        ("https://api.heygen.com", False),
        ("http://localhost.example", False),
        ("http://0.0.0.0", False),
        ("http://127.0.0.1.nip.io", False),
        ("https://localhost@heygen.example", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_and_nothing_that_looks_like_it(url: str, expected: bool) -> None:
    """The world must not be mistaken: only this machine's names and addresses are the sandbox."""
    assert is_loopback(url) is expected
