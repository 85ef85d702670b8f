"""GET /v2/voices: the voices there are, and a sample of each to hear (heygen-api.md section 8)."""

import sqlite3
from pathlib import Path
from typing import Any

from core.sandbox.answers import v2
from core.sandbox.ask import Ask
from core.sandbox.speakers import ALL, BY_ID
from core.sandbox.speaking import speak

_SAYS = {
    "English": "Hello, this is how I sound. Shall we begin?",
    "Russian": "Здравствуйте, вот так я звучу. Начнём?",
    "Spanish": "Hola, así es mi voz. ¿Empezamos?",
    "German": "Hallo, so klinge ich. Fangen wir an?",
    "French": "Bonjour, voici ma voix. On commence ?",
}


def list_voices(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """Every voice, in one page as HeyGen has it."""
    return v2(
        {
            "voices": [
                {
                    "voice_id": voice.id,
                    "language": voice.language,
                    "gender": voice.gender,
                    "name": voice.name,
                    "preview_audio": f"{ask.base}/voices/{voice.id}.mp3",
                    "support_pause": True,
                    "emotion_support": False,
                    "support_interactive_avatar": False,
                    "support_locale": False,
                }
                for voice in ALL
            ]
        }
    )


def sample(voice_id: str, folder: Path) -> Path | None:
    """The file of the voice's sample, made at the first call; None for a voice that does not exist."""
    voice = BY_ID.get(voice_id)
    if voice is None:
        return None
    path = folder / f"voice-{voice.id}.mp3"
    if not path.is_file():
        from core.sandbox.murmur import encode_mp3

        encode_mp3(speak(_SAYS[voice.language], pace=voice.pace, wobble=voice.id), voice.pitch, path)
    return path
