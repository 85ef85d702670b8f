"""The voices there are: invented names, five languages."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Speaker:
    """A voice: `pace` is how much faster than others it speaks, `pitch` its tone in hertz."""

    name: str
    language: str
    gender: str
    pace: float
    pitch: float

    @property
    def id(self) -> str:
        return hashlib.sha256(f"{self.name} {self.language}".encode()).hexdigest()[:32]


ALL = (
    Speaker("Clara", "English", "female", 1.00, 205),
    Speaker("Owen", "English", "male", 0.95, 118),
    Speaker("Ruby", "English", "female", 1.12, 220),
    Speaker("Miles", "English", "male", 1.05, 104),
    Speaker("Дарья", "Russian", "female", 1.00, 210),
    Speaker("Матвей", "Russian", "male", 0.93, 112),
    Speaker("Алиса", "Russian", "female", 1.10, 225),
    Speaker("Lucía", "Spanish", "female", 1.08, 215),
    Speaker("Mateo", "Spanish", "male", 1.02, 121),
    Speaker("Greta", "German", "female", 0.97, 200),
    Speaker("Jonas", "German", "male", 0.92, 110),
    Speaker("Élise", "French", "female", 1.06, 212),
)
BY_ID = {voice.id: voice for voice in ALL}
