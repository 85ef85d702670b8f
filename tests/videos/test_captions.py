"""Captions stand as long as their words take, fit two lines and never overlap."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from streamlit.elements.lib.subtitle_utils import _handle_bytes_data

from core.videos.captions import srt, vtt
from core.videos.estimator import can_be_spoken, estimate

STORY = (
    "Hello! Welcome to our shop, where everything is made by hand, slowly and with care. "
    "We bake bread every morning at 6:30, because the people who live on our street like to have it warm "
    'when they leave for work, and nobody wants to wait. "Really?" Yes.\n\nCome in!'
)
SCRIPTS = st.one_of(
    st.text(max_size=400),
    st.text("ab .,!?\n—ж1<>🎉", max_size=600),
    st.lists(st.sampled_from([*STORY.split(" "), '<break time="2s"/>', "x" * 90, "1\n\n2", "-->"])).map(
        " ".join
    ),
)
CUE = re.compile(r"(\d+)\n(\d\d+:\d\d:\d\d,\d{3}) --> (\d\d+:\d\d:\d\d,\d{3})\n([^\n]+(?:\n[^\n]+)?)\n")


def milliseconds(stamp: str) -> int:
    hours, minutes, seconds, rest = map(int, re.split("[:,]", stamp))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def cues(text: str) -> list[tuple[int, int, list[str]]]:
    """Start, end and lines of every cue; fails when the text is anything else than numbered cues."""
    found = [CUE.fullmatch(block + "\n") for block in text.removesuffix("\n").split("\n\n")] if text else []
    assert all(found)
    matches = [match for match in found if match]
    assert [int(match[1]) for match in matches] == list(range(1, len(matches) + 1))
    return [(milliseconds(match[2]), milliseconds(match[3]), match[4].split("\n")) for match in matches]


@given(SCRIPTS, st.integers(1, 10_000_000))
@example("0\x85\x1d0 -->", 5)
def test_cues_cover_the_whole_duration(script: str, duration_ms: int) -> None:
    """Any script that can be spoken has cues from zero to the duration, one after the other."""
    found = cues(srt(script, duration_ms))
    assert bool(found) == can_be_spoken(script)
    at = 0
    for start, end, _ in found:
        assert start == at
        assert end > start
        at = end
    assert at == (duration_ms if found else 0)


@given(SCRIPTS, st.integers(1, 10_000_000))
def test_a_cue_fits_two_lines(script: str, duration_ms: int) -> None:
    """No cue is larger than two lines of 42 signs, and none can be taken for markup or a time."""
    for _, _, lines in cues(srt(script, duration_ms)):
        assert len(lines) <= 2
        for line in lines:
            assert 0 < len(line) <= 42
            assert "<" not in line
            assert "-->" not in line


def test_nothing_said_is_lost() -> None:
    """The cues together are the script, word for word, without its breaks."""
    said = " ".join(
        line for _, _, lines in cues(srt(f'{STORY} <break time="1s"/>', 40_000)) for line in lines
    )
    assert said.split() == STORY.split()


def test_cues_end_where_sentences_and_phrases_end() -> None:
    """A sentence that fits stays whole; a longer one is broken after a comma before it is broken inside."""
    found = [" ".join(lines) for _, _, lines in cues(srt(STORY, 40_000))]
    assert "Welcome to our shop, where everything is made by hand, slowly and with care." in found
    assert "We bake bread every morning at 6:30," in found


def test_a_short_sentence_shares_its_cue() -> None:
    """Words of one second do not flicker by alone."""
    assert [lines for _, _, lines in cues(srt("Hi! Yes. No. Thank you.", 3000))] == [
        ["Hi! Yes. No. Thank you."]
    ]


def test_a_cue_stands_as_long_as_its_words_take() -> None:
    """Cues share the time as their words do."""
    sentence = "The garden behind the house is open."
    longer = f"{sentence[:-1]} and {sentence}"
    first, second = cues(srt(f"{sentence} {longer}", 30_000))
    ratio = estimate(longer).units / estimate(sentence).units
    assert second[1] - second[0] == pytest.approx(ratio * (first[1] - first[0]), rel=0.01)


def test_a_break_holds_the_cue_before_it() -> None:
    """A silence lengthens the cue that it follows, at the beginning the first one, and no other."""
    sentence, silence = "The garden behind the house is open.", '<break time="3s"/>'
    for script in (
        f"{silence}{sentence}\n{sentence} {sentence}",
        f"{sentence}{silence}{sentence} {sentence}",
    ):
        one, two, three = (end - start for start, end, _ in cues(srt(script, 12_000)))
        assert two == pytest.approx(three, abs=2)
        assert one > two + 2500


@pytest.mark.parametrize(("script", "duration_ms"), [("", 5000), ("🎉", 5000), ("Hello", 0), ("Hello", -5)])
def test_without_words_or_time_there_are_no_captions(script: str, duration_ms: int) -> None:
    """Nothing to say or no time to say it gives an empty text."""
    assert srt(script, duration_ms) == ""


def test_hours_are_written() -> None:
    """Times are hours, minutes, seconds and milliseconds."""
    assert srt("Hello there", 3_723_004) == "1\n00:00:00,000 --> 01:02:03,004\nHello there\n"


def test_half_characters_do_not_reach_the_file() -> None:
    """The captions of any text can be written as UTF-8."""
    assert srt("Hello \ud83d there", 2000).encode()


def test_the_player_gets_the_same_cues_as_webvtt() -> None:
    """Only times change their comma; what is said stays, with "&" as players want it."""
    said = "R&B at 10:20:30,400"
    assert vtt(srt(said, 3000)) == "WEBVTT\n\n1\n00:00:00.000 --> 00:00:03.000\nR&amp;B at 10:20:30,400\n"
    assert vtt("") == "WEBVTT\n\n"


@pytest.mark.parametrize(
    "script",
    [
        "Всем привет! Сегодня короткий тест.",
        "“Quoted” start",
        "🎉 Hello",
        "مرحبا بالجميع",
        "大家好，今天很好",
    ],
)
def test_any_script_can_be_watched_whatever_letter_begins_it(script: str) -> None:
    """Streamlit's own reading takes the captions, of which it once cut the first letter in two."""
    captions = vtt(srt(script, 2800)).encode()
    assert _handle_bytes_data(captions) == captions
    assert cues(
        captions.decode().removeprefix("WEBVTT\n\n").replace(".000 ", ",000 ").replace(".800\n", ",800\n")
    )
