"""A script's duration is known before it is spoken: what is counted, how a voice's rate is learned."""

import math
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.videos.estimator import DEFAULT, Rate, can_be_spoken, estimate, language_of, learn
from core.videos.estimator.numerals import cardinal, listed, spoken_number

ENGLISH = "Welcome to our little shop, where everything is made by hand. What would you like to see first?"
RUSSIAN = "Добро пожаловать в наш маленький магазин, где всё сделано руками. Что вам показать сначала?"

WORDS = st.one_of(
    st.sampled_from(
        listed(
            "hello shop, street! USA NASA 2026 12 345 000 7 3.5 10:30 +7 912 345-67 50% $129.99 "
            "www.example.com me@example.com/a привет, магазин. США км … — 1,000 +100500 5-й 1st x"
        )
    ),
    st.text(min_size=1, max_size=12).filter(lambda text: text.strip()),
)
SCRIPTS = st.lists(WORDS, max_size=30).map(" ".join)
LANGUAGES = st.sampled_from(["en", "ru"])
RATES = st.builds(Rate, st.floats(0.01, 500), st.integers(0, 50))


@given(SCRIPTS, WORDS, LANGUAGES)
@example("+7", "912 345-67-89", "ru")
@example("1 000", "000", "en")
@example("see www", ".com", "en")
def test_adding_words_never_shortens(script: str, word: str, language: str) -> None:
    """A script with words added at its end takes at least as long, in either language."""
    assert estimate(f"{script} {word}", language=language).units >= estimate(script, language=language).units


@given(SCRIPTS, st.one_of(st.none(), RATES))
def test_the_bound_lies_well_above_the_expectation(script: str, rate: Rate | None) -> None:
    """Expected is at least a second; the bound at least a quarter and a second above it."""
    found = estimate(script, rate=rate)
    assert found.expected_ms >= 1000
    assert found.upper_ms >= found.expected_ms * 1.25 + 1000


def test_a_learned_rate_narrows_the_bound() -> None:
    """The more videos a voice has, the less is held above the expectation."""
    held = [
        estimate(ENGLISH, rate=Rate(DEFAULT.units_per_second, samples)).upper_ms for samples in (0, 1, 3, 10)
    ]
    assert held == sorted(set(held), reverse=True)


@given(SCRIPTS)
def test_no_rate_is_the_default_rate(script: str) -> None:
    """An unknown voice is taken for an ordinary one."""
    assert estimate(script) == estimate(script, rate=DEFAULT)


def test_a_faster_voice_takes_less_time() -> None:
    """Half the speed takes twice the time."""
    slow, fast = (
        estimate(ENGLISH, rate=Rate(DEFAULT.units_per_second * speed, 5)).expected_ms for speed in (0.7, 1.4)
    )
    assert slow == pytest.approx(2 * fast, rel=0.01)


@pytest.mark.parametrize(("script", "words_a_minute"), [(ENGLISH, 150), (RUSSIAN, 115)])
def test_an_ordinary_voice_speaks_at_an_ordinary_pace(script: str, words_a_minute: int) -> None:
    """The default comes near the pace of narrators in both languages."""
    minutes = estimate(script).expected_ms / 60_000
    assert len(script.split()) / minutes == pytest.approx(words_a_minute, rel=0.15)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("It was in 2026", "It was in two thousand twenty six"),
        ("It was in 1998", "It was in nineteen ninety eight"),
        ("1,250,000 people", "one million two hundred fifty thousand people"),
        ("1 250 000 people", "one million two hundred fifty thousand people"),
        ("costs $5", "costs five dollars"),
        ("up 3.5%", "up three point five percent"),
        ("at 10:30", "at ten thirty"),
        ("on 2026-05-12", "on two thousand twenty six zero five twelve"),
        ("call +1 555 0134", "call plus one five five five zero one three four"),
        ("agent 007", "agent zero zero seven"),
        ("В 2026 году", "В две тысячи двадцать шесть году"),
        ("1 000 000 людей", "один миллион людей"),
        ("на 3,5%", "на три целых пять десятых процентов"),
        ("8-800-555-35-35", "восемь восемь ноль ноль пять пять пять тридцать пять тридцать пять"),
        ("2,5 млн руб", "две целых пять десятых миллионов рублей"),
        ("Our CEO", "Our see ee oh"),
        ("в США", "в эс ша а"),
        ("12 km", "twelve kilometers"),
        ("go to example.com/now", "go to example dot com slash now"),
        ("пишите на me@example.ru", "пишите на me собака example точка ru"),
    ],
)
def test_what_is_not_a_word_costs_what_its_words_cost(written: str, spoken: str) -> None:
    """Numbers, money, times, telephone numbers, abbreviations and addresses count as they are read out."""
    assert estimate(written).units == pytest.approx(estimate(spoken).units, rel=0.05)


@given(st.integers(0, 10**12 - 1), LANGUAGES)
def test_thousands_take_longer(number: int, language: str) -> None:
    """A thousand times a number is never said in fewer sounds than the number."""
    thousands = estimate(cardinal(number * 1000, language)).units
    assert thousands >= estimate(cardinal(number, language)).units > 0


@given(st.from_regex(r"\+?[0-9]+([.,:'/-][0-9]+)*", fullmatch=True), LANGUAGES)
def test_every_digit_token_is_spoken(token: str, language: str) -> None:
    """Any heap of digits and signs becomes words."""
    assert spoken_number(token, language).replace(" ", "").isalpha()


def test_capitals_for_emphasis_are_not_spelled() -> None:
    """A shouted sentence takes as long as a quiet one."""
    assert estimate("BUY NOW AND SAVE MONEY").units == estimate("buy now and save money").units


def test_long_words_count_more() -> None:
    """Words are measured by their sounds, not by their number."""
    assert estimate("достопримечательность").units > 4 * estimate("дом").units


@pytest.mark.parametrize(("shorter", "longer"), [("", ","), (",", "."), (".", "\n\n"), (" ", "…")])
def test_pauses_take_time(shorter: str, longer: str) -> None:
    """A comma pauses less than a full stop, a full stop less than a paragraph."""
    assert estimate(f"one{shorter} two").units < estimate(f"one{longer} two").units


def test_signs_in_a_row_pause_once() -> None:
    """Many exclamation marks are one pause."""
    assert estimate("one!!!! two").units == estimate("one! two").units


@pytest.mark.parametrize(
    ("tag", "milliseconds"),
    [
        ('<break time="1s"/>', 1000),
        ("<break time='1.5s' />", 1500),
        ('<BREAK TIME="250ms"></BREAK>', 250),
        ('<break time="99999999s"/>', 60_000),
        ('<break time="s"/>', 0),
    ],
)
def test_a_break_lasts_as_long_as_it_says(tag: str, milliseconds: int) -> None:
    """A break adds its own time, whatever the voice's rate, up to a minute; its letters are not spoken."""
    for rate in (None, Rate(DEFAULT.units_per_second * 1.5, 9)):
        without = estimate(f"{ENGLISH} {ENGLISH}", rate=rate)
        assert estimate(f"{ENGLISH} {tag} {ENGLISH}", rate=rate).expected_ms == (
            without.expected_ms + milliseconds
        )


@pytest.mark.parametrize(
    ("script", "language"),
    [
        (RUSSIAN, "ru"),
        ("", "en"),
        ("2026", "en"),
        ("Привіт усім", "ru"),
        ("Наш Telegram", "en"),
        ("你好", "en"),
    ],
)
def test_the_language_is_found_from_the_letters(script: str, language: str) -> None:
    """Mostly Cyrillic is counted like Russian, everything else like English."""
    assert language_of(script) == language
    assert estimate(script).language == language


@pytest.mark.parametrize(
    ("given_language", "counted"),
    [("Russian", "ru"), ("ru-RU", "ru"), ("English", "en"), ("EN", "en"), ("French", "en"), ("", "en")],
)
def test_a_given_language_decides_how_numbers_are_read(given_language: str, counted: str) -> None:
    """A code or an English name will do; an unknown one is found from the letters."""
    assert estimate("2026", language=given_language).language == counted


SIGNS = ["", "  \n\t ", "...", "!?—", "🎉🎉", "👩‍💻 ✨", "1️⃣", "\u3164", "\u200b", "%", "<break time='1s'/>"]


@pytest.mark.parametrize("script", SIGNS)
def test_signs_alone_cannot_be_spoken(script: str) -> None:
    """Nothing, blanks, punctuation, emoji and breaks hold nothing to say."""
    assert not can_be_spoken(script)


@pytest.mark.parametrize("script", ["a", "7", "я 🎉", "你好", "½", "مرحبا"])
def test_letters_and_numbers_can_be_spoken(script: str) -> None:
    """One letter or number of any script is enough."""
    assert can_be_spoken(script)


def measured(script: str, speed: float) -> tuple[str, str, int]:
    return script, "", round(estimate(script).expected_ms / speed)


@pytest.mark.parametrize("speed", [0.7, 1.0, 1.3])
def test_a_voice_is_learned_from_its_videos(speed: float) -> None:
    """After a handful of videos the estimate is the voice's own."""
    rate = learn([measured(ENGLISH, speed), measured(RUSSIAN, speed)] * 3)
    assert rate is not None
    assert rate.samples == 6
    for script in (ENGLISH * 3, RUSSIAN * 3):
        expected = estimate(script).expected_ms / speed
        assert estimate(script, rate=rate).expected_ms == pytest.approx(expected, rel=0.02)


def test_one_video_moves_the_rate_only_half_way() -> None:
    """A single video does not turn the estimate round."""
    rate = learn([measured(ENGLISH, 1.4)])
    assert rate is not None
    assert rate.units_per_second == pytest.approx(DEFAULT.units_per_second * 1.2, rel=0.01)


@pytest.mark.parametrize("odd", [1, 10**9])
def test_an_odd_video_changes_little(odd: int) -> None:
    """One absurd duration among good ones stays without effect, and alone it stays within bounds."""
    good = [measured(ENGLISH, 1.1)] * 6
    rate, with_odd = learn(good), learn([*good, (ENGLISH, "", odd)])
    assert rate is not None
    assert with_odd is not None
    assert with_odd.units_per_second == pytest.approx(rate.units_per_second, rel=0.01)
    alone = learn([(ENGLISH, "", odd)])
    assert alone is not None
    assert 0.5 <= alone.units_per_second / DEFAULT.units_per_second <= 2


@pytest.mark.parametrize("samples", [[], [("", "", 5000)], [("🎉", "en", 5000)], [(ENGLISH, "", 0)]])
def test_videos_that_say_nothing_teach_nothing(samples: list[tuple[str, str, int]]) -> None:
    """Without words or without time there is no rate."""
    assert learn(samples) is None


@given(st.lists(st.tuples(SCRIPTS, st.sampled_from(["", "en", "ru"]), st.integers(-5, 10**12)), max_size=8))
def test_a_learned_rate_is_always_bounded(samples: list[tuple[str, str, int]]) -> None:
    """Whatever the samples, a voice is at most twice as fast or slow as the default."""
    rate = learn(samples)
    assert rate is None or 0.5 <= rate.units_per_second / DEFAULT.units_per_second <= 2


@pytest.mark.parametrize("broken", [0.0, -1.0, math.inf, 1e-300])
def test_a_broken_rate_stays_bounded(broken: float) -> None:
    """A rate that no voice has does no harm."""
    ordinary = estimate(ENGLISH).expected_ms
    assert ordinary / 2.1 <= estimate(ENGLISH, rate=Rate(broken, 3)).expected_ms <= ordinary * 2.1


@given(st.text(max_size=300))
@example("½")
def test_whatever_can_be_spoken_costs_something(script: str) -> None:
    """No text is refused, and a script with a letter or a number takes units."""
    found = estimate(script)
    assert found.units > 0 or not can_be_spoken(script)


def test_letters_count_the_same_however_they_are_encoded() -> None:
    """A text pasted with its marks as separate characters takes as long."""
    text = "Зайдите в ёлочный уголок, José!"
    assert estimate(unicodedata.normalize("NFD", text)) == estimate(text)


PATTERNS = (
    "Coffee_for_$129.99_saves_15%,_see_www.example.com!_ a. 12_345_ +1_ @ a@b x <break_ < 😀 1. ' x' Слово,_"
)


@pytest.mark.parametrize("pattern", [*listed(PATTERNS), "a@b" + "." * 50])
def test_a_whole_script_is_estimated_while_one_types(pattern: str) -> None:
    """5000 signs take a few milliseconds at most, whatever they are."""
    script = (pattern.replace("_", " ") * 5000)[:5000]
    fastest = math.inf
    for _ in range(5):
        start = time.perf_counter()
        estimate(script)
        fastest = min(fastest, time.perf_counter() - start)
    assert fastest < 0.005


def test_the_benchmark_says_what_it_needs() -> None:
    """Without espeak-ng the benchmark names the command that installs it, and fails with 2."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.durations"],
        cwd=Path(__file__).parents[2],
        env={"PATH": "/nonexistent"},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 2
    assert ended.stderr == "espeak-ng is missing: apt-get update && apt-get install -y espeak-ng\n"
