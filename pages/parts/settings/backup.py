"""A consistent copy of the Studio's data, to keep elsewhere."""

from functools import partial

import streamlit as st

from core.database import backup
from core.people import backups
from core.studio import Studio
from pages.parts.kit import times
from pages.parts.kit.guard import refusal, told_later
from pages.parts.kit.people import may, only, require
from pages.parts.kit.words import escape, number, t

NEWEST = 5
_FAILED = "backup_error"


def show(studio: Studio) -> None:
    """Make a copy, and offer those that are there."""
    st.markdown(
        t(
            "A backup holds bloggers, locations, runs and the ledger as they are at one moment, while "
            "everything goes on. Photos that were uploaded here and the files of videos are not in it. "
            "It is kept beside the data, in the folder {folder}; download it and keep it on another disk.",
            folder=f"`{escape(studio.settings.data_dir.name)}/{backup.FOLDER}`",
        )
    )
    st.caption(t("To go back to a backup, stop the Studio and run:"))
    st.code("python -m core restore FILE", language=None)
    if may("admin"):
        st.button(
            t("Make a backup"),
            key="make_backup",
            type="primary",
            icon=":material/archive:",
            on_click=_make,
            args=(studio,),
        )
    only("admin")
    refusal(_FAILED)
    found = backup.kept(studio.settings)
    if not found:
        st.caption(t("No backup was made here yet."))
        return
    for one in found[:NEWEST]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            with st.container(gap=None):
                st.markdown(f"**{escape(one.path.name)}**")
                st.caption(
                    t(
                        "{size} MB · {age}",
                        size=number(round(one.size / 1e6, 2) or 0.01),
                        age=times.ago(one.made_at),
                    ),
                    help=times.exact(one.made_at),
                )
            if not may("admin"):
                continue
            # Read only at the click, so that a visit to this page holds no copy in memory.
            st.download_button(
                t("Download"),
                partial(one.path.open, "rb"),
                file_name=one.path.name,
                mime="application/vnd.sqlite3",
                key=f"download_{one.path.name}",
                on_click="ignore",
                icon=":material/download:",
            )
    if len(found) > NEWEST:
        st.caption(t("Older backups in the folder: {n}.", n=number(len(found) - NEWEST)))


def _make(studio: Studio) -> None:
    actor = require("admin")
    with told_later(_FAILED):
        made = backups.keep(studio.db, studio.settings, actor=actor)
        st.toast(t("The backup {name} was made.", name=escape(made.path.name)), icon=":material/check:")
