"""The four people: the same face and hair in every place; only the clothes change."""

from collections.abc import Callable
from dataclasses import dataclass

from core.sandbox.drawing.brush import Canvas, Outline, Point, both_sides, moved, oval, smooth

X, Y = 384, 404


def around(*offsets: Point) -> Outline:
    """Points given as offsets from the middle of the face."""
    return [(X + dx, Y + dy) for dx, dy in offsets]


@dataclass(frozen=True)
class Person:
    """Colours and the two layers of hair: behind the head and in front of it."""

    skin: str
    shade: str
    blush: str
    blushes: float
    lips: str
    hair: str
    hair_dark: str
    hair_light: str
    eyes: str
    jaw: float
    brow: float
    lashes: bool
    behind: Callable[[Canvas, "Person"], None]
    before: Callable[[Canvas, "Person"], None]


def draw_person(canvas: Canvas, person: Person, wear: Callable[[Canvas], object]) -> None:
    """Head and shoulders, from back to front; the light comes from the upper left."""
    canvas.zoom(1.12, X, Y)
    person.behind(canvas, person)
    _neck(canvas, person)
    wear(canvas)
    _head(canvas, person)
    _features(canvas, person)
    person.before(canvas, person)


def _face(jaw: float) -> list[tuple[float, float]]:
    half = [
        (0, -150),
        (62, -142),
        (104, -98),
        (114, -20),
        (106 + jaw / 2, 52),
        (84 + jaw, 108),
        (44 + jaw / 2, 148),
    ]
    return smooth(both_sides([*half, (0, 160)], X, Y))


def _neck(canvas: Canvas, person: Person) -> None:
    wide = 56 + person.jaw
    half = [(wide, 60), (wide - 2, 170), (wide + 30, 222), (170, 262), (170, 380), (0, 380)]
    neck = canvas.shape(
        smooth([(X + dx, Y + dy) for dx, dy in half] + [(X - dx, Y + dy) for dx, dy in reversed(half)]),
        person.skin,
    )
    canvas.shape(moved(_face(person.jaw), 8, 40), person.shade, inside=neck, blur=3)
    canvas.shape(oval(X + 70, Y + 220, 60, 90), person.shade, alpha=0.5, inside=neck, blur=16)


def _head(canvas: Canvas, person: Person) -> None:
    for side in (-1, 1):
        ear = canvas.shape(oval(X + side * 113, Y + 12, 19, 33, side * -8), person.skin)
        canvas.shape(
            oval(X + side * 116, Y + 16, 10, 20, side * -8), person.shade, alpha=0.7, inside=ear, blur=1
        )
    face = canvas.shape(_face(person.jaw), person.skin)
    side_shade = smooth(
        [
            (X + 70, Y - 160),
            (X + 84, Y - 20),
            (X + 78, Y + 70),
            (X + 20, Y + 170),
            (X + 160, Y + 180),
            (X + 170, Y - 160),
        ]
    )
    canvas.shape(side_shade, person.shade, alpha=0.45, inside=face, blur=9)
    canvas.shape(oval(X, Y - 140, 130, 62), person.shade, alpha=0.55, inside=face, blur=10)
    for side in (-1, 1):
        canvas.shape(
            oval(X + side * 68, Y + 62, 30, 20), person.blush, alpha=person.blushes, inside=face, blur=9
        )


def _features(canvas: Canvas, person: Person) -> None:
    for side in (-1, 1):
        _eye(canvas, person, X + side * 49, Y + 6, side)
    nose = smooth(
        [(X + 3, Y + 10), (X + 9, Y + 44), (X + 14, Y + 58), (X + 2, Y + 66), (X - 10, Y + 62)], closed=False
    )
    canvas.line(nose, 5, person.shade, alpha=0.95)
    canvas.shape(oval(X - 3, Y + 40, 7, 20), "#ffffff", alpha=0.16, blur=4)
    mouth = smooth(
        [
            (X - 38, Y + 96),
            (X - 14, Y + 101),
            (X, Y + 103),
            (X + 14, Y + 101),
            (X + 38, Y + 96),
            (X + 20, Y + 117),
            (X, Y + 122),
            (X - 20, Y + 117),
        ]
    )
    canvas.shape(mouth, person.lips)
    teeth = canvas.shape(
        smooth(
            [
                (X - 30, Y + 99),
                (X, Y + 105),
                (X + 30, Y + 99),
                (X + 15, Y + 110),
                (X, Y + 112),
                (X - 15, Y + 110),
            ]
        ),
        "#fffaf5",
    )
    canvas.line([(X - 34, Y + 96), (X, Y + 103), (X + 34, Y + 96)], 3, person.lips, alpha=0.5, inside=teeth)
    canvas.line(
        smooth([(X - 18, Y + 134), (X, Y + 138), (X + 18, Y + 134)], closed=False),
        4,
        person.shade,
        alpha=0.7,
        blur=1,
    )


def _eye(canvas: Canvas, person: Person, x: float, y: float, side: int) -> None:
    white = canvas.shape(
        smooth(
            [
                (x - 25, y + 3),
                (x - 12, y - 11),
                (x + 8, y - 12),
                (x + 25, y + 1),
                (x + 10, y + 11),
                (x - 12, y + 11),
            ]
        ),
        "#fdf8f4",
    )
    canvas.shape(oval(x, y - 1, 12, 13), person.eyes, inside=white)
    canvas.shape(oval(x, y - 1, 6, 7), "#1d1614", inside=white)
    canvas.shape(oval(x - 4, y - 5, 3.2, 3.2), "#ffffff")
    lid = smooth([(x - 26, y + 3), (x - 13, y - 12), (x + 8, y - 13), (x + 26, y + 1)], closed=False)
    canvas.line(lid, 5 if person.lashes else 4, "#2b1d1a" if person.lashes else person.hair_dark)
    if person.lashes:
        canvas.line([(x + side * 24, y), (x + side * 31, y - 6)], 4, "#2b1d1a")
    brow = smooth([(x - side * 26, y - 32), (x - side * 2, y - 42), (x + side * 32, y - 33)], closed=False)
    canvas.line(brow, person.brow, person.hair_dark, alpha=0.92)
