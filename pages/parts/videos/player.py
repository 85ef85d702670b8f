"""One video: its player with captions, its script, what it cost, its files, and what can be done with it."""

from pathlib import Path
from typing import Any

import streamlit as st

from core.errors import NotFound
from core.journal.due import asks
from core.locale import N_
from core.reports import videos
from core.runs import archive
from core.studio import Studio
from core.videos import files
from core.videos.captions import vtt
from pages.parts.kit import links, times
from pages.parts.kit.guard import optional
from pages.parts.kit.people import may, require
from pages.parts.kit.pictures import photo
from pages.parts.kit.times import length, longest
from pages.parts.kit.words import at_most, escape, name_of, person, spent, t
from pages.parts.runs import actions, answers, card, live, steps
from pages.parts.videos import plan, words


def show(studio: Studio, video_id: int) -> None:
    """The page of one video. Raises NotFound."""
    st.button(
        t("All videos"),
        key="all_videos",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=links.put,
        args=("video", ()),
    )
    try:
        row = videos.video(studio.db, video_id)
    except NotFound:
        st.title(t("Videos"), anchor=False)
        raise
    st.title(escape(row.title), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words.look(row).badge(help=t("Since {time}", time=times.exact(row.ended_at or row.step_at)))
        st.markdown(name_of(row.blogger, row.location), width="content")
    live.watch(studio, (row.run_id,), lambda runs: _draw(studio, video_id, runs))


def _draw(studio: Studio, video_id: int, runs: list[Any]) -> None:
    row = videos.video(studio.db, video_id)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        if words.file_of(studio, row) is not None:
            player(studio, row)
            _files(studio, row)
        else:
            _no_file(studio, row, runs[0])
        _another(row)
    with right:
        _facts(row)
        st.subheader(t("Script"), anchor=False)
        with st.container(height=240 if len(row.script) > 700 else "content", border=True):
            st.text(row.script)
        _links(row)


def player(studio: Studio, row: Any) -> None:
    """The file in the browser's own player, fetched in ranges, with its captions."""
    # An upright picture would be higher than the window.
    width = 800 if row.width > row.height else 480 if row.width == row.height else 320
    with st.container(horizontal_alignment="center"), st.container(width=width):
        _film(studio, row)
    if row.watermark:
        st.info(
            t(
                "HeyGen's credits did not suffice, so this video carries HeyGen's watermark. "
                "With credits in HeyGen, make it again to have it without."
            ),
            icon=":material/branding_watermark:",
        )


def _film(studio: Studio, row: Any) -> None:
    """The player; without captions where they cannot be used."""

    def with_captions(tracks: dict[str, str | bytes] | None) -> None:
        alt = t("Video of {blogger}, {location}", blogger=row.blogger, location=row.location)
        st.video(words.video_url(row), subtitles=tracks, alt=alt)

    with optional(N_("captions")):
        with_captions(_captions(studio, row))
        return
    with_captions(None)


def _captions(studio: Studio, row: Any) -> dict[str, str | bytes] | None:
    """Captions for the player; the sandbox draws them into the picture, so there they begin switched off.

    In WebVTT: to know SubRip, Streamlit reads its first 33 bytes, where a letter may be cut in two.
    """
    path = _caption_file(studio, row)
    if path is None:
        return None
    off = {t("Off", context="captions"): ""} if studio.settings.world == "sandbox" else {}
    return {**off, t("Captions"): vtt(path.read_text(encoding="utf-8")).encode()}


def _caption_file(studio: Studio, row: Any) -> Path | None:
    path = archive.folder_of(studio) / row.captions if row.captions else None
    return path if path is not None and path.is_file() else None


def _files(studio: Studio, row: Any) -> None:
    path, captions = words.file_of(studio, row), _caption_file(studio, row)
    with st.container(horizontal=True, vertical_alignment="center"):
        if path is not None:
            st.download_button(
                t("Download ({size})", size=words.megabytes(row.size)),
                lambda: path.open("rb"),
                key="download_video",
                file_name=files.download_name(row.blogger, row.location, row.title),
                mime="video/mp4",
                on_click="ignore",
                type="primary",
                icon=":material/download:",
            )
        if captions is not None:
            st.download_button(
                t("Captions (SRT)"),
                lambda: captions.read_bytes(),
                key="download_captions",
                file_name=files.download_name(row.blogger, row.location, row.title, ".srt"),
                mime="application/x-subrip",
                on_click="ignore",
                icon=":material/closed_caption:",
            )


def _no_file(studio: Studio, row: Any, run: Any) -> None:
    """In place of the player: how far it is, why there is none, and what helps."""
    photo(row.location_id, row.image_url, row.blogger, row.location, width=240)
    if run.ended_at is None:
        card.bars(run)
        if not asks(run):
            st.caption(steps.now(run))
    if run.state == "failed":
        st.error(card.failure_and_cost(run), icon=":material/error:")
    if run.state == "cancelled":
        st.info(t("It was cancelled before HeyGen rendered it."), icon=":material/cancel:")
    answers.show(studio, run)
    if run.state == "done":
        _fetch_again(studio, row)
    with st.container(horizontal=True):
        actions.buttons(studio, run)


def _fetch_again(studio: Studio, row: Any) -> None:
    if row.removed_at is not None:
        st.info(
            t("The file was removed {age}; the record stays.", age=times.ago(row.removed_at)),
            icon=":material/folder_off:",
        )
    else:
        st.warning(t("The file is not in its place any more."), icon=":material/folder_off:")
    if (
        row.heygen_video_id
        and may("edit")
        and st.button(
            t("Fetch it again · free"), key="fetch_again", type="primary", icon=":material/cloud_download:"
        )
    ):
        actions.do(
            studio,
            lambda: archive.fetch_again(studio, row.id, actor=require("edit")),
        )


def _another(row: Any) -> None:
    if may("spend") and st.button(t("Make another like this"), key="another", icon=":material/content_copy:"):
        st.switch_page("videos.py", query_params=plan.like(row))


def _facts(row: Any) -> None:
    measured = "–" if row.duration_ms is None else length(row.duration_ms)
    facts = {
        t("Length"): measured,
        t("Length, expected"): t(
            "{expected}, at most {most}", expected=length(row.expected_ms), most=longest(row.upper_ms)
        ),
        t("Cost"): spent(row.cost),
        t("Voice"): escape(row.voice_name or row.voice_id),
        t("Picture"): f"{row.format} · {row.width} × {row.height}",
        t("Confirmed by"): escape(person(row.actor)),
        t("Started"): times.exact(row.created_at),
        t("Finished"): times.exact(row.archived_at),
    }
    if row.held:
        facts[t("Held")] = at_most(row.held)
    if row.still:
        facts[t("Look")] = t("Still, because the motion failed")
    st.table(facts, border="horizontal", alt=t("Facts about this video"))


def _links(row: Any) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        card.ways(row.run_id, row.location_id)
        st.page_link(
            "videos.py",
            label=t("Its batch"),
            icon=":material/view_list:",
            query_params={"batch": row.quote_id},
        )
