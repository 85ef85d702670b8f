"""A script's page in a language."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from pages.parts.kit.language import LANGUAGE

Script = Callable[[], None]


def read(script: Script, language: str) -> list[str]:
    """What a page of a few lines says in this language."""
    at = AppTest.from_function(script)
    at.session_state[LANGUAGE] = language
    at.run()
    assert not at.exception, at.exception
    return [text.value.replace("\u00a0", " ") for text in at.get("text")]


def script(at: AppTest) -> str:
    return "".join(element.proto.body for element in at.get("html"))
