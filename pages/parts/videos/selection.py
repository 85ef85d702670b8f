"""Several videos chosen in the library: one ZIP of them, or their files removed.

The choice outlives a reload as a draft, whose name stands in the address.
"""

import tempfile
from pathlib import Path
from typing import Any, BinaryIO

import streamlit as st

from core.errors import StudioError
from core.reports import videos
from core.reports.videos import VideoFilter
from core.runs import archive
from core.studio import Studio, current
from core.videos import files
from pages.parts.kit import dialogs, drafts, times
from pages.parts.kit.people import require
from pages.parts.kit.tables import rows
from pages.parts.kit.words import escape, many, name_of, say, t
from pages.parts.videos import words

#: The ids chosen so far, also on other pages of the library and behind other filters.
CHOSEN = "videos_chosen"
#: SQLite takes a limited number of values at once.
MOST = 500
_DONE = "videos_removed"
_CHANGED = "videos_choice_changed"
DIALOG = "videos_remove"


def tick(row: Any) -> None:
    """The box that chooses a video."""
    key = f"video_tick_{row.id}"
    st.session_state[key] = row.id in _chosen()
    st.checkbox(
        t("Choose"),
        key=key,
        on_change=_ticked,
        args=(key, int(row.id)),
        disabled=len(_chosen()) >= MOST and row.id not in _chosen(),
    )


def restore(studio: Studio) -> None:
    """For the page, before its posters: after a reload or behind a link, what was chosen there."""
    if CHOSEN not in st.session_state and isinstance(found := drafts.found(studio, CHOSEN), list):
        st.session_state[CHOSEN] = [i for i in found if isinstance(i, int)][:MOST]


def bar(studio: Studio) -> None:
    """How many are chosen, and what can be done with them: at the window's lower edge."""
    drafts.keep(studio, CHOSEN, list(_chosen()))
    dialogs.show(DIALOG, t("Remove files"), _removing)
    found = _kept(studio)
    if not found:
        return
    size = sum(row.size for row in found)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        n = len(found)
        st.markdown(many("**{n}** chosen", "**{n}** chosen", n), width="content")
        st.button(
            t("Clear choice"), key="clear_choice", type="tertiary", icon=":material/close:", on_click=_clear
        )
        st.download_button(
            t("Download ZIP ({size})", size=words.megabytes(size)),
            lambda: packed(studio, tuple(row.id for row in found)),
            key="download_zip",
            file_name=f"videos-{times.today()}.zip",
            mime="application/zip",
            on_click="ignore",
            type="primary",
            icon=":material/folder_zip:",
        )
        dialogs.button(
            many("Remove {n} file", "Remove {n} files", n),
            DIALOG,
            key="remove_files",
            icon=":material/delete:",
        )


def packed(studio: Studio, ids: tuple[int, ...]) -> BinaryIO:
    """A ZIP of the files of these videos. Raises StudioError."""
    folder = archive.folder_of(studio)
    found = rows(videos.videos(studio.db, VideoFilter(ids=ids), limit=MOST))
    packing = [
        (folder / row.file, files.download_name(row.blogger, row.location, row.title))
        for row in found
        if row.file
    ]
    # Beside the videos, where there is room for files of that size; open, it needs no name any more.
    with tempfile.TemporaryDirectory(dir=studio.settings.data_dir) as place:
        return files.zip_of(packing, Path(place) / "videos.zip").open("rb")


def said() -> None:
    """What the last removal came to."""
    done = st.session_state.pop(_DONE, None)
    if done is None:
        return
    removed, error = done
    if removed:
        st.success(
            many(
                "{n} file was removed; its record stays.",
                "{n} files were removed; their records stay.",
                removed,
            ),
            icon=":material/check_circle:",
        )
    if error:
        st.error(error, icon=":material/error:")


def _chosen() -> list[int]:
    return st.session_state.setdefault(CHOSEN, [])


def _clear() -> None:
    st.session_state[CHOSEN] = []


def _ticked(key: str, video_id: int) -> None:
    others = [i for i in _chosen() if i != video_id]
    st.session_state[CHOSEN] = [*others, video_id] if st.session_state[key] else others
    st.session_state[_CHANGED] = True


def follow() -> None:
    """For a fragment with ticks: the bar at the window's edge stands outside it and follows a tick, too."""
    if st.session_state.pop(_CHANGED, False):
        st.rerun()


def _kept(studio: Studio) -> list[Any]:
    """The chosen videos that have their file; somebody else may have removed one meanwhile."""
    if not _chosen():
        return []
    found = rows(videos.videos(studio.db, VideoFilter(ids=tuple(_chosen())), limit=MOST))
    return [row for row in found if row.file]


def _removing() -> None:
    """The dialog, built from the exact videos that it will act on."""
    studio = current()
    found = _kept(studio)
    if not found:
        st.info(t("None of the chosen videos has a file any more."))
        if st.button(t("Back"), key="remove_back"):
            dialogs.close()
        return
    st.markdown(
        t(
            "The files leave this disk and {size} become free. Scripts, costs and runs stay. While "
            "HeyGen keeps a video, it can be fetched again for nothing.",
            size=words.megabytes(sum(row.size for row in found)),
        )
    )
    with st.container(height=240 if len(found) > 8 else "content", border=False):
        st.markdown(
            "\n".join(f"- **{escape(row.title)}** · {name_of(row.blogger, row.location)}" for row in found)
        )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(t("Back"), key="remove_back"):
            dialogs.close()
        if st.button(
            many("Remove {n} file", "Remove {n} files", len(found)),
            key="remove_sure",
            type="primary",
            icon=":material/delete:",
        ):
            _remove(studio, [row.id for row in found])


def _remove(studio: Studio, ids: list[int]) -> None:
    removed, error = 0, ""
    for video_id in ids:
        try:
            archive.remove(studio, video_id, actor=require("edit"))
            removed += 1
        except StudioError as refused:
            error = say(refused)
    st.session_state[_DONE] = (removed, error)
    _clear()
    dialogs.close()
