"""The runs of one confirmation while they are made, and what came of them."""

from typing import Any

import streamlit as st

from core.studio import Studio
from pages.parts.kit import links, scrolling
from pages.parts.kit.people import may
from pages.parts.kit.states import kind_looks
from pages.parts.kit.words import amount, many, number, t
from pages.parts.runs import card, live, steps


def show(studio: Studio, ids: tuple[int, ...]) -> None:
    """Title, summary and a card for each run; the way on stands below."""
    scrolling.to_top(links.joined(ids))
    runs = live.load(studio, ids=ids)
    st.title(_title(runs), anchor=False)
    if runs:
        live.watch(studio, ids, lambda now: _draw(studio, now))
    else:
        st.error(t("There is no run with the number in this address."), icon=":material/error:")
    with st.container(horizontal=True, vertical_alignment="center"):
        if may("spend"):
            st.button(t("Make more avatars"), icon=":material/add:", on_click=links.put, args=("runs", ()))
        st.page_link("overview.py", label=t("Overview"), icon=":material/dashboard:", query_params={})


def _title(runs: list[Any]) -> str:
    if runs and all(run.kind == "free_slot" for run in runs):
        return kind_looks()["free_slot"].word
    if runs and all(run.again for run in runs):
        return kind_looks()["another_motion"].word
    return t("Make avatars")


def _draw(studio: Studio, runs: list[Any]) -> None:
    _summary(runs)
    with st.grid(2, min_column_width=330):
        for run in runs:
            card.card(studio, run)


def _summary(runs: list[Any]) -> None:
    """How far all of them are together; at the end one sentence of what came of it."""
    ready = sum(run.state == "done" for run in runs)
    spent = amount(sum(run.cost for run in runs))
    if ready == len(runs):
        st.success(f"{_ready(runs)} {t('{cost} spent.', cost=spent)}", icon=":material/check_circle:")
        return
    if not live.any_moves(runs):
        st.info(
            t("The run is not done, {cost} spent. Its card says why.", cost=spent)
            if len(runs) == 1
            else many(
                "{ready} of {n} run is done, {cost} spent. The cards say what became of the others.",
                "{ready} of {n} runs are done, {cost} spent. The cards say what became of the others.",
                len(runs),
                ready=number(ready),
                cost=spent,
            ),
            icon=":material/front_hand:",
        )
        return
    done, planned = sum(map(steps.done, runs)), sum(map(steps.planned, runs))
    said = [
        t("{done} of {planned} steps done", done=number(done), planned=number(planned)),
        many("{ready} of {n} run done", "{ready} of {n} runs done", len(runs), ready=number(ready)),
        t("{cost} spent so far", cost=spent),
    ]
    st.progress(done / planned, text=" · ".join(said))


def _ready(runs: list[Any]) -> str:
    n = len(runs)
    if all(run.kind == "free_slot" for run in runs):
        return many("{n} slot is free.", "{n} slots are free.", n)
    if all(run.again for run in runs):
        return many("{n} new motion is ready.", "{n} new motions are ready.", n)
    return many("{n} avatar is ready.", "{n} avatars are ready.", n)
