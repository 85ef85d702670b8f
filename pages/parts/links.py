"""Numbers in the address: the open object, the chosen locations, the watched runs."""

from collections.abc import Iterable

import streamlit as st


def ids(name: str) -> tuple[int, ...]:
    """The ids under `name`, each once; what is no number is passed over."""
    words = st.query_params.get(name, "").split(",")
    return tuple(dict.fromkeys(int(word) for word in words if word.strip().isdecimal()))


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


def joined(values: Iterable[int]) -> str:
    """Ids as they stand in the address."""
    return ",".join(map(str, values))
