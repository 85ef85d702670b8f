"""Words: every text that a person reads passes through `t` or `many`, to be translated by a catalogue."""

import re
from collections.abc import Mapping

from core.errors import StudioError
from core.money import MICRO, credits_text

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
#: What Streamlit still turns into something else where a backslash stands before it: shortcodes of icons and
#: emoji, arrows, web and mail addresses. An invisible word joiner in the middle keeps them as they are.
_SHORTCODE = re.compile(r":(?=[\w+\-/]+:)|:(?=//)")
_ARROW = re.compile(r"(?<=[<>=~-])(?=[<>=~-])")
_ADDRESS = re.compile(r"(?<=www)(?=\.)|(?<=@)", re.IGNORECASE)
_JOINER = "\u2060"


def t(text: str, /, **values: object) -> str:
    """`text` in the reader's language with its values filled in."""
    return text.format(**values)


def many(one: str, other: str, count: int, /, **values: object) -> str:
    """`one` or `other`, whichever goes with `count`, which fills {n}."""
    return t(one if count == 1 else other, n=count, **values)


def escape(text: str) -> str:
    """`text` so that Streamlit's markdown shows it letter by letter: for every name that a person typed."""
    text = _SHORTCODE.sub(":" + _JOINER, text)
    text = _ARROW.sub(_JOINER, text)
    text = _ADDRESS.sub(_JOINER, text)
    return _PUNCTUATION.sub(r"\\\1", text)


def name_of(blogger: str, location: str) -> str:
    """A location by both names, for markdown."""
    return f"{escape(blogger)} – {escape(location)}"


def amount(micro: int) -> str:
    """Micro-credits as a number of credits with its noun."""
    return t("1 credit") if micro == MICRO else t("{n} credits", n=credits_text(micro))


def sentence(template: str, values: Mapping[str, object], name: str = "") -> str:
    """A message of core for markdown, behind the failure's name where it has one."""
    filled = t(
        template, **{key: escape(value) if isinstance(value, str) else value for key, value in values.items()}
    )
    return f"{t(name)}: {filled}" if name else filled


def say(error: StudioError) -> str:
    """What went wrong, for markdown."""
    return sentence(error.template, error.values, getattr(error, "name", ""))
