"""How long a script takes to speak, before it is spoken: pure arithmetic, fast enough to run while one types.

A voice's own finished videos teach its rate. All durations are whole milliseconds.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from statistics import median
from unicodedata import category

from core.videos.estimator.spoken import BREAK, weigh, without_addresses

MINIMUM_MS = 1000
#: The bound above the expected time: a share of it, which a voice's own videos narrow down, and a constant.
BASE_MARGIN, UNKNOWN_MARGIN = 0.25, 0.10
MARGIN_MS = 1500
#: How much slower or faster than the default a voice may be taken for: HeyGen's own bounds of `speed` are
#: 0.5 and 1.5, and voices differ among themselves.
SLOWEST, FASTEST = 0.5, 2.0

_CYRILLIC = re.compile("[\u0400-\u052f]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")
#: Letters by category that draw nothing: Hangul fillers.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0")


@dataclass(frozen=True)
class Rate:
    """How fast a voice speaks, learned from `samples` videos: units in a second, ten units to a syllable."""

    units_per_second: float
    samples: int


@dataclass(frozen=True)
class Estimate:
    """How long a script takes, in milliseconds, and `upper_ms`, which real speech exceeds only rarely.

    `units` are what was counted, without breaks; `language` is the one it was counted in, "en" or "ru".
    """

    expected_ms: int
    upper_ms: int
    units: int
    language: str


#: An ordinary narrator, 150 to 160 English or 120 Russian words a minute, pauses included; HeyGen's skill for
#: agents gives 150 words in its guide to scripts.
DEFAULT = Rate(units_per_second=44.0, samples=0)


@lru_cache(maxsize=256)
def estimate(script: str, *, language: str = "", rate: Rate | None = None) -> Estimate:
    """How long `script` takes; at least a second. Without a `rate` the voice is taken for an ordinary one.

    `language` is a code or an English name ("ru", "Russian"); what is neither English nor Russian, and "",
    is found from the letters. Adding words at the end never makes the estimate shorter in one language.
    """
    rate = rate or DEFAULT
    language = _language(language, script)
    speech = weigh(script, language)
    per_second = _bounded(rate.units_per_second / DEFAULT.units_per_second) * DEFAULT.units_per_second
    expected = max(MINIMUM_MS, ceil(speech.units * 1000 / per_second) + speech.break_ms)
    margin = BASE_MARGIN + UNKNOWN_MARGIN * 0.5 ** max(0, rate.samples)
    return Estimate(expected, ceil(expected * (1 + margin)) + MARGIN_MS, speech.units, language)


def learn(samples: Iterable[tuple[str, str, int]]) -> Rate | None:
    """The rate of a voice from (script, language, measured milliseconds) of its finished videos.

    None when no sample says anything. The median of the speeds, so that an odd video weighs little; every
    sample halves what is left of the default, so that one video does not turn the estimate round.
    """
    speeds: list[float] = []
    for script, language, measured_ms in samples:
        speech = weigh(script, _language(language, script))
        spoken_ms = measured_ms - speech.break_ms
        if speech.units and spoken_ms > 0:
            speeds.append(_bounded(speech.units * 1000 / spoken_ms / DEFAULT.units_per_second))
    if not speeds:
        return None
    speed = 1 + (median(speeds) - 1) * (1 - 0.5 ** len(speeds))
    return Rate(speed * DEFAULT.units_per_second, len(speeds))


def language_of(script: str) -> str:
    """ "ru" when most letters are Cyrillic, "en" otherwise; letters of addresses do not count."""
    if not _CYRILLIC.search(script):
        return "en"
    script = without_addresses(script)
    return "ru" if len(_CYRILLIC.findall(script)) > len(_LATIN.findall(script)) else "en"


def can_be_spoken(script: str) -> bool:
    """Whether `script` holds a letter or a number; blanks, signs, emoji and breaks alone say nothing."""
    text = _KEYCAP.sub("", BREAK.sub("", script))
    return any(category(char)[0] in "LN" and char not in _BLANK for char in text)


def _language(given: str, script: str) -> str:
    start = given.strip().lower()[:2]
    return start if start in ("en", "ru") else language_of(script)


def _bounded(speed: float) -> float:
    return min(FASTEST, max(SLOWEST, speed))
