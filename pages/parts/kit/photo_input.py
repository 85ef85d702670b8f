"""One input for a photo, as a link or as a file; what HeyGen will say of it stands beside it at once.

The check is the Studio's own: a link is fetched as the worker would fetch it, a file is judged by its bytes.
Both are checked once more when they are used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.config import Settings
from core.locale import N_
from core.photos import check, thumbnails, uploads
from core.photos.address import PhotoRefused, check_uploads, is_upload
from core.photos.fetch import Limits
from core.reports import remedies
from core.studio import Studio
from pages.parts.kit.pictures import picture
from pages.parts.kit.words import number, sentence, t

#: A link is looked at while somebody waits.
LIMITS = Limits(total_seconds=10.0)
#: Browsers count a megabyte as 1,048,576 bytes: core judges the rest.
MOST_MEGABYTES = 10
#: The frame keeps its height, so that the buttons below it stay where they are.
HEIGHT = 208
WAYS = {"present": N_("Present photo"), "link": N_("Link"), "upload": N_("Upload")}


@dataclass(frozen=True)
class Look:
    """What the check found: a small picture and its measures, or a refusal."""

    picture: bytes = b""
    kind: str = ""
    width: int = 0
    height: int = 0
    size: int = 0
    template: str = ""
    values: Mapping[str, Any] | None = None

    @property
    def refused(self) -> bool:
        return bool(self.template)


@dataclass(frozen=True)
class Given:
    """What a person gave: an address, or the bytes of a file that is not kept yet; both empty for nothing."""

    url: str = ""
    data: bytes = b""
    look: Look | None = None

    def __bool__(self) -> bool:
        return bool(self.url or self.data)

    @property
    def good(self) -> bool:
        """True when the check passed."""
        return self.look is not None and not self.look.refused

    def address(self, settings: Settings) -> str:
        """The address to store; a file is kept now. Raises PhotoRefused for a photo HeyGen could not use."""
        if self.look is not None and self.look.refused:
            raise PhotoRefused(self.look.template, **(self.look.values or {}))
        return uploads.keep(settings, self.data) if self.data else self.url


def photo_input(studio: Studio, key: str, *, present: str = "") -> Given:
    """The input and, below it, the check. `present` is the address that a location has already."""
    kept = bool(present) and is_upload(present)
    ways = ["present", "link", "upload"] if kept else ["link", "upload"]
    way = st.segmented_control(
        t("Photo"), ways, default=ways[0], required=True, format_func=_way, key=f"{key}_way"
    )
    if way == "upload":
        given = _uploaded(key)
    elif way == "present":
        given = Given(url=present)
    else:
        given = _linked(key, "" if kept else present)
    return _checked(studio, key, given)


def _way(way: str) -> str:
    return t(WAYS[way])


def _linked(key: str, present: str) -> Given:
    url = st.text_input(
        t("Link of the photo"),
        value=present,
        key=f"{key}_url",
        type="url",
        placeholder="https://",
        validate="",
        help=t("The link of the picture itself, open to everybody. Enter checks it."),
    )
    return Given(url=(url or "").strip())


def _uploaded(key: str) -> Given:
    file = st.file_uploader(
        t("File of the photo"),
        type=["png", "jpg", "jpeg"],
        max_upload_size=MOST_MEGABYTES,
        key=f"{key}_file",
    )
    return Given() if file is None else Given(data=file.getvalue(), look=_look_at_file(file.file_id, file))


def _checked(studio: Studio, key: str, given: Given) -> Given:
    """The frame with what the check found."""
    with st.container(border=True, height=HEIGHT, key=f"{key}_check"):
        if not given:
            _advice()
            return given
        look = given.look
        if look is None:
            with st.spinner(t("Looking at the photo…"), show_time=True):
                look = _look_at_link(given.url, str(studio.settings.data_dir), studio.settings)
        if look.refused:
            st.error(sentence(look.template, look.values or {}), icon=":material/error:")
            if given.url:
                st.button(
                    t("Look again"),
                    key=f"{key}_again",
                    icon=":material/refresh:",
                    type="tertiary",
                    on_click=_look_at_link.clear,
                    args=(given.url, str(studio.settings.data_dir), studio.settings),
                )
        else:
            _good(look, studio, given)
    return Given(given.url, given.data, look)


def _advice() -> None:
    st.markdown(t("**A good photo** shows one face from the front, well lit, nothing in front of it."))
    st.caption(
        t(
            "PNG or JPEG, at least {side} x {side} pixels, at most {limit} MB. It is checked here at once, "
            "and nothing is spent on it.",
            side=LIMITS.min_side,
            limit=number(LIMITS.max_bytes / 1_000_000),
        )
    )


def _good(look: Look, studio: Studio, given: Given) -> None:
    upload = bool(given.data) or is_upload(given.url)
    refused = remedies.of_photo(studio.db, given.url) if given.url else None
    side_by_side = st.container(horizontal=True, wrap=False, gap="medium")
    with side_by_side.container(width="content"):
        picture(look.picture, width=88, alt=t("The photo, small"))
    with side_by_side.container(gap="xsmall"):
        reason = _no_way_to_heygen(studio.settings) if upload else None
        if reason is not None:
            st.badge(t("Not for HeyGen"), icon=":material/link_off:", color="orange")
            st.markdown(sentence(reason.template, reason.values))
            return
        if refused is not None:
            st.badge(t("HeyGen did not take it"), icon=":material/block:", color="orange")
            st.markdown(sentence(refused.error_template, refused.error_values))
            return
        st.badge(t("Good for HeyGen"), icon=":material/check_circle:", color="green")
        st.markdown(
            t(
                "{kind}, {width} x {height} pixels, {size} kB",
                kind=look.kind.upper(),
                width=look.width,
                height=look.height,
                size=number(max(1, round(look.size / 1000))),
            )
        )
        st.caption(t("HeyGen looks for a face when the avatar is made; without one nothing is spent."))


def _no_way_to_heygen(settings: Settings) -> PhotoRefused | None:
    """Why HeyGen could not fetch a photo that is kept here, if it could not."""
    try:
        check_uploads(settings)
    except PhotoRefused as error:
        return error
    return None


@st.cache_data(ttl=60, max_entries=100, show_spinner=False)
def _look_at_link(url: str, world: str, _settings: Settings) -> Look:
    """The check of what a link leads to; a minute long it is not fetched again."""
    del world  # Another DATA_DIR is another world with another answer.
    try:
        return _found(check.check_photo(url, _settings, limits=LIMITS))
    except PhotoRefused as error:
        return Look(template=error.template, values=dict(error.values))


@st.cache_data(ttl=600, max_entries=20, show_spinner=False)
def _look_at_file(file_id: str, _file: Any) -> Look:
    del file_id  # Names the upload: the same file is judged once.
    try:
        return _found(check.check_bytes(_file.getvalue()))
    except PhotoRefused as error:
        return Look(template=error.template, values=dict(error.values))


def _found(photo: check.CheckedPhoto) -> Look:
    return Look(
        picture=thumbnails.small_picture(photo),
        kind=photo.kind,
        width=photo.width,
        height=photo.height,
        size=len(photo.data),
    )
