"""Draws the sample photos into samples/ and lists them in samples.json: `python -m core.sandbox.draw`."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.sandbox.drawing import hair, indoors, outdoors, wear
from core.sandbox.drawing.brush import Canvas
from core.sandbox.drawing.people import Person, draw_person

SAMPLES = Path(__file__).parent / "samples"
MAX_BYTES = 45_000

MILA = Person(
    skin="#f6cfb4",
    shade="#dd9f80",
    blush="#ee8a78",
    blushes=0.42,
    lips="#c9525a",
    hair="#b4532f",
    hair_dark="#7c3320",
    hair_light="#d9773f",
    eyes="#4f7a5b",
    jaw=0,
    brow=7,
    lashes=True,
    behind=hair.mila_behind,
    before=hair.mila_before,
)
ANTON = Person(
    skin="#f1c6a5",
    shade="#cf946f",
    blush="#e2876c",
    blushes=0.22,
    lips="#b9605a",
    hair="#6b4a33",
    hair_dark="#483021",
    hair_light="#8c6547",
    eyes="#4a7191",
    jaw=8,
    brow=11,
    lashes=False,
    behind=hair.anton_behind,
    before=hair.anton_before,
)
SOFIA = Person(
    skin="#c98a5e",
    shade="#9c5f3d",
    blush="#c85f4a",
    blushes=0.36,
    lips="#a63f45",
    hair="#3a2320",
    hair_dark="#221312",
    hair_light="#6a4234",
    eyes="#5a3722",
    jaw=0,
    brow=8,
    lashes=True,
    behind=hair.sofia_behind,
    before=hair.sofia_before,
)
WEI = Person(
    skin="#ecc19a",
    shade="#c68f66",
    blush="#dd8567",
    blushes=0.22,
    lips="#b5655a",
    hair="#25252d",
    hair_dark="#15151b",
    hair_light="#44454f",
    eyes="#3a2a22",
    jaw=9,
    brow=12,
    lashes=False,
    behind=hair.wei_behind,
    before=hair.wei_before,
)


@dataclass(frozen=True)
class Sample:
    """One photo: whose it is, the place's name, and how it is drawn. Nobody in it means no face."""

    blogger: str
    place: str
    file: str
    scene: Callable[[], Canvas]
    person: Person | None = None
    clothes: Callable[[Canvas], object] = lambda canvas: None


def _for_wei(canvas: Canvas) -> None:
    wear.sleeveless(canvas, WEI.skin, WEI.shade, ("#2f8f8a", "#1f6b68"), "#124a48")


SAMPLE_PHOTOS = (
    Sample(
        "Mila Hart",
        "Studio",
        "mila-studio.jpg",
        indoors.studio,
        MILA,
        lambda c: wear.jacket(c, ("#2f5d62", "#234a50"), "#17343a", "#3c7076", "#fbf1e4"),
    ),
    Sample(
        "Mila Hart",
        "Cafe",
        "mila-cafe.jpg",
        indoors.cafe,
        MILA,
        lambda c: wear.high_neck(c, ("#f0e3cf", "#dcc7a6"), "#b3966b"),
    ),
    Sample(
        "Mila Hart",
        "Park",
        "mila-park.jpg",
        outdoors.park,
        MILA,
        lambda c: wear.jacket(c, ("#d9a441", "#c08a2c"), "#8c611a", "#e8bd66", "#ffffff"),
    ),
    Sample(
        "Антон Лисицын",
        "Кухня",
        "anton-kitchen.jpg",
        indoors.kitchen,
        ANTON,
        lambda c: wear.round_neck(c, ("#3f5f8a", "#2f4a70"), "#1e3352", 256),
    ),
    Sample(
        "Антон Лисицын",
        "Офис",
        "anton-office.jpg",
        indoors.office,
        ANTON,
        lambda c: wear.shirt(c, ("#f4f6fa", "#d9e0ea"), "#a5b3c6", "#ffffff"),
    ),
    Sample(
        "Антон Лисицын",
        "Библиотека",
        "anton-library.jpg",
        indoors.library,
        ANTON,
        lambda c: wear.jacket(c, ("#7a4f3a", "#5f3a29"), "#3c2216", "#8d6049", ("#c9d6df", "#aebfcc")),
    ),
    Sample(
        "Sofia Reyes",
        "Street",
        "sofia-street.jpg",
        outdoors.street,
        SOFIA,
        lambda c: wear.hoodie(c, ("#7a6fb0", "#5f5594"), "#41396e", "#a49bd0"),
    ),
    Sample(
        "Sofia Reyes",
        "Beach",
        "sofia-beach.jpg",
        outdoors.beach,
        SOFIA,
        lambda c: wear.round_neck(c, ("#ffffff", "#e9e3dc"), "#b9aca0"),
    ),
    Sample("Wei Chen", "Gym", "wei-gym.jpg", indoors.gym, WEI, _for_wei),
    Sample("Wei Chen", "Empty room", "wei-empty-room.jpg", indoors.empty_room),
)


def draw(sample: Sample, directory: Path) -> Path:
    """Draw one photo, at the best quality that fits into 45 kB."""
    canvas = sample.scene()
    if sample.person is not None:
        draw_person(canvas, sample.person, sample.clothes)
    image, path = canvas.finished(), directory / sample.file
    comment = b"" if sample.person is not None else b"no-face"
    for quality in range(88, 40, -4):
        image.save(path, "JPEG", quality=quality, optimize=True, progressive=True, comment=comment)
        if path.stat().st_size <= MAX_BYTES:
            return path
    raise ValueError(f"{sample.file} does not fit into {MAX_BYTES} bytes")


def listing() -> list[dict[str, object]]:
    """The bloggers in the brief's shape; the host `sandbox` stands for the sandbox of the moment."""
    bloggers: dict[str, list[dict[str, str]]] = {}
    for sample in SAMPLE_PHOTOS:
        bloggers.setdefault(sample.blogger, []).append(
            {
                "name": sample.place,
                "image_url": f"http://sandbox/samples/{sample.file}",
                "heygen_avatar_id": "00000",
            }
        )
    return [{"name": name, "settings": {"locations": places}} for name, places in bloggers.items()]


def main() -> None:
    SAMPLES.mkdir(exist_ok=True)
    for sample in SAMPLE_PHOTOS:
        path = draw(sample, SAMPLES)
        print(f"{path.name}: {path.stat().st_size} bytes")
    text = json.dumps(listing(), ensure_ascii=False, indent=2)
    (SAMPLES / "samples.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
