"""The reader's language: how it is found and changed, and what both languages make of the same."""

import re
import threading

import pytest

from core.studio import Studio
from pages.parts.kit.language import COOKIE
from pages.parts.kit.words import t
from tests.pages.conftest import Open, page_text
from tests.pages.kit.support import read, script


def amounts() -> None:
    import streamlit as st

    from pages.parts.kit.words import amount

    for micro in (0, 1_000_000, 2_000_000, 5_000_000, 21_000_000, 200_000, 1_500_000, -1_000_000):
        st.text(amount(micro))
    st.text(amount(12_345_000_000))


def test_amounts_take_the_readers_noun_and_decimal_sign() -> None:
    """Russian has three forms and the genitive for fractions; thousands are apart in both languages."""
    assert read(amounts, "en") == [
        *("0 credits", "1 credit", "2 credits", "5 credits", "21 credits", "0.2 credits", "1.5 credits"),
        *("-1 credit", "12,345 credits"),
    ]
    assert read(amounts, "ru") == [
        *("0 кредитов", "1 кредит", "2 кредита", "5 кредитов", "21 кредит", "0,2 кредита", "1,5 кредита"),
        *("-1 кредит", "12 345 кредитов"),
    ]


def errors() -> None:
    import streamlit as st

    from core.errors import BadInput
    from core.heygen.errors import ADD_MOTION_FAILED, Refused
    from pages.parts.kit.words import say, sentence

    st.text(say(BadInput("There is no blogger with the number {id}.", id=3)))
    st.text(sentence("Confirmed: {amount} held", {"amount": 2_000_000}))
    few = "Needed: {needed}, available: {available}. Choose fewer locations, or top up HeyGen's balance."
    st.text(sentence(few, {"needed": 1_500_000, "available": 200_000}))
    said = "HeyGen could not make the motion. The avatar is kept."
    st.text(say(Refused(said, name=ADD_MOTION_FAILED)))
    st.text(sentence(">>> Step {n}: Uploading asset to HeyGen...", {"n": 1}))


def broken_files() -> None:
    import errno
    import os

    import streamlit as st

    from core.bloggers.exchange.reading import read_import
    from core.errors import BadInput
    from pages.parts.kit.words import say

    texts = (
        "[{",
        "[1 2]",
        '[{"a" 1}]',
        "[] []",
        "[",
        '["a',
        '["\x01"]',
        '["\\x"]',
        '["\\u12"]',
        "[{'a': 1}]",
    )
    tables = ('blogger,location\n"A', *(f'blogger{mark}location\n"A"B{mark}C' for mark in ",;\t"))
    for name, contents in (("f.json", texts), ("f.csv", tables)):
        for text in contents:
            try:
                read_import(text.encode(), name)
            except BadInput as error:
                st.text(say(error))
    for number in (errno.EACCES, errno.ENOSPC, errno.EROFS, errno.ECONNREFUSED, errno.EHOSTUNREACH):
        st.text(
            say(
                BadInput(
                    "The uploaded photo cannot be read ({reason}). Nothing was spent. Upload it again.",
                    reason=os.strerror(number),
                )
            )
        )
    st.text(say(BadInput("There is no file {path}. Nothing was changed.", path="Extra data")))


def test_what_the_system_says_inside_a_sentence_is_translated() -> None:
    """JSON's, CSV's and the system's own words; a file that is called like them keeps its name."""
    *said, named = read(broken_files, "ru")
    assert len(said) == 19
    for sentence in said:
        assert re.findall("[A-Za-z]{2,}", re.sub(r"JSON|CSV|uXXXX", "", sentence)) == []
    assert "Extra data" in named


def test_errors_are_translated_and_log_lines_are_not() -> None:
    """The lines of the log are English in every language."""
    assert read(errors, "ru") == [
        "Блогера с номером 3 нет.",
        "Подтверждено: 2 кредита в резерве",
        "Нужно: 1,5 кредита, доступно: 0,2 кредита. Выберите меньше локаций или пополните баланс HeyGen.",
        "Не удалось добавить движение: HeyGen не смог сделать движение. Аватар сохранён.",
        ">>> Step 1: Uploading asset to HeyGen...",
    ]


def moments() -> None:
    from datetime import UTC, datetime, timedelta

    import streamlit as st

    from core import clock
    from pages.parts.kit import times

    now = clock.now()
    for seconds in (0, 30, 300, 7300, 200_000):
        st.text(times.ago(now - timedelta(seconds=seconds)))
    moment = datetime(2026, 3, 9, 14, 5, 7, tzinfo=UTC)
    st.text(times.exact(moment))
    st.text(times.date(moment))
    for seconds in (12, 130, 7380):
        st.text(times.lasted(moment, moment + timedelta(seconds=seconds)))
    st.text(times.ago(None) + times.exact(None))


def test_times_are_said_as_the_reader_says_them() -> None:
    """Relative, exact and lasting; never is a dash."""
    assert read(moments, "en") == [
        *("just now", "30 s ago", "5 min ago", "2 h ago", "2 d ago"),
        *("2026-03-09 14:05:07", "2026-03-09", "12 s", "2 min 10 s", "2 h 3 min", "––"),
    ]
    assert read(moments, "ru") == [
        *("только что", "30 с назад", "5 мин назад", "2 ч назад", "2 дн. назад"),
        *("09.03.2026 14:05:07", "09.03.2026", "12 с", "2 мин 10 с", "2 ч 3 мин", "––"),
    ]


def meanings() -> None:
    import streamlit as st

    from pages.parts.kit.words import t

    st.text(t("Save"))
    st.text(t("Save", context="step"))


def test_two_meanings_of_one_word_are_told_apart() -> None:
    """Save on a button is a verb, Save as a step is a noun."""
    assert read(meanings, "en") == ["Save", "Save"]
    assert read(meanings, "ru") == ["Сохранить", "Запись"]


def test_the_switch_changes_the_page_with_one_click(samples: Studio, open_page: Open) -> None:
    """And leaves the page's language and a cookie for the browser, only after somebody has chosen."""
    at = open_page()
    assert COOKIE not in script(at)
    (switch,) = [group for group in at.button_group if group.label == "Language"]
    switch.set_value("ru").run()
    text = page_text(at)
    assert "Песочница" in text
    assert "Sandbox" not in text
    assert f"{COOKIE}=ru; path=/;" in script(at)
    assert "documentElement.lang = 'ru'" in script(at)
    at.switch_page("locations.py")
    assert at.run().title[0].value == "Локации"


def test_nobody_reading_is_english() -> None:
    """A thread without a session, as the worker's, neither fails nor asks Streamlit."""
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.append(t("Overview")))
    thread.start()
    thread.join()
    assert said == ["Overview"]


@pytest.mark.parametrize("stored", ["ru", "en"])
def test_an_empty_text_stays_empty(stored: str) -> None:
    """A catalogue keeps facts about itself under the empty text; nobody wants to read them."""
    assert read(nothing, stored) == ["", ""]


def nothing() -> None:
    import streamlit as st

    from pages.parts.kit.words import sentence, t

    st.text(t(""))
    st.text(sentence("", {}))
