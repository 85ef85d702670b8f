"""Videos in words: voices, states, files, and what is odd about a script."""

from pathlib import Path
from typing import Any

import streamlit as st

from core.names import visible
from core.quotes.video_lines import VideoWish
from core.runs import archive
from core.studio import Studio
from core.videos import script
from pages.parts.kit.pictures import origin
from pages.parts.kit.states import Look, run_looks
from pages.parts.kit.words import at_most, escape, many, number, t

#: As many odd pieces of a script are named.
MOST_FOUND = 5


def voice(name: str, language: str, gender: str) -> str:
    """A voice with what is known of it, in HeyGen's words."""
    return visible(" · ".join(word for word in (name, language, gender) if word))


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


def warn(wish: VideoWish) -> None:
    """What of script and title will not be what it looks like; said before anything is paid."""
    if literal := script.no_placeholders(f"{wish.script}\n{wish.title}"):
        st.warning(
            t(
                "No placeholder: {found}. Only {{blogger}} and {{location}} are replaced by names; anything "
                "else in braces stays as it stands and may be spoken.",
                found=_listed(literal),
            ),
            icon=":material/data_object:",
        )
    if tags := script.no_pauses(wish.script):
        st.warning(
            t(
                "No pause: {found}. A pause is written {pause}, with straight quotes and a point; anything "
                "else in brackets may be read aloud.",
                found=_listed(tags),
                pause=escape(script.PAUSE),
            ),
            icon=":material/timer_off:",
        )


def _listed(found: tuple[str, ...]) -> str:
    shown = ", ".join(f"**{escape(one)}**" for one in found[:MOST_FOUND])
    return shown + (" …" if len(found) > MOST_FOUND else "")
