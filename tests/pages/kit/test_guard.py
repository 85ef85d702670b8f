"""An optional part that fails takes nothing else with it."""

import pytest
from streamlit.testing.v1 import AppTest


def page() -> None:
    """A page whose optional parts fail, each in its way."""
    import streamlit as st

    from core.errors import NotFound
    from pages.parts.kit.guard import optional
    from pages.parts.kit.pictures import picture, sound

    st.title("Begun")
    for broken in (ValueError("x"), OSError(2, "gone"), NotFound("Nothing was spent."), RecursionError()):
        with optional("a chart"):
            raise broken
    picture("/etc/passwd", width=88, alt="A file of this machine")
    picture("http://[", width=88, alt="No address")
    sound("preview.mp3", alt="No address either")
    with optional("a chart"):
        st.stop()
    st.title("Never drawn")


def test_what_an_optional_part_raises_leaves_the_page(caplog: pytest.LogCaptureFixture) -> None:
    """A line says what is missing, the log says why; Streamlit's own ways out of a script stay ways out."""
    at = AppTest.from_function(page).run()
    assert not at.exception
    assert [title.value for title in at.title] == ["Begun"]
    missing = [line.value for line in at.caption]
    assert [line for line in missing if "a chart" in line] == missing[:4]
    assert len(missing) == 7
    assert all("Not shown" in line and "server's log" in line for line in missing)
    assert sum(record.exc_info is not None for record in caplog.records) == 7
    assert not at.get("imgs")
