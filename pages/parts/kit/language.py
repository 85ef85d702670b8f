"""Which language the reader has: a choice made here, the cookie of an earlier one, or the browser's own."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core import locale

COOKIE = "studio_language"
#: In the session: the language in use, and that a person has chosen it.
LANGUAGE = "studio_language"
CHOSEN = "studio_language_chosen"
_SWITCH = "language_switch"
_YEAR = 365 * 24 * 3600
#: How numbers and dates are written.
_REGIONS = {"ru": "ru_RU"}


def language() -> str:
    """The reader's language; English in a thread without a session, where nobody reads.

    Asked for by every word of a page, so it is found out once a session and then only looked up.
    """
    if get_script_run_ctx(suppress_warning=True) is None:
        return locale.ENGLISH
    if LANGUAGE not in st.session_state:
        st.session_state[LANGUAGE] = _first()
    return st.session_state[LANGUAGE]


def region() -> str:
    """Where the reader's numbers and dates come from, for babel."""
    return _REGIONS.get(language(), "en_US")


def _first() -> str:
    """The language that a new session begins with."""
    cookie = locale.best(st.context.cookies.get(COOKIE))
    return cookie or locale.best(st.context.locale) or locale.ENGLISH


def choose(code: str) -> None:
    """Speak this language from now on, here and in every window that is opened later."""
    if code in locale.LANGUAGES:
        st.session_state[LANGUAGE], st.session_state[CHOSEN] = code, True


def language_switch(label: str) -> None:
    """The two languages, each under its own name; one click changes the whole page.

    The browser learns the page's language too, so that it reads aloud, hyphenates and offers translations
    correctly, and keeps a choice in a cookie, which Streamlit can read but not write by itself.
    """
    now = language()
    with st.container(gap=None):
        st.segmented_control(
            label,
            list(locale.LANGUAGES),
            default=now if now in locale.LANGUAGES else None,
            required=True,
            format_func=locale.LANGUAGES.__getitem__,
            key=_SWITCH,
            label_visibility="collapsed",
            on_change=lambda: choose(st.session_state[_SWITCH]),
        )
        # Nothing from outside stands in it: `now` is one of our own codes.
        script = _script(now, chosen=bool(st.session_state.get(CHOSEN)))
        st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


def scripts() -> list[str]:
    """Every script that `language_switch` may put into a page: the browser is told to run no other."""
    return [_script(code, chosen=chosen) for code in locale.LANGUAGES for chosen in (False, True)]


def _script(code: str, *, chosen: bool) -> str:
    told = f"document.documentElement.lang = '{code}';"
    if not chosen:
        return told
    return f"{told}document.cookie = '{COOKIE}={code}; path=/; max-age={_YEAR}; samesite=lax';"
