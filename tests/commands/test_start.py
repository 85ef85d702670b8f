"""A command imports what it needs: who only asks for help, or for the rows, does not wait for the rest."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.config import Settings
from core.database.engine import open_database
from tests.faults.processes import ROOT, environment

#: A command in a process of its own, which says at its end what it has imported.
RUN = """
import sys
from core.__main__ import main
try:
    main(sys.argv[1:])
finally:
    print(*sys.modules, file=sys.stderr)
"""
#: What takes long, and what starts servers.
LIBRARIES = {
    "pandas",
    "numpy",
    "av",
    "PIL",
    "alembic",
    "streamlit",
    "sqlalchemy",
    "requests",
    "huey",
    "babel",
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data of a Studio that has been started before."""
    open_database(Settings(data_dir=tmp_path)).close()
    return tmp_path


def imported(data: Path, *arguments: str) -> set[str]:
    """The names of all modules that the command has imported."""
    ended = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        cwd=ROOT,
        env=environment(DATA_DIR=str(data)),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(ended.stderr.split())


def test_help_imports_no_command_and_no_library(data: Path) -> None:
    """The commands are named without being imported."""
    found = imported(data, "--help")
    assert "core.config" in found
    assert not found & LIBRARIES
    assert not {name for name in found if name.startswith(("core.commands", "core.sandbox", "core.database"))}


def test_an_export_imports_neither_the_sandbox_nor_what_draws(data: Path) -> None:
    """Tables that are of this version are read without Alembic, and the rows without asking HeyGen."""
    found = imported(data, "export")
    assert {"sqlalchemy", "core.bloggers.exchange.export"} <= found
    assert not found & (LIBRARIES - {"sqlalchemy"})
    assert not found & {"uvicorn", "core.sandbox", "core.studio", "core.commands.terminal"}
