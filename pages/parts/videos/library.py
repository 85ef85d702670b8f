"""All videos as posters: filters in the address, pages from SQL, several to download or to remove at once."""

from typing import Any

import streamlit as st

from core.reports import videos
from core.reports.videos import VideoFilter
from core.studio import Studio
from pages.parts.kit import times
from pages.parts.kit.address import Address
from pages.parts.kit.filters import Choice, Field, Filters, who_and_when
from pages.parts.kit.following import follow
from pages.parts.kit.location_picker import PICK
from pages.parts.kit.people import may
from pages.parts.kit.pictures import photo_url, picture
from pages.parts.kit.tables import rows
from pages.parts.kit.words import escape, many, name_of, t
from pages.parts.runs.live import any_moves
from pages.parts.runs.table import GROUPS
from pages.parts.videos import selection, words

PER_PAGE = 12


def way_back(address: Address) -> None:
    """From the form to what was made before; the script stays."""
    st.button(
        t("All videos"),
        key="to_library",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=_leave,
        args=(address,),
    )


def _leave(address: Address) -> None:
    address.change(dict.fromkeys(address.now(), ""))


def show(studio: Studio, kept: int) -> None:
    """Filters, posters, pages; `kept` is how many videos there are at all."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(t("Videos"), anchor=False, width="content")
        if may("spend") and st.button(
            t("Make a video"), key="make_video", type="primary", icon=":material/add:"
        ):
            st.switch_page("videos.py", query_params={PICK: "1"})
    selection.restore(studio)
    filters = Filters("videos", _fields(studio))
    where = _where(filters)
    total = videos.count_videos(studio.db, where) if filters.active else kept
    filters.draw()
    selection.said()
    if not total:
        filters.nothing(t("No video matches these filters."))
        return
    used = words.megabytes(videos.disk_used(studio.db))
    st.caption(many("{n} video, newest first", "{n} videos, newest first", total) + f" · {_disk(used)}")
    slot = st.container()
    page = filters.pages(total, PER_PAGE)
    with slot:
        follow(lambda: _page(studio, where, page), any_moves, lambda found: _posters(studio, found))
    selection.bar(studio)


def _disk(used: str) -> str:
    return t("{size} on this disk", size=used)


def _fields(studio: Studio) -> list[Field]:
    person, blogger, since, until = who_and_when(videos.people(studio.db), videos.bloggers(studio.db))
    return [
        Choice(
            "state",
            t("State"),
            {
                "done": t("Done"),
                "live": t("Under way"),
                "paused": t("Paused"),
                "unknown": t("Outcome unknown"),
                "failed": t("Failed"),
                "cancelled": t("Cancelled"),
            },
            several=True,
        ),
        blogger,
        Choice(
            "location",
            t("Location"),
            {str(row.id): f"{row.blogger} – {row.location}" for row in rows(videos.places(studio.db))},
        ),
        person,
        since,
        until,
    ]


def _where(filters: Filters) -> VideoFilter:
    return VideoFilter(
        states=tuple(state for group in filters.several("state") for state in GROUPS[group]),
        location_id=filters.number("location"),
        **filters.who_and_when,
    )


def _page(studio: Studio, where: VideoFilter, page: int) -> list[Any]:
    return rows(videos.videos(studio.db, where, limit=PER_PAGE, offset=(page - 1) * PER_PAGE))


def _posters(studio: Studio, found: list[Any]) -> None:
    """One page of the library. Ticks are kept by video, so it may follow its videos while they are made."""
    selection.follow()
    with st.grid("auto", min_column_width=210, gap="small"):
        for row in found:
            with st.container(border=True, gap="xsmall", height="stretch", key=f"video_card_{row.id}"):
                _card(studio, row)


def _card(studio: Studio, row: Any) -> None:
    picture(
        words.poster_url(row) if row.poster else photo_url(row.location_id, row.image_url),
        # The photo is upright: as wide as a poster it would tower over its row.
        width="stretch" if row.poster else 96,
        alt=t("Picture of {blogger}, {location}", blogger=row.blogger, location=row.location),
    )
    st.markdown(f"**{escape(row.title)}**", wrap=False)
    length = times.length(row.duration_ms or row.expected_ms)
    about = length if row.duration_ms else t("about {length}", length=length)
    st.caption(
        f"{name_of(row.blogger, row.location)}  \n{about} · {times.ago(row.archived_at or row.created_at)}"
    )
    mark = f" :orange-badge[:material/branding_watermark: {t('Watermark')}]" if row.watermark else ""
    st.markdown(words.look(row).markdown + mark)
    st.space("stretch")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        here = {name: st.query_params[name] for name in st.query_params}
        st.page_link(
            "videos.py",
            label=t("Play") if row.file else t("Open"),
            icon=":material/play_arrow:" if row.file else ":material/arrow_forward:",
            query_params={**here, "video": str(row.id)},
        )
        if row.file:
            selection.tick(row)
