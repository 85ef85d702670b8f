"""The question that only a person can answer: HeyGen's answer was lost, and HeyGen cannot tell."""

from datetime import UTC, datetime
from typing import Any

import streamlit as st

from core.database.tables.runs import Operation
from core.journal import unaware
from core.journal.due import asks
from core.journal.queries import UNRESOLVED
from core.reports import reconciliation, runs
from core.runs import decisions
from core.studio import Studio
from pages.parts.kit import times
from pages.parts.kit.people import may, require
from pages.parts.kit.pictures import picture, reachable
from pages.parts.kit.tables import rows
from pages.parts.kit.words import amount, escape, sentence, t
from pages.parts.runs import steps
from pages.parts.runs.actions import do


def show(studio: Studio, run: Any) -> None:
    """What is known, what is at stake and the three answers, while the run waits for one.

    Asked to check again it stays, says what is going on, and afterwards what was seen.
    """
    if run.state != "unknown":
        return
    call = next((c for c in runs.operations(studio.db, run.id) if c.state in UNRESOLVED), None)
    history = rows(runs.events(studio.db, run.id))
    if call is None or not (asks(run) or any(line.details.get("rested") == "unknown" for line in history)):
        return
    st.warning(
        "\n\n".join(filter(None, (_what_is_known(call), _by_the_balance(studio, call), _at_stake(call)))),
        title=t("Your answer is needed: did HeyGen do it?")
        if may("spend")
        else t("An answer is needed: did HeyGen do it?"),
        icon=":material/help:",
    )
    if not asks(run):
        st.info(t("Looking at HeyGen once more…"), icon=":material/sync:")
        return
    if not may("spend"):
        st.caption(f":material/lock: {t('Only operators and administrators may answer.')}")
        return
    seen = history[-1]
    st.caption(f"{times.ago(seen.created_at)} · {steps.line(seen)}")
    if call.candidates:
        _candidates(studio, run, call)
    else:
        if call.kind == "generate_video":
            st.caption(t("Look for the video of this title in HeyGen, then answer:"))
            st.code(call.subject, language=None, wrap_lines=True)
        else:
            st.caption(t("Look for this avatar group in HeyGen, then answer:"))
            st.code(run.group_name, language=None, wrap_lines=True)
    with st.container(horizontal=True):
        if st.button(
            t("Check again"),
            key=f"check_{run.id}",
            type="primary",
            icon=":material/refresh:",
            help=t("The Studio looks at HeyGen once more. That costs nothing."),
        ):
            do(studio, lambda: decisions.check_again(studio.db, run.id, actor=require("spend")))
        with st.popover(t("It did not happen"), icon=":material/close:"):
            st.markdown(_consequence(call))
            if st.button(t("It did not happen, go on"), key=f"absent_{run.id}"):
                do(
                    studio,
                    lambda: decisions.did_not_happen(studio.db, run.id, actor=require("spend")),
                )
        if call.kind != "delete_group":
            with st.popover(t("It happened: enter the id"), icon=":material/edit:"):
                _enter_id(studio, run, call)


def _what_is_known(call: Operation) -> str:
    """What was asked, what came of it, and why the Studio cannot tell, for markdown."""
    if unaware.LOOKED_FOR in call.snapshot:
        return _what_a_backup_knows(call)
    asked = {
        "create_group": t("The Studio asked HeyGen to create the avatar group."),
        "add_motion": t("The Studio asked HeyGen to add motion to the avatar."),
        "delete_group": t("The Studio asked HeyGen to delete the avatar group."),
        "generate_video": t("The Studio asked HeyGen to render the video."),
    }[call.kind]
    lost = t("The answer was lost, and looking at HeyGen afterwards did not settle it.")
    if call.error_template:
        lost = sentence(call.error_template, call.error_values)
    return f"{asked} {lost}"


def _what_a_backup_knows(call: Operation) -> str:
    """These data sent nothing; what they were restored from may have, after the backup."""
    asked = {
        "create_group": t("It may have asked HeyGen to create the avatar group since the backup."),
        "add_motion": t("It may have asked HeyGen to add motion to the avatar since the backup."),
        "generate_video": t("It may have asked HeyGen to render the video since the backup."),
    }[call.kind]
    restored, looked = t("This Studio was restored from a backup."), t("Looking at HeyGen did not settle it.")
    return f"{restored} {asked} {looked}"


def _by_the_balance(studio: Studio, call: Operation) -> str:
    """What HeyGen's balance tells of it, if it does."""
    taken = reconciliation.hint(studio.db, call)
    if taken is None:
        return ""
    if taken:
        return t(
            "HeyGen's balance is {price} lower than expected, as much as this costs: it probably happened.",
            price=amount(call.price),
        )
    return t("HeyGen's balance has lost nothing since: it probably did not happen.")


def _at_stake(call: Operation) -> str:
    if call.kind == "create_group" and call.price:
        return t(
            "{price} stays held until you answer. "
            "If HeyGen did create the group, asking again would pay twice.",
            price=amount(call.price),
        )
    if call.kind == "create_group":
        return t(
            "Nothing is paid for a group. But a second one of the same name would use up your plan's groups."
        )
    if call.kind == "add_motion":
        return t(
            "{price} stays held until you answer. "
            "If HeyGen did add the motion, asking again would pay twice.",
            price=amount(call.price),
        )
    if call.kind == "generate_video":
        return t(
            "{price} stays held until you answer. "
            "If HeyGen did take the order, asking again would pay twice.",
            price=amount(call.price),
        )
    return t("Deleting costs nothing and may be asked for again without harm.")


def _consequence(call: Operation) -> str:
    if call.kind == "create_group" and call.price:
        return t(
            "Look into HeyGen first: if no new group is there, the Studio creates it now for {price}. "
            "If one is there after all, that one was paid as well.",
            price=amount(call.price),
        )
    if call.kind == "create_group":
        return t(
            "Look into HeyGen first: if no new group is there, the Studio creates it now. "
            "If one is there after all, it stays and counts against your plan."
        )
    if call.kind == "add_motion":
        return t(
            "Look into HeyGen first: if the avatar has no new motion, the Studio adds it now for {price}. "
            "If it has one after all, that one was paid as well.",
            price=amount(call.price),
        )
    if call.kind == "generate_video":
        return t(
            "Look into HeyGen first: if no video of that title is there, the Studio orders it now "
            "for at most {price}. If one is there after all, that one was paid as well.",
            price=amount(call.price),
        )
    return t("The Studio asks HeyGen once more to delete the group.")


def _candidates(studio: Studio, run: Any, call: Operation) -> None:
    """What HeyGen shows that may be the answer, as pictures to choose from."""
    if call.kind != "create_group":
        _by_id(studio, run, call)
        return
    asked = t("HeyGen shows several groups named **{name}**. Which one is it?", name=escape(call.subject))
    if len(call.candidates) == 1:
        asked = t("HeyGen shows a group named **{name}**. Is it this one?", name=escape(call.subject))
    st.markdown(asked)
    with st.grid("auto", min_column_width=140, gap="xsmall"):
        for place, one in enumerate(call.candidates, start=1):
            with st.container(border=True, gap="xsmall"):
                if one["preview"]:
                    picture(
                        reachable(studio, one["preview"]),
                        width="stretch",
                        alt=t("Group {n} of that name", n=place),
                    )
                if one["created_at"]:
                    made = datetime.fromtimestamp(one["created_at"], UTC)
                    st.caption(t("Made {age}", age=times.ago(made)), help=times.exact(made))
                st.code(one["group_id"], language=None, wrap_lines=True)
                if one["avatar_id"] and st.button(t("It is this one"), key=f"this_{run.id}_{place}"):
                    ids = {"avatar_id": one["avatar_id"], "group_id": one["group_id"]}
                    do(
                        studio,
                        lambda ids=ids: decisions.enter_id(studio, run.id, **ids, actor=require("spend")),
                    )


def _by_id(studio: Studio, run: Any, call: Operation) -> None:
    """Several videos of one title, or several new motions: only their ids tell them apart."""
    if call.kind == "generate_video":
        asked = t("HeyGen shows several videos named **{name}**. Which one is it?", name=escape(call.subject))
    else:
        asked = t("HeyGen shows several new motions of this avatar. Which one is it?")
    st.markdown(asked)
    key = "video_id" if call.kind == "generate_video" else "avatar_id"
    for place, one in enumerate(call.candidates, start=1):
        st.code(one[key], language=None, wrap_lines=True)
        if st.button(t("It is this one"), key=f"this_{run.id}_{place}"):
            do(
                studio,
                lambda chosen=one[key]: decisions.enter_id(
                    studio, run.id, avatar_id=chosen, actor=require("spend")
                ),
            )


def _what_to_enter(call: Operation) -> str:
    if call.kind == "create_group":
        return t("Copy both ids from HeyGen. The run goes on with them and nothing is made again.")
    if call.kind == "generate_video":
        return t("Copy the video's id from HeyGen. The run goes on with it and nothing is rendered again.")
    return t(
        "If HeyGen shows the new motion on this avatar, confirm its id. The run goes on with it and "
        "{price} counts as spent.",
        price=amount(call.price),
    )


def _enter_id(studio: Studio, run: Any, call: Operation) -> None:
    group, video = call.kind == "create_group", call.kind == "generate_video"
    with st.form(f"enter_{run.id}", border=False):
        st.markdown(_what_to_enter(call))
        # Where a motion is a look of its own, its id is a new one.
        known = call.subject if studio.client.traits.motion == "status" and not (group or video) else ""
        avatar_id = st.text_input(
            t("Video id") if video else t("Avatar id"), value=known, key=f"avatar_id_{run.id}"
        )
        group_id = st.text_input(t("Group id"), key=f"group_id_{run.id}") if group else ""
        if st.form_submit_button(t("Use this id"), icon=":material/check:"):
            do(
                studio,
                lambda: decisions.enter_id(
                    studio,
                    run.id,
                    avatar_id=avatar_id or "",
                    group_id=group_id or "",
                    actor=require("spend"),
                ),
            )
