"""The voices that are offered, their samples, and how long they speak."""

import io

import av
import pytest
import requests

from core.sandbox.speakers import ALL
from core.sandbox.speaking import FRAMES_A_SECOND, can_be_spoken, speak
from tests.sandbox.client import Client

ENGLISH = "We met at the station and walked along the river. It was cold, but nobody wanted to go home."
RUSSIAN = "Мы встретились на вокзале и пошли вдоль реки. Было холодно, но никто не хотел домой."


def test_a_dozen_voices_in_several_languages_of_both_genders(client: Client) -> None:
    """HeyGen's fields; every language has at least one voice, the team's two have both genders."""
    voices = client.data("GET", "/v2/voices")["voices"]
    assert len(voices) == len({voice["voice_id"] for voice in voices}) == 12
    spoken: dict[str, set[str]] = {}
    for voice in voices:
        spoken.setdefault(voice["language"], set()).add(voice["gender"])
        assert voice["preview_audio"] == f"{client.base_url}/voices/{voice['voice_id']}.mp3"
    assert {language: len(genders) for language, genders in spoken.items()} == {
        "English": 2,
        "Russian": 2,
        "Spanish": 2,
        "German": 2,
        "French": 1,
    }


def test_a_voice_can_be_heard_without_a_key(client: Client) -> None:
    """An MP3 of a few seconds that is not silent, the same at each call."""
    url = client.data("GET", "/v2/voices")["voices"][4]["preview_audio"]
    first, second = requests.get(url, timeout=20), requests.get(url, timeout=20)
    assert (first.status_code, first.headers["content-type"]) == (200, "audio/mpeg")
    assert first.content == second.content
    with av.open(io.BytesIO(first.content)) as sound:
        assert sound.streams.audio[0].codec_context.name == "mp3float"
        loudest = max(abs(frame.to_ndarray()).max() for frame in sound.decode(audio=0))
        assert sound.duration is not None
        assert 1 < sound.duration / av.time_base < 8
    assert loudest > 0.1


@pytest.mark.parametrize("file", ["nobody.mp3", "nobody", "..%2Fsandbox.db"])
def test_a_voice_that_does_not_exist_has_no_sample(client: Client, file: str) -> None:
    """Nothing else in the folder is served."""
    assert requests.get(f"{client.base_url}/voices/{file}", timeout=10).status_code == 404


def test_speakers_take_about_as_long_as_people_do() -> None:
    """Between 120 and 190 words a minute in English, 90 and 150 in Russian, whose words are longer."""
    for script, slow, fast in ((ENGLISH, 120, 190), (RUSSIAN, 90, 150)):
        pace = len(script.split()) * 60 / speak(script * 5).seconds * 5
        assert slow < pace < fast


def test_pauses_numbers_and_voices_make_a_difference() -> None:
    """A pause takes time, a number is spoken, no two voices take exactly the same."""
    assert (
        speak("one. two. three.").seconds > speak("one, two, three").seconds > speak("one two three").seconds
    )
    assert speak("In 1984").seconds > speak("In it").seconds + 0.5
    lengths = {speak(ENGLISH * 3, pace=voice.pace, wobble=voice.id).frames for voice in ALL}
    assert len(lengths) > 8


def test_words_follow_each_other_inside_the_whole() -> None:
    """No word begins before the last one ends; the end is a whole frame after the last."""
    speech = speak(ENGLISH + RUSSIAN)
    assert [word.text for word in speech.words][:3] == ["We", "met", "at"]
    for before, word in zip(speech.words, speech.words[1:], strict=False):
        assert before.start < before.end < word.start
    assert speech.words[-1].end < speech.seconds == speech.frames / FRAMES_A_SECOND


@pytest.mark.parametrize(
    ("script", "spoken"), [("", False), ("🎉 …!", False), ("___", False), ("7", True), ("я", True)]
)
def test_what_can_be_spoken_has_a_letter_or_a_digit(script: str, spoken: bool) -> None:
    """Signs alone are no speech."""
    assert can_be_spoken(script) is spoken
