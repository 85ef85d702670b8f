"""Drafts: what is kept under a name is there again, and the folder never grows without end."""

import os
import time
from pathlib import Path

import pytest

from core import drafts

SCRIPT = "Привет, это кухня. مرحبا. " * 400


def test_what_is_kept_is_read_again_until_it_is_dropped(tmp_path: Path) -> None:
    """In any script and of any length that a page takes; a second keeping replaces the first."""
    name = drafts.new_name()
    assert drafts.read(tmp_path, name) is None
    for draft in ({"script": SCRIPT}, list(range(10_000))):
        drafts.keep(tmp_path, name, draft)
        assert drafts.read(tmp_path, name) == draft
    drafts.drop(tmp_path, name)
    assert drafts.read(tmp_path, name) is None
    drafts.drop(tmp_path, name)


@pytest.mark.parametrize("name", ["", "../studio.db", "a" * 11, "a" * 13, "a/b/c/d/e/f/", "абвгдежзикла"])
def test_what_is_no_name_reads_and_writes_nothing(tmp_path: Path, name: str) -> None:
    """A name comes from an address: it never leads out of the folder."""
    drafts.keep(tmp_path, name, "x")
    assert drafts.read(tmp_path, name) is None
    assert list(tmp_path.rglob("*")) == []


def test_old_drafts_and_those_beyond_the_number_make_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest stay; one of two months ago goes, however few there are."""
    monkeypatch.setattr(drafts, "MOST", 3)
    names = [drafts.new_name() for _ in range(5)]
    for age, name in enumerate(reversed(names)):
        drafts.keep(tmp_path, name, name)
        moment = time.time() - 60 * (5 - age)
        os.utime(tmp_path / "drafts" / f"{name}.json", (moment, moment))
    assert [name for name in names if drafts.read(tmp_path, name)] == names[:3]
    long_ago = time.time() - 60 * 24 * 3600
    os.utime(tmp_path / "drafts" / f"{names[0]}.json", (long_ago, long_ago))
    drafts.drop(tmp_path, names[1])
    drafts.keep(tmp_path, drafts.new_name(), "new")
    assert [name for name in names if drafts.read(tmp_path, name)] == [names[2]]


def test_what_is_too_long_or_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    """Then there is no draft, and nothing is raised."""
    name = drafts.new_name()
    drafts.keep(tmp_path, name, "x" * (drafts.MOST_BYTES + 1))
    assert drafts.read(tmp_path, name) is None
    (tmp_path / "drafts").write_text("in the way")
    drafts.keep(tmp_path, name, "x")
    assert drafts.read(tmp_path, name) is None
