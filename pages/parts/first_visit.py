"""The overview of an empty Studio: three ways to begin, the easiest first."""

import streamlit as st

from core.errors import StudioError
from core.members import require
from core.samples import load_samples
from core.studio import Studio
from pages.parts import dialogs
from pages.parts.words import many, say, t


def show(studio: Studio) -> None:
    """Lead by the hand: samples (in the sandbox), a blogger of one's own, or a file."""
    st.subheader(t("Welcome: three steps to the first avatar"), anchor=False)
    st.markdown(
        t(
            "1. Bring in bloggers and their locations. A location is a photo of a blogger somewhere.\n"
            "2. Choose locations, see what their avatars cost, confirm.\n"
            "3. Watch upload, group, motion and save. The avatar's id is then kept at the location."
        )
    )
    with st.grid(3, min_column_width=260):
        if studio.settings.world == "sandbox":
            _samples(studio)
        _own()
        _file()


def _samples(studio: Studio) -> None:
    with st.container(border=True, height="stretch"):
        st.markdown(t("**Look around with samples**"))
        st.caption(t("Four invented bloggers with ten photos, in the sandbox. Costs nothing."))
        st.space("stretch")
        if st.button(
            t("Load sample bloggers"), key="load_samples", type="primary", icon=":material/download:"
        ):
            try:
                result = load_samples(studio.db, settings=studio.settings, actor=require("edit"))
            except StudioError as error:
                st.error(say(error))
                return
            n = result.counts["new"]
            st.toast(many("{n} location was added.", "{n} locations were added.", n))
            st.switch_page("locations.py", query_params={})


def _own() -> None:
    with st.container(border=True, height="stretch"):
        st.markdown(t("**Begin with your own**"))
        st.caption(t("Add a blogger by name, then a location with the link of a photo."))
        st.space("stretch")
        st.button(
            t("Add a blogger"),
            key="first_blogger",
            icon=":material/person_add:",
            on_click=dialogs.ask,
            args=("add_blogger",),
        )


def _file() -> None:
    with st.container(border=True, height="stretch"):
        st.markdown(t("**Import a file**"))
        st.caption(t("JSON or CSV with bloggers and locations. You see every row before it is taken."))
        st.space("stretch")
        st.button(
            t("Import"),
            key="first_import",
            icon=":material/upload_file:",
            on_click=dialogs.ask,
            args=("import",),
        )
