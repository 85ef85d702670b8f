"""The videos of one confirmation while they are made: a line each, and a player as soon as one is ready."""

from types import SimpleNamespace
from typing import Any

import streamlit as st

from core import clock
from core.journal.due import asks, moves
from core.reports import videos
from core.studio import Studio
from pages.parts.kit import times
from pages.parts.kit.guard import guarded
from pages.parts.kit.pictures import photo_url
from pages.parts.kit.states import run_looks
from pages.parts.kit.tables import rows
from pages.parts.kit.words import escape, many, name_of, number, t
from pages.parts.runs import actions, answers, card, steps
from pages.parts.runs import live as live_runs
from pages.parts.videos import player, words

EVERY_SECONDS = 1
#: More players at once are slow; posters lead to them.
MOST_PLAYERS = 4
#: More bars than those of so many videos are redrawn each second for nobody: the words say it too.
MOST_BARS = 8


def show(studio: Studio, quote_id: str) -> None:
    """Title, summary, a line for each video; the way on stands below."""
    found = rows(videos.batch(studio.db, quote_id))
    st.title(_title(found), anchor=False)
    if found:
        live = any(map(moves, found))
        st.fragment(_watched, run_every=EVERY_SECONDS if live else None)(studio, quote_id, live)
    else:
        st.error(t("There are no videos of the confirmation in this address."), icon=":material/error:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link("videos.py", label=t("Make another"), icon=":material/add:", query_params={"pick": "1"})
        st.page_link("videos.py", label=t("All videos"), icon=":material/video_library:", query_params={})


def _title(found: list[Any]) -> str:
    if len(found) == 1:
        return escape(found[0].title)
    return words.videos(len(found)) if found else t("Videos")


def _watched(studio: Studio, quote_id: str, live: bool) -> None:
    with guarded():
        found = rows(videos.batch(studio.db, quote_id))
        if live and not any(map(moves, found)):
            st.rerun()
        made = _avatar_runs(studio, found)
        _summary(found, sum(run.cost for run in made.values() if run.quote_id == quote_id))
        runs = {run.id: run for run in live_runs.load(studio, ids=tuple(row.run_id for row in found))}
        _cancel_all(studio, list(runs.values()))
        for row in found:
            _line(studio, row, runs.get(row.run_id), of=len(found))
            if row.step == "avatar" and row.avatar_run_id in made:
                _avatar(made[row.avatar_run_id])
        if live:
            st.caption(
                t(
                    "Shown as of {time}; refreshes every second while something runs. "
                    "You may close this page: the work goes on.",
                    time=times.clock_time(clock.now()),
                )
            )


def _avatar_runs(studio: Studio, found: list[Any]) -> dict[int, Any]:
    """The avatar runs that these videos wait or waited for."""
    ids = tuple(int(row.avatar_run_id) for row in found if row.avatar_run_id is not None)
    return {run.id: run for run in live_runs.load(studio, ids=ids)} if ids else {}


def _summary(found: list[Any], on_avatars: int) -> None:
    """How far all of them are together; at the end one sentence of what came of it."""
    ready = sum(row.state == "done" for row in found)
    spent = words.spent(sum(row.cost for row in found) + on_avatars)
    if ready == len(found):
        done = many("{n} video is ready.", "{n} videos are ready.", ready)
        st.success(f"{done} {t('{cost} spent.', cost=spent)}", icon=":material/check_circle:")
        return
    if not any(map(moves, found)):
        st.info(
            many(
                "{ready} of {n} video is ready, {cost} spent. Below stands what became of the others.",
                "{ready} of {n} videos are ready, {cost} spent. Below stands what became of the others.",
                len(found),
                ready=number(ready),
                cost=spent,
            ),
            icon=":material/front_hand:",
        )
        return
    plans = [_as_run(row) for row in found]
    done, planned = sum(map(steps.done, plans)), sum(map(steps.planned, plans))
    said = [
        many("{ready} of {n} video ready", "{ready} of {n} videos ready", len(found), ready=number(ready)),
        t("{done} of {planned} steps done", done=number(done), planned=number(planned)),
        t("{cost} spent so far", cost=spent),
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
    if len(stoppable) > 1 and st.button(
        many("Cancel {n} video", "Cancel {n} videos", len(stoppable)),
        key="cancel_all",
        icon=":material/cancel:",
        help=t("Stops those that HeyGen does not render yet. What they held is available again."),
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
        st.page_link(
            "activity.py",
            label=t("Run {id}", id=run.id),
            icon=":material/history:",
            query_params={"run": str(run.id)},
        )


def _line(studio: Studio, row: Any, run: Any, *, of: int) -> None:
    """One of so many videos: the more there are, the shorter each."""
    players = of <= MOST_PLAYERS
    ready = words.file_of(studio, row) is not None
    with st.container(border=True, key=f"video_line_{row.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            if not (ready and players):
                st.image(
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
        return t("{cost} spent", cost=words.spent(row.cost))
    return " · ".join((words.length(row.duration_ms), t("{cost} spent", cost=words.spent(row.cost))))


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
        st.page_link(
            "activity.py",
            label=t("Run {id}", id=run.id),
            icon=":material/history:",
            query_params={"run": str(run.id)},
        )


def _mend(row: Any) -> None:
    """A video whose avatar was not made is helped at its location."""
    if row.step == "avatar":
        st.page_link(
            "locations.py",
            label=t("Open the location"),
            icon=":material/photo_library:",
            query_params={"location": str(row.location_id)},
        )
