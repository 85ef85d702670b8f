"""Only a video that plays to its end is kept; names, packing and removing are safe on every system."""

import hashlib
import os
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from core.videos.files import FileBroken, check, discard_parts, download_name, keep, poster, remove, zip_of
from core.videos.parts import DiskFull
from tests.clips import clip


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip(tmp_path_factory.mktemp("clips") / "good.mp4")


# Checking


@pytest.mark.parametrize("index_first", [True, False])
@pytest.mark.parametrize("sound", [True, False], ids=["with sound", "silent"])
def test_a_good_video_is_measured(tmp_path: Path, sound: bool, index_first: bool) -> None:
    """Duration, size in pixels and bytes and the hash are those of the file itself."""
    path = clip(tmp_path / "v.mp4", seconds=2.0, size=(180, 320), sound=sound, index_first=index_first)
    found = check(path)
    assert abs(found.duration_ms - 2000) <= 60
    assert (found.width, found.height) == (180, 320)
    assert found.size == path.stat().st_size
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("seconds", [0.1, 0.5, 7.3])
def test_short_and_longer_videos_are_measured(tmp_path: Path, seconds: float) -> None:
    """A single picture is a video, too."""
    assert (
        abs(check(clip(tmp_path / "v.mp4", seconds=seconds, sound=False)).duration_ms - seconds * 1000) < 60
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!DOCTYPE html><html><body>Sign in</body></html>",
        b"\x00" * 5000,
        b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41",
        b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
    ],
    ids=["empty", "a web page", "zeros", "only the first box", "a playlist", "a list of files"],
)
def test_what_is_no_video_is_broken(tmp_path: Path, content: bytes) -> None:
    """Whatever its name says; nothing that such a file names is opened."""
    path = tmp_path / "v.mp4"
    path.write_bytes(content)
    with pytest.raises(FileBroken, match="nothing more was spent"):
        check(path)
    with pytest.raises(FileBroken):
        poster(path, tmp_path / "v.jpg")
    assert not (tmp_path / "v.jpg").exists()


@pytest.mark.parametrize("index_first", [True, False])
@pytest.mark.parametrize("sound", [True, False], ids=["with sound", "silent"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9, 0.99, 0.999])
def test_a_video_that_was_cut_is_broken(tmp_path: Path, share: float, sound: bool, index_first: bool) -> None:
    """Although its beginning plays and its head promises the full length."""
    path = clip(tmp_path / "v.mp4", seconds=8.0, sound=sound, index_first=index_first)
    os.truncate(path, int(path.stat().st_size * share))
    with pytest.raises(FileBroken):
        check(path)


def test_a_list_that_names_a_good_video_is_broken(good: Path) -> None:
    """A file from outside decides what is read only by its own bytes, never by what it points to."""
    path = good.with_name("list.mp4")
    path.write_text(f"ffconcat version 1.0\nfile {good.name}\n")
    with pytest.raises(FileBroken):
        check(path)


def test_a_video_without_a_picture_is_broken(tmp_path: Path) -> None:
    """Sound alone is no video."""
    path = clip(tmp_path / "v.mp4", picture=False)
    with pytest.raises(FileBroken):
        check(path)
    with pytest.raises(FileBroken):
        poster(path, tmp_path / "v.jpg")


def test_a_video_that_is_not_here_is_broken(tmp_path: Path) -> None:
    """A missing file has the same sentence as one that does not play."""
    with pytest.raises(FileBroken):
        check(tmp_path / "none.mp4")


@pytest.mark.parametrize(
    ("size", "expected"), [((1280, 720), (640, 360)), ((720, 1280), (360, 640)), ((320, 180), (320, 180))]
)
def test_a_poster_is_a_small_picture_of_the_video(
    tmp_path: Path, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    """A JPEG of the same shape, at most 640 pixels a side, never enlarged."""
    poster(clip(tmp_path / "v.mp4", seconds=1.0, size=size), tmp_path / "posters" / "v.jpg")
    with Image.open(tmp_path / "posters" / "v.jpg") as image:
        assert (image.format, image.size) == ("JPEG", expected)


# Keeping and removing


def test_keeping_gives_the_name_and_clears_what_was_left(tmp_path: Path) -> None:
    """The whole part gets its name; parts of other steps go, those of other videos stay."""
    for name in ("7.mp4.3.part", "7.mp4.3.tag", "7.mp4.1.part", "7.mp4.1.tag", "17.mp4.1.part"):
        (tmp_path / name).write_text(name)
    (tmp_path / "7.mp4").write_text("an older one")
    assert keep(tmp_path / "7.mp4.3.part", tmp_path, "7.mp4") == tmp_path / "7.mp4"
    assert (tmp_path / "7.mp4").read_text() == "7.mp4.3.part"
    assert sorted(os.listdir(tmp_path)) == ["17.mp4.1.part", "7.mp4"]


def test_keeping_what_is_gone_says_so(tmp_path: Path) -> None:
    """A part that somebody removed is no success."""
    with pytest.raises(DiskFull):
        keep(tmp_path / "7.mp4.3.part", tmp_path, "7.mp4")


def test_removing_frees_what_it_says(tmp_path: Path) -> None:
    """The files and their parts go, others stay; empty and missing names are passed over."""
    for name, size in (("7.mp4", 100), ("7.jpg", 10), ("7.mp4.2.part", 1), ("8.mp4", 1000)):
        (tmp_path / name).write_bytes(b"x" * size)
    assert remove(tmp_path, ["7.mp4", "7.jpg", "", "7.srt"]) == 111
    assert os.listdir(tmp_path) == ["8.mp4"]
    assert discard_parts(tmp_path / "none", "7.mp4") == 0


@pytest.mark.parametrize("name", ["../studio.db", "/etc/passwd", "..", "a/b"])
def test_nothing_outside_of_the_folder_is_touched(tmp_path: Path, name: str) -> None:
    """A name that is a path is refused."""
    (tmp_path / "studio.db").write_text("x")
    (tmp_path / "videos").mkdir()
    with pytest.raises(ValueError, match="not the name of a file"):
        remove(tmp_path / "videos", [name])
    with pytest.raises(ValueError, match="not the name of a file"):
        keep(tmp_path / "studio.db", tmp_path / "videos", name)
    assert (tmp_path / "studio.db").exists()


# Names


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("Mila Hart", "Studio", "Hello"), "Mila Hart - Studio - Hello.mp4"),
        (("Мария", "Кухня", "Привет!"), "Мария - Кухня - Привет!.mp4"),
        (("A/B", "C\\D:E", 'x*?"<>|y'), "A B - C D E - x y.mp4"),
        (("../../etc", "..", "passwd"), "etc - passwd.mp4"),
        (("A\nB\t\x00C", " \u00a0 ", "\u202egnp.exe"), "A B C - gnp.exe.mp4"),
        (("", "", ""), "video.mp4"),
        (("CON", "", ""), "_CON.mp4"),
        (("nul.txt", "", ""), "_nul.txt.mp4"),
        (("-rf", "x.", "y "), "rf - x - y.mp4"),
        (("👩\u200d🍳", "Cafe\u0301", "z"), "👩\u200d🍳 - Café - z.mp4"),
        (("\ud800a", "b", "c"), "a - b - c.mp4"),
    ],
)
def test_a_download_has_a_name_that_every_system_takes(parts: tuple[str, str, str], name: str) -> None:
    """No slashes, control signs, signs that turn the text round, reserved names, dots at the ends."""
    assert download_name(*parts) == name


@pytest.mark.parametrize("letter", ["a", "ж", "漢", "👩"])
def test_a_long_name_keeps_a_piece_of_each_part(letter: str) -> None:
    """At most 120 signs and 255 bytes, with room for a browser's (2), and the ending stays."""
    name = download_name(letter * 120, "Studio", letter * 500)
    assert len(name) <= 120
    assert len(name.encode()) < 250
    first, place, title = name.removesuffix(".mp4").split(" - ")
    assert (place, len(first) >= 20, len(title) >= 20) == ("Studio", True, True)
    assert unicodedata.is_normalized("NFC", name)


def test_another_ending_is_kept() -> None:
    """Captions are named like their video."""
    assert download_name("A", "B", "C" * 200, ".srt").endswith("C.srt")


# Packing


def test_a_zip_holds_every_file_once(tmp_path: Path) -> None:
    """Stored as they are; a name that comes again, in whatever case, gets a number of its own."""
    files = []
    for n, name in enumerate(("A - B.mp4", "a - b.mp4", "A - B (2).mp4", "A - B.mp4", "Другое.mp4")):
        (tmp_path / f"{n}.mp4").write_bytes(bytes([n]) * 1000)
        files.append((tmp_path / f"{n}.mp4", name))
    os.utime(tmp_path / "0.mp4", (0, 0))
    assert zip_of(files, tmp_path / "zips" / "all.zip") == tmp_path / "zips" / "all.zip"
    with zipfile.ZipFile(tmp_path / "zips" / "all.zip") as packed:
        assert packed.testzip() is None
        names = packed.namelist()
        assert [packed.read(name)[0] for name in names] == [0, 1, 2, 3, 4]
        assert {info.compress_type for info in packed.infolist()} == {zipfile.ZIP_STORED}
    assert names == ["A - B.mp4", "a - b (2).mp4", "A - B (2) (2).mp4", "A - B (3).mp4", "Другое.mp4"]
    assert os.listdir(tmp_path / "zips") == ["all.zip"]


def test_a_zip_is_there_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    """A missing file stops it with its name; the ZIP of before stays, no half of the new one does."""
    (tmp_path / "1.mp4").write_bytes(b"x" * 1000)
    (tmp_path / "all.zip").write_text("before")
    with pytest.raises(FileBroken, match=r"“b\.mp4” is not here"):
        zip_of([(tmp_path / "1.mp4", "a.mp4"), (tmp_path / "2.mp4", "b.mp4")], tmp_path / "all.zip")
    assert sorted(os.listdir(tmp_path)) == ["1.mp4", "all.zip"]
    assert (tmp_path / "all.zip").read_text() == "before"


LIMITED = """
import resource, sys
from pathlib import Path
from core.videos.files import poster, zip_of
from core.videos.parts import DiskFull
folder = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
for work in (lambda: zip_of([(folder / "v.mp4", "v.mp4")], folder / "v.zip"),
             lambda: poster(folder / "v.mp4", folder / "v.jpg")):
    try:
        work()
    except DiskFull as error:
        print(error)
"""


def test_a_full_disk_leaves_nothing_half_made(good: Path, tmp_path: Path) -> None:
    """Neither a ZIP nor a poster, nor what they were being written to."""
    (tmp_path / "v.mp4").write_bytes(good.read_bytes())
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, timeout=30
    )
    assert done.stdout.count("Free some space") == 2, done.stderr
    assert os.listdir(tmp_path) == ["v.mp4"]
