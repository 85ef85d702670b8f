"""A location's other actions, each in a dialog with its own quote: another motion or photo, free the slot.

A click confirms exactly the quote that was on screen at that moment; where the plan or the choice has changed
since, nothing is confirmed and the new quote is shown.
"""

from collections.abc import Callable

import streamlit as st

from core import bloggers, decisions, jobs, past, quotes
from core.bloggers import has_avatar
from core.errors import Refusal, StudioError
from core.heygen import MOTION_TYPES
from core.members import require
from core.models import NO_AVATAR, Location
from core.quotes import Quote
from core.studio import Studio
from pages.parts import dialogs
from pages.parts.photo_input import photo_input
from pages.parts.words import amount, escape, say, sentence, t

RECOMMENDED = "veo2"
#: Where a click leaves its refusal, or the word that it was done, for the dialog that is drawn next.
_REFUSED, _DONE = "location_action_refused", "location_action_done"
_MOTION, _NAME = "location_action_motion", "location_action_name"


def show_dialogs(studio: Studio) -> None:
    """Draw whichever of these dialogs is open."""
    dialogs.show(
        "another_motion", t("Another motion"), lambda location_id: _another_motion(studio, location_id)
    )
    dialogs.show("another_photo", t("Another photo"), lambda location_id: _another_photo(studio, location_id))
    dialogs.show(
        "free_slot",
        t("Free the slot"),
        lambda location_id, past_id=None: _free_slot(studio, location_id, past_id),
    )
    dialogs.show("take_back", t("Take back"), lambda past_id: _take_back(studio, past_id), width="small")


def ask(name: str, **details: int | None) -> None:
    """Open one of these dialogs without what an earlier one left behind; made for on_click."""
    for key in (_REFUSED, _DONE):
        st.session_state.pop(key, None)
    dialogs.ask(name, **details)


def offers(studio: Studio, location: Location) -> None:
    """What can be done with an avatar that is there; what deletes it stands apart."""
    if not has_avatar(location):
        return
    st.subheader(t("Change the avatar"), anchor=False)
    price = amount(studio.tariffs.price("add_motion"))
    moves = location.heygen_avatar_id != NO_AVATAR and location.motion_status in ("none", "completed")
    with st.grid(2, min_column_width=280):
        if moves:
            _offer(
                "another_motion",
                location,
                t("Another motion"),
                t("Another engine for the same avatar. The earlier motion stays until the new one is done."),
                icon="motion_photos_on",
                price=price,
            )
        _offer(
            "another_photo",
            location,
            t("Another photo"),
            t("A new avatar in a group of its own. The present one is kept and can be taken back."),
            icon="add_a_photo",
            price=price,
        )
    _offer(
        "free_slot",
        location,
        t("Free the slot"),
        t("Deletes the avatar group in HeyGen for good, so that another avatar can be made. Costs nothing."),
        icon="delete_forever",
        price="",
    )


def _offer(name: str, location: Location, title: str, words: str, *, icon: str, price: str) -> None:
    with st.container(border=True, gap="xsmall", height="stretch", key=f"offer_{name}"):
        st.markdown(words)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                f"{title} · {price}" if price else title,
                key=name,
                icon=f":material/{icon}:",
                on_click=ask,
                args=(name,),
                kwargs={"location_id": location.id},
            )


def _another_motion(studio: Studio, location_id: int) -> None:
    _leave_when_done()
    location = bloggers.get_location(studio.db, location_id=location_id)
    st.markdown(
        t(
            "HeyGen adds another motion to the avatar. Its group and its ids stay. The earlier motion stays "
            "until the new one is done; one that fails changes nothing."
        )
    )
    quote = quotes.quote(
        studio,
        location_ids=[location_id],
        motion_type=_motion_choice(location, besides=location.motion_type),
        action="another_motion",
    )
    _card(quote)
    _confirm_button(
        studio, quote, t("Spend {amount} on another motion", amount=amount(quote.total)), choice=_MOTION
    )


def _another_photo(studio: Studio, location_id: int) -> None:
    _leave_when_done()
    location = bloggers.get_location(studio.db, location_id=location_id)
    st.markdown(
        t(
            "HeyGen makes a new avatar of the new photo, in a group of its own. The present avatar stays in "
            "HeyGen as an earlier one: it keeps its slot and can be taken back."
        )
    )
    photo = photo_input(studio, "another_photo")
    motion_type = _motion_choice(location)
    if not photo.good:
        price = amount(studio.tariffs.price("add_motion"))
        st.caption(t("The quote follows when the photo is there. It will be {price}.", price=price))
        return
    quote = quotes.quote(
        studio,
        location_ids=[location_id],
        motion_type=motion_type,
        action="another_photo",
        image_url=photo.address(studio.settings),
    )
    _card(quote)
    _confirm_button(
        studio, quote, t("Spend {amount} on another photo", amount=amount(quote.total)), choice=_MOTION
    )


def _free_slot(studio: Studio, location_id: int, past_id: int | None) -> None:
    _leave_when_done()
    quote = quotes.quote(studio, location_ids=[location_id], action="free_slot", past_id=past_id)
    name = quote.lines[0].group_name
    st.warning(
        t(
            "HeyGen deletes the avatar group {name} with its avatar and its motion, for good.",
            name=escape(name),
        ),
        icon=":material/warning:",
    )
    if past_id is None:
        st.markdown(
            t(
                "The location goes back to no avatar; another one costs credits again. "
                "Videos, runs and costs stay here, and the ids are kept for the record."
            )
        )
    else:
        st.markdown(
            t("This earlier avatar cannot be taken back afterwards. The location's present avatar stays.")
        )
    _card(quote)
    if not quote.can_confirm:
        return
    st.text_input(
        t("Type the group's name to confirm"), key=_NAME, live=True, placeholder=name, autocomplete="off"
    )
    typed = str(st.session_state.get(_NAME, "")).strip() == name
    _confirm_button(studio, quote, t("Free the slot"), icon="delete_forever", ready=typed)


def _take_back(studio: Studio, past_id: int) -> None:
    _leave_when_done()
    st.markdown(
        t(
            "The location uses this avatar and its photo again. The present avatar, if there is one, becomes "
            "an earlier one and can be taken back as well. This costs nothing."
        )
    )
    _refusal()
    st.button(
        t("Take back"),
        key="take_back_now",
        type="primary",
        icon=":material/undo:",
        on_click=_do,
        args=(lambda: past.take_back(studio, past_id, actor=require("spend")),),
    )


def _motion_choice(location: Location, besides: str | None = None) -> str:
    """The motion type from a list; `besides` is the one that the avatar has already."""
    there = besides if location.motion_status == "completed" else None
    types = [motion_type for motion_type in MOTION_TYPES if motion_type != there]
    usual = location.motion_type if location.motion_type in types else RECOMMENDED
    return st.selectbox(
        t("Motion type"),
        types,
        index=types.index(usual) if usual in types else 0,
        format_func=_engine,
        key=_MOTION,
    )


def _engine(motion_type: str) -> str:
    name = MOTION_TYPES[motion_type]
    return t("{engine} (recommended)", engine=name) if motion_type == RECOMMENDED else name


def _card(quote: Quote) -> None:
    """What it costs, the balance and the groups before and after, and what holds it up."""
    limit = quote.group_limit
    groups = t("{before}, then {after}", before=quote.groups_used, after=quote.groups_after)
    if limit is not None:
        groups = t(
            "{before}, then {after} of {limit}",
            before=quote.groups_used,
            after=quote.groups_after,
            limit=limit,
        )
    st.table(
        {
            t("Cost"): f"**{amount(quote.total)}**",
            t("Available"): t(
                "{before}, then {after}", before=amount(quote.available), after=amount(quote.balance_after)
            ),
            t("Avatar groups"): groups,
        },
        border="horizontal",
        alt=t("What this costs, and the balance and groups before and after"),
    )
    for line in quote.lines:
        if line.problem is not None:
            st.error(sentence(line.problem.template, line.problem.values), icon=":material/block:")
        elif line.action == "skip":
            st.info(
                t("The avatar has this motion already, so there is nothing to pay."), icon=":material/info:"
            )
    for problem in quote.problems:
        st.error(sentence(problem.template, problem.values), icon=":material/block:")


def _confirm_button(
    studio: Studio, quote: Quote, label: str, *, choice: str = "", icon: str = "payments", ready: bool = True
) -> None:
    """The button that confirms exactly `quote`; `choice` is the key of the motion type it was made for."""
    _refusal()
    st.button(
        label,
        key=f"{quote.action}_confirm",
        type="primary",
        icon=f":material/{icon}:",
        disabled=not (quote.can_confirm and ready),
        on_click=_do,
        args=(lambda: _confirm(studio, quote, choice),),
    )


def _confirm(studio: Studio, quote: Quote, choice: str) -> None:
    """Confirming one quote twice starts and holds nothing more, so a double click is harmless."""
    if choice and st.session_state.get(choice) != quote.motion_type:
        raise Refusal("The motion type changed with this click. Nothing was spent. Look at the new quote.")
    typed = str(st.session_state.get(_NAME, "")) if quote.action == "free_slot" else ""
    runs = decisions.confirm(studio, quote, actor=require("spend"), typed_name=typed)
    jobs.of(studio).wake([run.id for run in runs])


def _do(action: Callable[[], object]) -> None:
    """Act at the click; the dialog is closed by what is drawn next, or says why not."""
    try:
        action()
    except StudioError as error:
        st.session_state[_REFUSED] = error
        return
    dialogs.forget()
    st.session_state[_DONE] = True


def _refusal() -> None:
    error = st.session_state.pop(_REFUSED, None)
    if isinstance(error, StudioError):
        st.error(say(error), icon=":material/error:")


def _leave_when_done() -> None:
    """Draw the page anew, without this dialog and with its live run."""
    if st.session_state.pop(_DONE, False):
        st.rerun()
