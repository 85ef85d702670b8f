"""What a blogger's or a location's videos start from: voice, language, format."""

from typing import Any

import streamlit as st

from core.bloggers import editing
from core.database.tables.videos import VIDEO_FORMATS
from core.studio import Studio, current
from core.videos import voices
from pages.parts.kit import dialogs
from pages.parts.kit.people import require
from pages.parts.kit.pictures import reachable, sound
from pages.parts.kit.tables import rows
from pages.parts.kit.words import escape, t
from pages.parts.videos import words

DIALOG = "video_default"


def show() -> None:
    """Draw the dialog when it is open."""
    dialogs.show(DIALOG, t("Default voice, language and format"), _body)


def _body(location_id: int) -> None:
    studio = current()
    location = editing.get_location(studio.db, location_id=location_id)
    blogger = editing.get_blogger(studio.db, blogger_id=location.blogger_id)
    whose = st.segmented_control(
        t("For"),
        ["blogger", "location"],
        default="blogger",
        required=True,
        format_func=lambda one: (
            t("All locations of {blogger}", blogger=escape(blogger.name))
            if one == "blogger"
            else t("Only {location}", location=escape(location.name))
        ),
        key="default_whose",
    )
    owner: Any = blogger if whose == "blogger" else location
    voice_id = _voice(studio, owner, whose)
    language = _language(studio, owner, whose)
    options = ["", *VIDEO_FORMATS]
    video_format = st.segmented_control(
        t("Format"),
        options,
        default=owner.video_format or "",
        required=True,
        format_func=lambda one: one or _nothing(whose),
        key=f"default_format_{whose}",
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(t("Back"), key="default_back"):
            dialogs.close()
        if st.button(t("Save"), key="default_save", type="primary", icon=":material/check:"):
            target = {"blogger_id": blogger.id} if whose == "blogger" else {"location_id": location.id}
            dialogs.do(
                lambda: voices.set_default(
                    studio,
                    **target,
                    voice_id=voice_id,
                    language=language,
                    video_format=video_format,
                    actor=require("edit"),
                )
            )


def _nothing(whose: str | None) -> str:
    return t("No default") if whose == "blogger" else t("As the blogger")


def _voice(studio: Studio, owner: Any, whose: str | None) -> str:
    found = {row.voice_id: row for row in rows(voices.voices(studio.db))}
    options = ["", *found]

    def said(voice_id: str) -> str:
        one = found.get(voice_id)
        return _nothing(whose) if one is None else words.voice(one.name, one.language, one.gender)

    chosen = st.selectbox(
        t("Voice"),
        options,
        index=options.index(owner.voice_id) if owner.voice_id in found else 0,
        format_func=said,
        key=f"default_voice_{whose}",
        filter_mode="contains",
    )
    one = found.get(chosen or "")
    if one is not None and one.preview_url:
        sound(
            reachable(studio, one.preview_url),
            alt=t("A sample of the voice {name}", name=one.name),
        )
    return chosen or ""


def _language(studio: Studio, owner: Any, whose: str | None) -> str:
    options = ["", *voices.languages(studio.db)]
    if owner.language and owner.language not in options:
        options.append(owner.language)
    return (
        st.selectbox(
            t("Language"),
            options,
            index=options.index(owner.language or ""),
            format_func=lambda one: one or _nothing(whose),
            key=f"default_language_{whose}",
            help=t("Seconds are counted in this language. Without it, the script's letters tell."),
        )
        or ""
    )
