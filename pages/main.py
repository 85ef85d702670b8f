"""The frame around every page: title, navigation, the world, the money and the person in the sidebar."""

from pathlib import Path
from typing import Any

import streamlit as st

from core.people.roles import Person
from core.studio import current
from pages.parts.frame import pause_notice, person_menu, sidebar
from pages.parts.kit import address, dialogs, visit
from pages.parts.kit.guard import guarded
from pages.parts.kit.language import language_switch
from pages.parts.kit.people import known, require
from pages.parts.kit.words import money_page, t
from pages.parts.runs import actions

PARTS = Path(__file__).with_name("parts")


def pages(me: Person | None) -> list[Any]:
    """The pages. One that is for others stays out of the navigation; behind a link it says who may."""
    return [
        st.Page(
            "overview.py",
            title=t("Overview"),
            icon=":material/dashboard:",
            default=True,
            help=t("What needs attention, what runs and what is left."),
        ),
        st.Page(
            "locations.py",
            title=t("Locations"),
            icon=":material/photo_library:",
            help=t("Bloggers and their locations: find, add, change, import, choose for avatars."),
        ),
        st.Page(
            "provisioning.py",
            title=t("Make avatars"),
            icon=":material/face:",
            visibility="visible" if me and me.may("spend") else "hidden",
            help=t("Choose locations, see the price, confirm and watch."),
        ),
        st.Page(
            "videos.py",
            title=t("Videos"),
            icon=":material/movie:",
            help=t("Write a script, see the price, watch, play and download."),
        ),
        st.Page(
            "activity.py",
            title=t("Activity"),
            icon=":material/history:",
            help=t("Every run step by step, with what was sent and what it cost."),
        ),
        st.Page(
            "audit.py",
            title=t("Who did what"),
            icon=":material/fact_check:",
            help=t("Every change and every spend: who, when, what, and what it was before."),
        ),
        st.Page(
            "credits.py",
            title=money_page(),
            icon=":material/payments:",
            help=t("What is available, held and spent, entry by entry, by day and by blogger."),
        ),
        st.Page(
            "settings.py",
            title=t("Settings"),
            icon=":material/settings:",
            help=t("Connection, plan and prices, backup, and the sandbox's controls."),
        ),
    ]


st.set_page_config(
    page_title="Photo Avatar Studio",
    # A Material icon would be fetched from Google's servers.
    page_icon=str(PARTS / "favicon.svg"),
    layout="wide",
)
with guarded():
    studio = current()
    me = known()
    st.logo(str(PARTS / "logo.svg"), size="large", icon_image=str(PARTS / "mark.svg"))
    # Nobody is led to pages that would say once more that nobody is known.
    page = st.navigation(pages(me), position="sidebar" if me else "hidden")
    me = require("view")
    if not visit.stay_on(page.url_path):
        # A dialog belongs to its page: whoever left the page does not find it open again.
        dialogs.forget()
    address.say()
    sidebar.show(studio)
    with st.sidebar:
        language_switch(t("Language"))
        person_menu.show(studio, me)
    pause_notice.show(studio)
    actions.show_dialog(studio)
    page.run()
