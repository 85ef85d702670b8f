"""Videos in words: lengths, voices, states."""

from pathlib import Path
from typing import Any

from core.runs import archive
from core.studio import Studio
from pages.parts.kit.pictures import origin
from pages.parts.kit.states import Look, run_looks
from pages.parts.kit.words import amount, many, number, t

#: Of a credit, in micro-credits. A second of video costs a few thousandths: more digits say nothing.
HUNDREDTH, THOUSANDTH = 10_000, 1_000


def length(milliseconds: int) -> str:
    """A duration in whole seconds, at least one, as a person says it."""
    return _seconds(max(1, round(milliseconds / 1000)))


def longest(milliseconds: int) -> str:
    """An upper bound, rounded up."""
    return _seconds(-(-milliseconds // 1000))


def _seconds(seconds: int) -> str:
    if seconds < 120:
        return t("{n} s", n=seconds)
    return t("{n} min {s} s", n=seconds // 60, s=seconds % 60)


def voice(name: str, language: str, gender: str) -> str:
    """A voice with what is known of it."""
    return " · ".join(word for word in (name, language, gender) if word)


def at_most(micro: int) -> str:
    """An upper bound in hundredths of a credit, rounded up; the ledger keeps it exactly."""
    return amount(-(-micro // HUNDREDTH) * HUNDREDTH)


def spent(micro: int) -> str:
    """What was spent, in thousandths of a credit; the ledger keeps it exactly."""
    return amount(-(-micro // THOUSANDTH) * THOUSANDTH)


def whole(micro: int) -> str:
    """A balance in hundredths of a credit, rounded down, in a form that does not break across lines."""
    return amount(micro // HUNDREDTH * HUNDREDTH).replace(" ", "\u00a0")


def videos(n: int) -> str:
    return many("{n} video", "{n} videos", n)


def spend_label(total: int, n: int) -> str:
    """What the button says: always the most that may be spent."""
    return t("Spend up to {amount} on {videos}", amount=at_most(total), videos=videos(n))


def megabytes(size: int) -> str:
    return t("{n} MB", n=number(round(size / 1_000_000, 1)))


def file_of(studio: Studio, row: Any) -> Path | None:
    """The video's file, where it is here."""
    path = archive.folder_of(studio) / row.file if row.file else None
    return path if path is not None and path.is_file() else None


def look(row: Any) -> Look:
    """The state of a video: that of its run, or that its file is not here any more."""
    if row.state == "done" and not row.file:
        return Look(t("File removed"), "folder_off", "gray", "–")
    return run_looks()[row.state]


def poster_url(row: Any) -> str:
    """Where the browser finds the poster; another file gets another address."""
    return f"{origin()}/videos/{row.id}/poster.jpg?v={row.sha256[:8]}"


def video_url(row: Any) -> str:
    return f"{origin()}/videos/{row.id}.mp4?v={row.sha256[:8]}"
