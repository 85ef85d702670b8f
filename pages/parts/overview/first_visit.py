"""The overview of an empty Studio: the ways to begin, the easiest first."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from core.bloggers.exchange import bring_over
from core.bloggers.exchange.samples import load_samples
from core.errors import StudioError
from core.studio import Studio
from pages.parts.kit import dialogs, location_picker
from pages.parts.kit.people import may, require
from pages.parts.kit.words import many, say, t, whole


def show(studio: Studio) -> None:
    """Lead by the hand: what was there before v3, samples (in the sandbox), one's own blogger, or a file."""
    if not may("edit"):
        st.info(
            t("Nothing is here yet. Operators and administrators bring in bloggers and locations."),
            icon=":material/photo_library:",
        )
        return
    before = bring_over.offered(studio)
    sandbox = studio.settings.world == "sandbox"
    st.subheader(t("Welcome: three steps to the first avatar"), anchor=False)
    price = whole(studio.tariffs.avatar)
    with st.grid(3, min_column_width=220, gap="small"):
        _step(
            ":material/counter_1:",
            t("Bring in locations"),
            t("A location is a photo of a blogger somewhere: in a cafe, in a park."),
        )
        _step(
            ":material/counter_2:",
            t("Choose and confirm"),
            t("You see the price before anything is spent. An avatar costs {price}.", price=price),
        )
        _step(
            ":material/counter_3:",
            t("Watch", context="step"),
            t("HeyGen makes the avatars; the Studio keeps their ids. That takes a few minutes."),
        )
    st.subheader(t("How do you want to begin?"), anchor=False)
    with st.grid(3, min_column_width=220, gap="small"):
        if before is not None:
            _bring(studio, before)
        if sandbox:
            _samples(studio, primary=before is None)
        _own(primary=not sandbox and before is None)
        _file()


def _step(icon: str, title: str, text: str) -> None:
    with st.container(gap="xxsmall"):
        st.markdown(f"{icon} **{title}**")
        st.caption(text)


@contextmanager
def _way(title: str, text: str) -> Iterator[None]:
    """A card; its button stands at the lower edge, level with those of the others."""
    with st.container(border=True, height="stretch"):
        st.markdown(title)
        st.caption(text)
        st.space("stretch")
        yield


def _bring(studio: Studio, folder: Path) -> None:
    if bring_over.keeps_avatars(studio):
        said = t("With their photos and avatars. It costs nothing, and the old data stay as they are.")
    else:
        said = t(
            "With their photos; this sandbox makes the avatars anew. Bringing them over costs nothing, and "
            "the old data stay as they are."
        )
    with _way(t("**Go on with what you have**"), said):
        st.button(
            t("Bring bloggers and locations over from {folder}", folder=folder.as_posix()),
            key="bring_over",
            type="primary",
            icon=":material/move_up:",
            width="stretch",
            on_click=_bring_over,
            args=(studio, folder),
        )


def _bring_over(studio: Studio, folder: Path) -> None:
    try:
        found = bring_over.bring(studio, folder, actor=require("edit"))
    except StudioError as error:
        st.toast(say(error), icon=":material/error:", duration="infinite")
        return
    n = found.brought
    st.toast(many("{n} location was brought over.", "{n} locations were brought over.", n))
    if found.left:
        st.toast(
            many(
                "{n} location stays behind: its run there is not over. Finish it there first.",
                "{n} locations stay behind: their runs there are not over. Finish them there first.",
                found.left,
            ),
            icon=":material/warning:",
            duration="infinite",
        )


def _samples(studio: Studio, *, primary: bool) -> None:
    with _way(
        t("**Try it with samples**"),
        t("Four invented bloggers with ten photos. It takes a minute and costs nothing."),
    ):
        if st.button(
            t("Load sample bloggers"),
            key="load_samples",
            type="primary" if primary else "secondary",
            icon=":material/download:",
            width="stretch",
        ):
            try:
                result = load_samples(studio.db, settings=studio.settings, actor=require("edit"))
            except StudioError as error:
                st.error(say(error))
                return
            n = result.counts["new"]
            st.toast(many("{n} location was added.", "{n} locations were added.", n))
            st.switch_page("provisioning.py", query_params={location_picker.PICK: "1"})


def _own(*, primary: bool) -> None:
    with _way(t("**Begin with your own**"), t("Add a blogger by name, then a location with a photo.")):
        dialogs.button(
            t("Add blogger"),
            "add_blogger",
            key="first_blogger",
            type="primary" if primary else "secondary",
            icon=":material/person_add:",
            width="stretch",
        )


def _file() -> None:
    with _way(
        t("**Import a file**"),
        t("JSON or CSV with bloggers and locations. You see every row before it is taken."),
    ):
        dialogs.button(
            t("Import"), "import", key="first_import", icon=":material/upload_file:", width="stretch"
        )
