"""A sound like somebody murmuring behind a wall, in the rhythm of a speech; no words can be made out."""

from pathlib import Path
from uuid import uuid4
from zlib import crc32

import av
import numpy as np
from numpy.typing import NDArray

from core.sandbox.speaking import Speech, Word

RATE = 24_000
_HARMONICS = 14
#: The two strongest regions of a few vowels, in hertz.
_VOWELS = ((730, 1090), (530, 1840), (300, 2200), (570, 840), (440, 1020))
_LOUDNESS = 0.32


def murmur(speech: Speech, pitch: float) -> NDArray[np.int16]:
    """The whole sound, mono, RATE samples a second, exactly as long as the speech."""
    sound = np.zeros(round(speech.seconds * RATE), dtype=np.float32)
    for word in speech.words:
        each = (word.end - word.start) / word.syllables
        for number in range(word.syllables):
            at = round((word.start + number * each) * RATE)
            tone = _syllable(word, number, each, pitch)[: len(sound) - at]
            sound[at : at + len(tone)] += tone
    return (np.clip(sound, -1, 1) * 32_000).astype(np.int16)


def encode_mp3(speech: Speech, pitch: float, to: Path) -> None:
    """Write the sound as an MP3; the name is there only when all of it is."""
    to.parent.mkdir(parents=True, exist_ok=True)
    part = to.with_suffix(f".{uuid4().hex}.part")
    sound = murmur(speech, pitch)
    with av.open(str(part), "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=RATE, layout="mono")
        for at in range(0, len(sound), RATE):
            for packet in stream.encode(audio_frame(sound[at : at + RATE], at)):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    part.replace(to)


def audio_frame(sound: NDArray[np.int16], at: int) -> av.AudioFrame:
    """A piece of the sound that begins at sample `at`."""
    frame = av.AudioFrame.from_ndarray(sound[np.newaxis, :], format="s16", layout="mono")
    frame.sample_rate = RATE
    frame.pts = at
    return frame


def _syllable(word: Word, number: int, seconds: float, pitch: float) -> NDArray[np.float32]:
    chance = crc32(f"{word.text}{number}".encode())
    first, second = _VOWELS[chance % len(_VOWELS)]
    samples = max(2, round(seconds * RATE))
    time = np.arange(samples, dtype=np.float32) / RATE
    # The tone falls towards the end of a syllable and sits a little higher or lower in each.
    tone = pitch * (1 + (chance % 13 - 6) / 60 - 0.08 * time / seconds)
    phase = 2 * np.pi * np.cumsum(tone) / RATE
    sound = np.zeros(samples, dtype=np.float32)
    for harmonic in range(1, _HARMONICS + 1):
        away = min(abs(harmonic * pitch - first) / 180, abs(harmonic * pitch - second) / 260)
        sound += np.sin(harmonic * phase, dtype=np.float32) / (1 + away * away) / harmonic**0.4
    # From just above 0: a sine that ends below it has no root.
    envelope = np.sin(np.linspace(0.01, np.pi - 0.01, samples, dtype=np.float32)) ** 0.6
    return (_LOUDNESS * sound / max(1.0, float(np.abs(sound).max())) * envelope).astype(np.float32)
