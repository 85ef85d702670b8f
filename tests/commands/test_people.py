"""An invitation by command, and the link that opens the dashboard."""

import re
from pathlib import Path

import pytest

from core.people import members
from core.people.ways import Ways
from core.web.sign_in import write_start_link
from tests.commands.support import core, database, refused
from tests.faults import child_studio
from tests.faults.processes import Fork, environment

URL = {"PUBLIC_URL": "https://studio.example"}
KEY = {"HEYGEN_API_KEY": "k" * 20, "HEYGEN_DIALECT": "v2", "HEYGEN_API_BASE": "http://127.0.0.1:9"}


def test_an_invitation_prints_a_link_that_lets_in(data: Path) -> None:
    """Under PUBLIC_URL, for this address and role, and how long it is good."""
    result = core(data, "invite", "Anna@Team.example", "--role", "operator", **URL)
    assert result.returncode == 0, result.stderr
    found = re.match(r"https://studio\.example/join\?token=([\w-]{43})\n", result.stdout)
    assert found is not None, result.stdout
    assert "operator" in result.stdout
    assert "72 hours" in result.stdout
    db = database(data)
    member = members.invited(db, found[1])
    assert (member.email, member.role) == ("anna@team.example", "operator")
    db.close()


@pytest.mark.parametrize(
    ("arguments", "environ", "says"),
    [
        (("anna@team.example", "--role", "viewer"), {}, "PUBLIC_URL is not set.*Nothing was changed"),
        (("anna", "--role", "viewer"), URL, "“anna” is no e-mail address. Nothing was changed"),
    ],
)
def test_an_invitation_that_leads_nowhere_is_not_made(
    data: Path, arguments: tuple[str, ...], environ: dict[str, str], says: str
) -> None:
    """One sentence, exit code 2, no member."""
    refused(core(data, "invite", *arguments, **environ), says)
    db = database(data)
    assert members.everybody(db) == []
    db.close()


def test_the_link_of_the_last_start_is_printed_again(data: Path) -> None:
    """With its token where money is at stake, and under the port that this machine's is forwarded to."""
    link = write_start_link(data, Ways(sandbox=False), 8501)
    assert core(data, "link", **KEY).stdout == f"{link}\n"
    forwarded = core(data, "link", "--port", "9000", **KEY).stdout
    assert forwarded == f"{link.replace(':8501/', ':9000/')}\n"


def test_a_teams_link_is_its_address_whatever_the_port(data: Path) -> None:
    """No token: people sign in there."""
    write_start_link(data, Ways(origin="https://studio.example"), 8501)
    assert core(data, "link", "--port", "9000", **URL).stdout == "https://studio.example\n"


def test_before_the_first_start_there_is_no_link(data: Path) -> None:
    """In the sandbox it is known anyway; with a key the sentence says what to do first."""
    assert core(data, "link").stdout == "http://localhost:8501\n"
    assert core(data, "link", "--port", "9000").stdout == "http://localhost:9000\n"
    refused(core(data, "link", **KEY), r"was not started on the data .* Start it \(streamlit run app.py\)")


def _start(data: Path, secrets: Path) -> Fork:
    """The dashboard with this file of secrets, when it has ended with exit code 2."""
    options = ("--server.headless", "true", "--server.port", "0", "--secrets.files", str(secrets))
    process = Fork(
        secrets.with_suffix(".log"),
        environment(DATA_DIR=str(data)),
        child_studio.streamlit,
        *("run", "app.py", *options),
    )
    try:
        assert process.ends() == 2, process.output
    finally:
        process.kill()
    assert "Traceback" not in process.output
    return process


AUTH = 'redirect_uri = "https://studio.example/oauth2callback"\ncookie_secret = "{}"\n'.format("x" * 40)


@pytest.mark.parametrize(
    ("section", "says"),
    [
        ("", "it names no provider"),
        (AUTH, "it names no provider"),
        (f'{AUTH}client_id = "studio"\n', "client_secret"),
        (f'{AUTH}[auth.google]\nclient_id = "studio"\nclient_secret = "s"\n', "server_metadata_url"),
    ],
)
def test_half_a_provider_starts_nothing(data: Path, tmp_path: Path, section: str, says: str) -> None:
    """Half a way in would be none, or one for everybody: one sentence, exit code 2."""
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(f"[auth]\n{section}")
    process = _start(data, secrets)
    (sentence,) = [line for line in process.output.splitlines() if "[auth]" in line]
    assert sentence.startswith("The section [auth] in .streamlit/secrets.toml cannot be used:")
    assert says in sentence
    assert sentence.endswith("Nothing was started.")


def test_secrets_that_cannot_be_read_start_nothing(data: Path, tmp_path: Path) -> None:
    """Streamlit would pass them over, and nobody would have to sign in."""
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(f"[auth]\n{AUTH}[auth")
    assert f"The file {secrets} cannot be read" in _start(data, secrets).output
