"""How long a speaker takes for a script, word by word.

HeyGen's speakers are simulated here by syllables and pauses. On purpose nothing of this is shared with the
Studio's estimator: it must be able to be wrong.
"""

import re
from dataclasses import dataclass
from math import ceil
from zlib import crc32

#: Videos last a whole number of frames.
FRAMES_A_SECOND = 15
_LEAD_SECONDS, _TAIL_SECONDS = 0.3, 0.5
_GAP_SECONDS = 0.055
_SYLLABLE_SECONDS = {"latin": 0.195, "cyrillic": 0.16, "other": 0.22}
#: How much a single word may be drawn out or swallowed.
_WOBBLE = 0.12
_PAUSES = ((r"\n", 0.6), (r"[.!?…]", 0.5), (r"[;:—–]", 0.32), (r",", 0.22))
_WORD = re.compile(r"\w+(?:['’\-]\w+)*")
_VOWELS = {
    "latin": re.compile(r"[aeiouyáéíóúàèìòùâêîôûäëïöüåøœæ]+", re.I),
    "cyrillic": re.compile(r"[аеёиоуыэюяіїє]", re.I),
}
_DIGIT_SYLLABLES = {"latin": 1.7, "cyrillic": 2.6, "other": 1.7}


@dataclass(frozen=True)
class Word:
    """A word as it stands in the script, with what follows it, and when it is spoken; seconds."""

    text: str
    start: float
    end: float
    syllables: int


@dataclass(frozen=True)
class Speech:
    words: tuple[Word, ...]
    frames: int

    @property
    def seconds(self) -> float:
        return self.frames / FRAMES_A_SECOND


def can_be_spoken(script: str) -> bool:
    """False when there is no letter and no digit in it."""
    return _WORD.search(script.replace("_", " ")) is not None


def speak(script: str, *, pace: float = 1.0, wobble: str = "") -> Speech:
    """The script as spoken `pace` times faster than usual; `wobble` makes speakers differ in single words."""
    found = list(_WORD.finditer(script.replace("_", " ")))
    alphabet = _alphabet(script)
    moment, words = _LEAD_SECONDS, []
    for number, match in enumerate(found):
        until = found[number + 1].start() if number + 1 < len(found) else len(script)
        after = script[match.end() : until]
        syllables = _syllables(match[0], alphabet)
        drawn = 1 + _WOBBLE * (crc32(f"{wobble} {match[0]}".encode()) % 2001 / 1000 - 1)
        length = syllables * _SYLLABLE_SECONDS[_alphabet(match[0]) or alphabet or "other"] * drawn / pace
        words.append(
            Word(script[match.start() : until].strip().replace("\n", " "), moment, moment + length, syllables)
        )
        moment += length + (_GAP_SECONDS + _pause(after)) / pace
    seconds = (words[-1].end if words else 0) + _TAIL_SECONDS
    return Speech(tuple(words), ceil(seconds * FRAMES_A_SECOND))


def _alphabet(text: str) -> str:
    """Which letters the text has, by its first one; "" when it has none."""
    letter = next((sign for sign in text if sign.isalpha()), "")
    if not letter:
        return ""
    if "Ѐ" <= letter <= "ӿ":
        return "cyrillic"
    return "latin" if letter < "ɐ" else "other"


def _syllables(word: str, around: str) -> int:
    digits = sum(sign.isdigit() for sign in word)
    kind = _alphabet(word)
    spoken = digits * _DIGIT_SYLLABLES[around or "other"]
    if kind == "other":
        spoken += len(word) - digits
    elif kind:
        spoken += len(_VOWELS[kind].findall(word))
        if kind == "latin" and len(word) > 3 and word.lower().endswith("e"):
            spoken -= 0.7
    return max(1, round(spoken))


def _pause(after: str) -> float:
    return max((seconds for sign, seconds in _PAUSES if re.search(sign, after)), default=0.0)
