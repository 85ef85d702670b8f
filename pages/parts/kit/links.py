"""Numbers in the address: the open object, the chosen locations, the watched runs."""

from collections.abc import Iterable, Mapping

import streamlit as st

from pages.parts.kit.words import t

#: The locations chosen on "Make avatars". Not "location": that names the one opened on Locations.
CHOSEN = "chosen"
#: The part of Locations that shows what HeyGen holds and no location uses.
FOUND = "found"
#: Beside "location": its photo is to be changed, and the dialog for that opens at once.
PHOTO = "photo"
#: The largest number that the database takes as an id, in place of any longer one.
_LARGEST = 2**63 - 1


def ids(name: str) -> tuple[int, ...]:
    """The ids under `name`, each once; what is no number is passed over."""
    return parsed(st.query_params.get(name, ""))


def parsed(text: str) -> tuple[int, ...]:
    """The ids in a piece of an address."""
    numbers = (word.strip() for word in text.split(",") if word.strip().isdecimal())
    return tuple(dict.fromkeys(int(n) if len(n) < 19 else _LARGEST for n in numbers))


def one(name: str) -> int | None:
    """The first id under `name`, if there is one."""
    return next(iter(ids(name)), None)


def put(name: str, values: Iterable[int]) -> None:
    """Write the ids into the address; none takes the name out of it."""
    text = joined(values)
    if text:
        st.query_params[name] = text
    elif name in st.query_params:
        del st.query_params[name]


def run_link(run_id: int, help: str | None = None) -> None:
    """The way to a run's own page."""
    st.page_link(
        "activity.py",
        label=t("Run {id}", id=run_id),
        icon=":material/history:",
        query_params={"run": str(run_id)},
        help=help,
    )


def location_link(location_id: int, here: Mapping[str, str] | None = None) -> None:
    """The way to a location from its card; with `here`, the address, the way back leads to the same list."""
    # At the card's lower edge, however many lines the names above take.
    st.space("stretch")
    st.page_link(
        "locations.py",
        label=t("Open"),
        icon=":material/arrow_forward:",
        query_params={**(here or {}), "location": str(location_id)},
    )


def joined(values: Iterable[int]) -> str:
    """Ids as they stand in the address."""
    return ",".join(map(str, values))
