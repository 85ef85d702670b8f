"""The videos of one confirmation while they are made: a line each, and a player as soon as one is ready."""

from types import SimpleNamespace
from typing import Any

import streamlit as st

from core.journal.due import asks
from core.reports import videos
from core.studio import Studio
from pages.parts.kit import scrolling, times
from pages.parts.kit.following import follow
from pages.parts.kit.links import run_link
from pages.parts.kit.people import may
from pages.parts.kit.pictures import photo_url, picture
from pages.parts.kit.states import run_looks
from pages.parts.kit.tables import rows
from pages.parts.kit.words import escape, many, name_of, number, spent, t
from pages.parts.runs import actions, answers, card, live, steps
from pages.parts.runs.live import any_moves
from pages.parts.videos import player, words

EVERY_SECONDS = 1
#: More players at once are slow; posters lead to them.
MOST_PLAYERS = 4
#: More bars than those of so many videos are redrawn each second for nobody: the words say it too.
MOST_BARS = 8


def show(studio: Studio, quote_id: str) -> None:
    """Title, summary, a line for each video; the way on stands below."""
    scrolling.to_top(quote_id)
    found = _load(studio, quote_id)
    st.title(_title(found), anchor=False)
    if found:
        follow(
            lambda: _load(studio, quote_id),
            any_moves,
            lambda now: _draw(studio, quote_id, now),
            every=EVERY_SECONDS,
            noted=True,
        )
    else:
        st.error(t("There are no videos of the confirmation in this address."), icon=":material/error:")
    with st.container(horizontal=True, vertical_alignment="center"):
        if may("spend"):
            st.page_link(
                "videos.py", label=t("Make another"), icon=":material/add:", query_params={"pick": "1"}
            )
        st.page_link("videos.py", label=t("All videos"), icon=":material/video_library:", query_params={})


def _load(studio: Studio, quote_id: str) -> list[Any]:
    return rows(videos.batch(studio.db, quote_id))


def _title(found: list[Any]) -> str:
    if len(found) == 1:
        return escape(found[0].title)
    return words.videos(len(found)) if found else t("Videos")


def _draw(studio: Studio, quote_id: str, found: list[Any]) -> None:
    made = _avatar_runs(studio, found)
    _summary(found, sum(run.cost for run in made.values() if run.quote_id == quote_id))
    runs = {run.id: run for run in live.load(studio, ids=tuple(row.run_id for row in found))}
    _cancel_all(studio, list(runs.values()))
    for row in found:
        _line(studio, row, runs.get(row.run_id), of=len(found))
        if row.step == "avatar" and row.avatar_run_id in made:
            _avatar(made[row.avatar_run_id])


def _avatar_runs(studio: Studio, found: list[Any]) -> dict[int, Any]:
    """The avatar runs that these videos wait or waited for."""
    ids = tuple(int(row.avatar_run_id) for row in found if row.avatar_run_id is not None)
    return {run.id: run for run in live.load(studio, ids=ids)} if ids else {}


def _summary(found: list[Any], on_avatars: int) -> None:
    """How far all of them are together; at the end one sentence of what came of it."""
    ready = sum(row.state == "done" for row in found)
    cost = spent(sum(row.cost for row in found) + on_avatars)
    if ready == len(found):
        done = many("{n} video is ready.", "{n} videos are ready.", ready)
        st.success(f"{done} {t('{cost} spent.', cost=cost)}", icon=":material/check_circle:")
        return
    if not any_moves(found):
        st.info(
            many(
                "{ready} of {n} video is ready, {cost} spent. Below stands what became of the others.",
                "{ready} of {n} videos are ready, {cost} spent. Below stands what became of the others.",
                len(found),
                ready=number(ready),
                cost=cost,
            ),
            icon=":material/front_hand:",
        )
        return
    plans = [_as_run(row) for row in found]
    done, planned = sum(map(steps.done, plans)), sum(map(steps.planned, plans))
    said = [
        many("{ready} of {n} video ready", "{ready} of {n} videos ready", len(found), ready=number(ready)),
        t("{done} of {planned} steps done", done=number(done), planned=number(planned)),
        t("{cost} spent so far", cost=cost),
    ]
    st.progress(done / planned, text=" · ".join(said))


def _as_run(row: Any) -> Any:
    """What the steps need to know of a video."""
    return SimpleNamespace(kind="video", first_step="avatar", state=row.state, step=row.step)


def _cancel_all(studio: Studio, runs: list[Any]) -> None:
    """One click for all that HeyGen does not render yet."""
    stoppable = [
        run
        for run in runs
        if run.state in actions.CANCELLABLE and not actions.is_paid(run) and not run.cancel_requested_by
    ]
    if (
        len(stoppable) > 1
        and may("spend")
        and st.button(
            many("Cancel {n} video", "Cancel {n} videos", len(stoppable)),
            key="cancel_all",
            icon=":material/cancel:",
            help=t("Stops those that HeyGen does not render yet. What they held is available again."),
        )
    ):
        actions.cancel_all(studio, [run.id for run in stoppable])


def _avatar(run: Any) -> None:
    """How far the avatar is that the video above waits for."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            t("Its avatar: {state}", state=run_looks()[run.state].markdown) + f" {steps.now(run)}"
            if run.ended_at is None
            else t("Its avatar: {state}", state=run_looks()[run.state].markdown),
            width="content",
        )
        run_link(run.id)


def _line(studio: Studio, row: Any, run: Any, *, of: int) -> None:
    """One of so many videos: the more there are, the shorter each."""
    players = of <= MOST_PLAYERS
    ready = words.file_of(studio, row) is not None
    with st.container(border=True, key=f"video_line_{row.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            if not (ready and players):
                picture(
                    words.poster_url(row) if ready else photo_url(row.location_id, row.image_url),
                    width=96,
                    alt=t("Picture of {blogger}, {location}", blogger=row.blogger, location=row.location),
                )
            with st.container(gap="xxsmall", width="stretch"):
                if of > 1:
                    st.markdown(f"**{escape(row.title)}**")
                st.markdown(
                    f"{words.look(row).markdown} {name_of(row.blogger, row.location)}",
                    help=t("Since {time}", time=times.exact(row.ended_at or row.step_at)),
                )
                st.caption(_now(row))
            if ready and not players:
                _open(row, t("Play"), ":material/play_arrow:")
        if ready and players:
            player.player(studio, row)
            _open(row, t("Script, captions and download"), ":material/arrow_forward:")
        elif run is not None:
            _state(studio, row, run, bars=of <= MOST_BARS)


def _open(row: Any, label: str, icon: str) -> None:
    st.page_link("videos.py", label=label, icon=icon, query_params={"video": str(row.id)})


def _now(row: Any) -> str:
    """What happens at this moment, or what it came to."""
    if row.ended_at is None and not asks(row):
        return steps.now(row)
    if row.duration_ms is None:
        return t("{cost} spent", cost=spent(row.cost))
    return " · ".join((times.length(row.duration_ms), t("{cost} spent", cost=spent(row.cost))))


def _state(studio: Studio, row: Any, run: Any, *, bars: bool) -> None:
    """How far a video is, why it stopped, and what a person can do about it."""
    if run.ended_at is None and bars:
        card.bars(run)
    if run.state == "failed":
        st.error(card.failure_and_cost(run), icon=":material/error:")
    answers.show(studio, run)
    with st.container(horizontal=True, vertical_alignment="center"):
        actions.buttons(studio, run)
        if run.state == "failed":
            _mend(row)
        run_link(run.id)


def _mend(row: Any) -> None:
    """A video whose avatar was not made is helped at its location."""
    if row.step == "avatar":
        st.page_link(
            "locations.py",
            label=t("Open the location"),
            icon=":material/photo_library:",
            query_params={"location": str(row.location_id)},
        )
