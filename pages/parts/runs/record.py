"""A line of the record of what people did, in words: who, what, about which object, before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.amounts import plain
from core.heygen.motions import MOTION_TYPES
from core.locale import N_
from core.people.roles import ACTIONS
from pages.parts.kit import times
from pages.parts.kit.sections import fold
from pages.parts.kit.states import kind_looks, run_looks
from pages.parts.kit.tables import rows
from pages.parts.kit.words import amount, escape, number, person, role, t
from pages.parts.runs import steps

if TYPE_CHECKING:
    import pandas as pd

#: As many lines stand open on a page about something else; more of them are folded away.
FEW = 4
#: A longer text is cut: the CSV has it whole.
LONGEST = 120
KINDS = {
    "blogger": N_("Blogger"),
    "location": N_("Location"),
    "run": N_("Run"),
    "video": N_("Video"),
    "group": N_("Avatar group"),
    "budget": N_("Budget"),
    "price": N_("Price"),
    "ledger": N_("Ledger"),
    "member": N_("Member"),
    "invitation": N_("Invitation"),
    "data": N_("Data"),
    "sandbox": N_("Sandbox"),
}
#: What the record calls an attribute -> what people do.
_FIELDS = {
    "name": N_("name"),
    "image_url": N_("photo"),
    "role": N_("role"),
    "reason": N_("reason"),
    "motion_type": N_("motion type"),
    "voice_id": N_("voice"),
    "language": N_("language"),
    "video_format": N_("format"),
    "heygen_avatar_id": N_("avatar id"),
    "heygen_group_id": N_("avatar group"),
    "state": N_("state"),
    "step": N_("step"),
    "speed": N_("speed"),
    "group_limit": N_("groups allowed"),
    "hard": N_("hard limit"),
    "micro_credits": N_("amount"),
    "held": N_("held"),
    "credits": N_("balance"),
    "locations": N_("locations"),
    "file": N_("file"),
    "title": N_("title"),
    "wish": N_("what for"),
    "failure": N_("failure"),
    "failures": N_("failures"),
    "times": N_("times"),
    "new": N_("new"),
    "changed": N_("changed"),
    "same": N_("unchanged"),
    "kept": N_("kept"),
    "refused": N_("refused"),
    "made_at": N_("made at"),
}
#: In the file only: they say nothing to who reads the list.
_FOR_THE_FILE = ("quote_id", "sha256", "scope", "size")
_MONEY = ("micro_credits", "held")


def what(line: Any) -> str:
    """What was done; not escaped."""
    action = ACTIONS.get(line.action)
    return t(action.label) if action else line.action


def kind(name: str) -> str:
    """What the object is."""
    return t(KINDS[name]) if name in KINDS else name


def about(line: Any) -> str:
    """Which object; not escaped."""
    if line.kind == "run" and line.run_id is not None:
        return " · ".join(filter(None, (line.name, t("Run {id}", id=line.run_id))))
    if line.kind == "budget" and not line.name:
        return t("The team")
    return line.name or " ".join((kind(line.kind), line.object_id)).strip()


def changes(line: Any) -> str:
    """What differed, before -> after; not escaped, "" where nothing did."""
    names = [name for name in {**line.before, **line.after} if name not in _FOR_THE_FILE]
    return "; ".join(_change(name, line.before, line.after) for name in names)


def _change(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    said = t(_FIELDS[name]) if name in _FIELDS else name.replace("_", " ")
    if name not in before:
        return f"{said}: {_value(name, after[name])}"
    return f"{said}: {_value(name, before[name])} → {_value(name, after.get(name))}"


def _value(name: str, value: Any) -> str:
    match value:
        case None | "" | [] | {}:
            return "–"
        case bool():
            return t("Yes") if value else t("No")
        case int() if name in _MONEY:
            return amount(value)
        case int() | float():
            return number(value)
        case list():
            return _short(", ".join(_value(name, one) for one in value))
        case dict():
            return _short(", ".join(f"{key}: {_value(key, one)}" for key, one in value.items()))
        case _:
            return _short(_word(name, str(value)))


def _word(name: str, value: str) -> str:
    """A slug as people say it; any other text as it is."""
    words: dict[str, Callable[[], str]] = {
        "role": lambda: role(value),
        "motion_type": lambda: MOTION_TYPES[value],
        "state": lambda: run_looks()[value].word,
        "step": lambda: steps.name(value),
        "wish": lambda: t("Another photo") if value == "another_photo" else _wishes()[value],
    }
    try:
        return words[name]()
    except KeyError:
        return value


def _wishes() -> dict[str, str]:
    return {"make": kind_looks()["avatar"].word} | {name: look.word for name, look in kind_looks().items()}


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def exactly(values: Mapping[str, Any]) -> str:
    """Values for a file: amounts in credits or dollars to the last decimal, the rest as it is kept."""
    said = {
        name: plain(value)
        if name in _MONEY and isinstance(value, int) and not isinstance(value, bool)
        else value
        for name, value in values.items()
    }
    return "; ".join(f"{name}={'' if value is None else value}" for name, value in said.items())


def history(lines: pd.DataFrame, *, key: str) -> None:
    """What was done about an object, on its own page: a few lines open, more of them folded away."""
    found = rows(lines)
    if not found:
        return
    if len(found) > FEW:
        fold(t("Who did what"), lambda: _list(found), key=key, icon="fact_check")
        return
    st.subheader(t("Who did what"), anchor=False)
    _list(found)


def _list(found: list[Any]) -> None:
    st.markdown("\n".join(_line(line) for line in found))


def _line(line: Any) -> str:
    said = f"- :gray[{times.exact(line.created_at)}] {escape(person(line.actor))}: **{what(line)}**"
    differs = changes(line)
    return f"{said} · {escape(differs)}" if differs else said
