"""The voices there are: invented names, five languages."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
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
    Voice("Clara", "English", "female", 1.00, 205),
    Voice("Owen", "English", "male", 0.95, 118),
    Voice("Ruby", "English", "female", 1.12, 220),
    Voice("Miles", "English", "male", 1.05, 104),
    Voice("Дарья", "Russian", "female", 1.00, 210),
    Voice("Матвей", "Russian", "male", 0.93, 112),
    Voice("Алиса", "Russian", "female", 1.10, 225),
    Voice("Lucía", "Spanish", "female", 1.08, 215),
    Voice("Mateo", "Spanish", "male", 1.02, 121),
    Voice("Greta", "German", "female", 0.97, 200),
    Voice("Jonas", "German", "male", 0.92, 110),
    Voice("Élise", "French", "female", 1.06, 212),
)
BY_ID = {voice.id: voice for voice in ALL}
