"""What commands print is text on any console, and nothing about printing makes a failure of their work."""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest

from core import console
from core.bloggers.editing import add_blogger
from core.bloggers.exchange.export import export_json
from core.names import visible
from tests.commands.support import core, database, refused, shape
from tests.faults.processes import PATIENCE, ROOT, environment
from tests.world import PERSON


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:
    """Where the tests run in the background Ctrl-C is ignored, and so it would be in what they start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def started(
    data: Path, *arguments: str, stdout: IO[bytes] | int = subprocess.PIPE, **environ: str
) -> subprocess.Popen[bytes]:
    """A command as a person starts it, with streams as the system makes them."""
    return subprocess.Popen(
        [sys.executable, "-m", "core", *arguments],
        cwd=ROOT,
        env=environment(DATA_DIR=str(data), **environ),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
    )


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str, str]:
    """Its exit code and what it printed; never a stack trace."""
    try:
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert b"Traceback" not in err, err.decode()
    return process.returncode, (out or b"").decode("ascii", "replace"), err.decode("ascii", "replace")


def exported(data: Path) -> str:
    db = database(data)
    text = export_json(db)
    db.close()
    return text


def test_a_console_without_the_letters_is_no_failure(data: Path, tmp_path: Path) -> None:
    """A question mark stands where the console has none; the import is done and says so."""
    file = tmp_path / "x.json"
    file.write_text(shape({"name": "«Дача»"}, blogger="Mila 🎉 Hart"), encoding="utf-8")
    code, out, err = ended(started(data, "import", str(file), PYTHONIOENCODING="cp866"))
    assert (code, err) == (0, "")
    assert "Mila ? Hart" in out
    assert "1 new" in out
    assert "🎉" in exported(data)


def test_an_export_loses_nothing_on_a_console_without_the_letters(data: Path) -> None:
    """JSON has a way to write every letter; what a terminal would obey is written so everywhere."""
    db = database(data)
    name = "Мила 🎉 \u200fHart"
    add_blogger(db, name=name, actor=PERSON)
    with db.write() as session:
        session.connection().exec_driver_sql(
            "UPDATE blogger SET extra = ?", (json.dumps({"note": "\x9b31m\x1b[31m\u202e"}),)
        )
    db.close()
    code, out, _ = ended(started(data, "export", PYTHONIOENCODING="ascii"))
    assert code == 0
    assert json.loads(out) == json.loads(exported(data))
    shown = core(data, "export").stdout
    assert json.loads(shown) == json.loads(exported(data))
    assert "Мила 🎉 \\u200fHart" in shown
    assert "\\u009b31m\\u001b[31m\\u202e" in shown


def test_a_reader_who_goes_away_is_no_failure(data: Path, tmp_path: Path) -> None:
    """As `… | head` does: the work is done, nothing is complained of."""
    file = tmp_path / "x.json"
    file.write_text(shape(*({"name": f"Place {n}"} for n in range(50))))
    for arguments in (("import", str(file)), ("export",)):
        read, write = os.pipe()
        os.close(read)
        with open(write, "wb") as gone:
            process = started(data, *arguments, stdout=gone)
        assert ended(process) == (0, "", "")
    assert exported(data).count("Place ") == 50


def test_an_export_that_was_not_written_is_a_failure(data: Path) -> None:
    """A full disk behind `>`: one sentence, exit 2."""
    with open("/dev/full", "wb") as full:
        code, _, err = ended(started(data, "export", stdout=full))
    assert code == 2
    assert err.startswith("The export cannot be written (No space left")


def test_an_interruption_before_the_work_is_one_sentence(data: Path, tmp_path: Path) -> None:
    """Ctrl-C while the file is read: exit 130, nothing changed."""
    slow = tmp_path / "slow.json"
    os.mkfifo(slow)
    process = started(data, "import", str(slow))
    with slow.open("wb"):  # Opens once the command reads.
        # Python sees none that comes in the instant before it begins to read; a person presses once more.
        for _ in range(10):
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=2)
                break
        code, out, err = ended(process)
    assert (code, out) == (130, "")
    assert err == "Stopped before the work was done. Nothing was spent. Start the command again.\n"
    assert exported(data) == "[]\n"


def test_an_interruption_after_the_work_is_no_failure(data: Path, tmp_path: Path) -> None:
    """Ctrl-C while the verdicts are printed: the rows are there, and the exit code says so."""
    file = tmp_path / "x.json"
    file.write_text(shape(*({"name": f"Place {n} {'x' * 80}"} for n in range(2_000))))
    process = started(data, "import", str(file))
    assert process.stdout is not None
    # More than a pipe holds: the command stands in the middle of its lines.
    assert b"Place 0" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    code, out, _ = ended(process)
    assert code == 0
    assert "2000 new" in out


def test_an_interruption_at_the_very_end_is_no_failure(data: Path) -> None:
    """Between the last line and the end of the process there is nothing left to interrupt."""
    late = "import os, sys; from core.__main__ import main; code = main(['export']); os.kill(os.getpid(), 2)"
    process = subprocess.run(
        [sys.executable, "-c", f"{late}; sys.exit(code)"],
        cwd=ROOT,
        env=environment(DATA_DIR=str(data)),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (process.returncode, process.stderr) == (0, b"")


def test_what_names_and_files_bring_along_is_shown_and_not_obeyed(data: Path, tmp_path: Path) -> None:
    """Escape sequences, bells and marks of direction, also in refused rows and in the file's own name."""
    file = tmp_path / "x.csv"
    file.write_text(
        "blogger,location,\x1b]0;title\x07,\u202eelif\nA\x1b[2J,B\x07,\x1b[31m,x\n\u200fدانا,C\u202e,,\nD,E\n"
    )
    result = core(data, "import", str(file))
    assert result.returncode == 1
    for said in ("\\x1b[2J", "\\x07", "\\u202e", "\\u200f", "\\x1b]0;title"):
        assert said in result.stdout
    assert not set("\x1b\x07\u202e\u200f") & set(result.stdout)
    refused(core(data, "import", str(tmp_path / "\x1b[2Jgone.csv")), r"\\x1b\[2Jgone.csv cannot be read")


def test_nothing_from_outside_begins_a_line_of_its_own(data: Path, tmp_path: Path) -> None:
    """A name with a line break cannot write a verdict that nobody gave."""
    file = tmp_path / "x.json"
    evil = {"name": "A\n    1  new      Evil\u2028    2  new", "image_url": "ftp:"}
    file.write_text(shape(evil, {"name": "B\x85", "image_url": "ftp:"}))
    result = core(data, "import", str(file))
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["1", "2", "0"]


def test_a_pipe_that_breaks_in_the_middle_takes_the_rest(tmp_path: Path) -> None:
    """What was not written is written nowhere, whoever flushes it; a full disk is remembered."""
    read, write = os.pipe()
    with open(write, "w", encoding="ascii", errors="replace") as stream:
        shown = console.Console(stream)
        shown.write("ä\x1b\n")
        shown.flush()
        assert os.read(read, 100) == b"?\\x1b\n"
        os.close(read)
        for _ in range(3):
            shown.writelines(["x" * 100_000, "\n"])
            shown.flush()
        assert shown.failure is None
    with open("/dev/full", "w") as stream:
        shown = console.Console(stream)
        shown.write("x")
        shown.flush()
        assert shown.failure is not None


def test_a_closed_stream_is_an_empty_one(data: Path) -> None:
    """Where nobody can be asked the answer is no; where nobody listens the work is done all the same."""
    closed = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m core rekey <&- && exit 9; {sys.executable} -m core export >&-"],
        cwd=ROOT,
        env=environment(DATA_DIR=str(data)),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (closed.returncode, closed.stderr) == (0, "")
    assert closed.stdout.endswith("Nothing was changed.\n")


def test_a_line_of_the_log_is_not_obeyed_either() -> None:
    """The dashboard's own log stands on a terminal, too."""
    said = logging.LogRecord("studio", logging.INFO, "", 0, "HeyGen said %s", ("\x1b[2J\u202e\u200f",), None)
    assert console.Lines("%(message)s").format(said) == r"HeyGen said \x1b[2J\u202e\u200f"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Мила – «Дача» 👩\u200d💻 می\u200cخواهم\u00a0é", None),
        ("two\nlines\tand\r\nmore", None),
        ("\x1b[31m\x07\x00\x7f\x9b", r"\x1b[31m\x07\x00\x7f\x9b"),
        ("a\rb", r"a\rb"),
        ("\u202eabc\u2066\u2069\u2028", r"\u202eabc\u2066\u2069\u2028"),
        ("half \ud83d", r"half \ud83d"),
    ],
)
def test_what_acts_instead_of_being_seen_is_written_out(text: str, shown: str | None) -> None:
    """Letters of all scripts, emoji and ordinary line ends stay; marks of direction are asked for."""
    assert visible(text) == (text if shown is None else shown)
    assert visible("\u200fدانا") == "\u200fدانا"
    assert visible("\u200fدانا\u061c", marks=True) == "\\u200fدانا\\u061c"
