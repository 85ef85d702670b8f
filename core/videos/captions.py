"""Captions of a video: its script cut into cues as it is spoken, as SubRip and as WebVTT."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import accumulate

from core.videos.estimator import DEFAULT, can_be_spoken, language_of
from core.videos.estimator.spoken import BREAK, break_ms, weigh

#: The usual measure of subtitles: two lines that the eye takes in at once.
LINE_SIGNS = 42
#: A sentence shorter than this shares a cue with its neighbour, so that no cue flickers by.
_SHORT = 24

_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s|(?<=[.!?…][\"»”’)])\s")
_PHRASE_END = re.compile(r"(?<=[,;:—–，、；：])\s|\s(?=[—–(])")
_OVERLONG = re.compile(rf"(\S{{{LINE_SIGNS}}})(?=\S)")
_TIMES = re.compile(r"(?m)^([\d:]+),(\d{3} --> [\d:]+),(\d{3})$")
#: Players read these signs as the arrow between times or as tags.
_UNREADABLE = str.maketrans({"<": "‹", ">": "›"})


def srt(script: str, duration_ms: int) -> str:
    """SubRip cues of `script` over `duration_ms` milliseconds; "" when there is nothing to say or no time.

    A cue has at most two lines of 42 signs and stands as long as its words take in the estimate, until the
    next one begins; the first begins at zero, the last ends at the duration. What would last less than a
    millisecond is left out.
    """
    if duration_ms <= 0 or not can_be_spoken(script):
        return ""
    cues, weights = _weighed(script)
    total = sum(weights)
    ends = [duration_ms * so_far // total for so_far in accumulate(weights)]
    written: list[str] = []
    for text, start, end in zip(cues, [0, *ends], ends, strict=False):
        if end > start:
            lines = "\n".join(_lines(text))
            written.append(f"{len(written) + 1}\n{_time(start)} --> {_time(end)}\n{lines}\n")
    return "\n".join(written)


def vtt(subrip: str) -> str:
    """The same cues as WebVTT, which browsers read; of `srt`'s own text, "" included.

    A point stands before the milliseconds, and "&" would begin a character's name.
    """
    return "WEBVTT\n\n" + _TIMES.sub(r"\1.\2.\3", subrip.replace("&", "&amp;"))


def _weighed(script: str) -> tuple[list[str], list[int]]:
    """The texts of the cues, and for each the milliseconds that it would take at the default rate."""
    language = language_of(script)
    per_unit = 1000 / DEFAULT.units_per_second
    cues: list[str] = []
    weights: list[int] = []
    silence = 0
    tags = [*BREAK.findall(script), ""]
    for segment, tag in zip(BREAK.split(script), tags, strict=True):
        for cue in _cues(segment):
            cues.append(cue)
            weights.append(silence + round(weigh(cue, language).units * per_unit))
            silence = 0
        if weights:
            weights[-1] += break_ms(tag)
        else:
            silence += break_ms(tag)
    return cues, weights


def _cues(text: str) -> list[str]:
    """`text` in pieces that fit a cue, ended where a sentence, a phrase or at least a word ends."""
    cues: list[str] = []
    for line in text.splitlines():
        for sentence in _SENTENCE_END.split(_clean(line)):
            for part in _parts(sentence):
                joined = f"{cues[-1]} {part}" if cues else ""
                if joined and min(len(cues[-1]), len(part)) < _SHORT and _lines(joined):
                    cues[-1] = joined
                else:
                    cues.append(part)
    return cues


def _clean(line: str) -> str:
    kept = (" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in line)
    text = " ".join("".join(kept).split()).translate(_UNREADABLE)
    return _OVERLONG.sub(r"\1 ", text)


def _parts(sentence: str) -> Iterator[str]:
    """A sentence in pieces that fit: whole, else by phrases, else by words in pieces of about one length."""
    if not sentence:
        return
    if _lines(sentence):
        yield sentence
        return
    held = ""
    for phrase in _PHRASE_END.split(sentence):
        joined = f"{held} {phrase}".lstrip()
        if _lines(joined):
            held = joined
            continue
        if held:
            yield held
        *whole, held = [phrase] if _lines(phrase) else _by_words(phrase)
        yield from whole
    yield held


def _by_words(phrase: str) -> list[str]:
    length = len(phrase) / -(-len(phrase) // (2 * LINE_SIGNS - 8))
    pieces = [""]
    for word in phrase.split():
        joined = f"{pieces[-1]} {word}".lstrip()
        if pieces[-1] and (len(joined) > length + len(word) / 2 or not _lines(joined)):
            pieces.append(word)
        else:
            pieces[-1] = joined
    return pieces


def _lines(text: str) -> list[str]:
    """`text` as one line or two of about one length, rather after a phrase; [] when it does not fit."""
    if len(text) <= LINE_SIGNS:
        return [text]
    first, last = len(text) - LINE_SIGNS - 1, LINE_SIGNS
    places = [at for at in range(max(first, 0), min(last, len(text) - 1) + 1) if text[at] == " "]
    if not places:
        return []
    phrases = {found.start() for found in _PHRASE_END.finditer(text)}
    phrases |= {found.start() for found in _SENTENCE_END.finditer(text)}
    at = min(places, key=lambda place: abs(2 * place - len(text)) - LINE_SIGNS // 2 * (place in phrases))
    return [text[:at], text[at + 1 :]]


def _time(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02},{rest:03}"
