"""A person: the same face and hair in every place; only the clothes change.

Fixed shapes are written as text, "x,y x,y …", in offsets from the middle of the face.
"""

from collections.abc import Callable
from dataclasses import dataclass

from core.sandbox.drawing.brush import Canvas, Outline, Point, both_sides, moved, oval, smooth

X, Y = 384, 404


def around(*offsets: Point) -> Outline:
    """Points given as offsets from the middle of the face."""
    return [(X + dx, Y + dy) for dx, dy in offsets]


def numbers(text: str) -> list[tuple[float, ...]]:
    return [tuple(float(number) for number in word.split(",")) for word in text.split()]


def points(text: str, side: int = 1) -> Outline:
    """The points of a text, on the canvas; side -1 mirrors them."""
    return around(*((side * x, y) for x, y in numbers(text)))


def curve(text: str) -> Outline:
    """The closed curve through the points of a text."""
    return smooth(points(text))


def bow(text: str, side: int = 1) -> Outline:
    """The open curve through the points of a text; side -1 mirrors it."""
    return smooth(points(text, side), closed=False)


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


def _face(jaw: float) -> Outline:
    upper = [(0, -150), (62, -142), (104, -98), (114, -20)]
    lower = [(106 + jaw / 2, 52), (84 + jaw, 108), (44 + jaw / 2, 148), (0, 160)]
    return smooth(both_sides([*upper, *lower], X, Y))


def _neck(canvas: Canvas, person: Person) -> None:
    wide = 56 + person.jaw
    half = [(wide, 60), (wide - 2, 170), (wide + 30, 222), (170, 262), (170, 380), (0, 380)]
    other = [(-dx, dy) for dx, dy in reversed(half)]
    neck = canvas.shape(smooth(around(*half, *other)), person.skin)
    canvas.shape(moved(_face(person.jaw), 8, 40), person.shade, inside=neck, blur=3)
    canvas.shape(oval(X + 70, Y + 220, 60, 90), person.shade, alpha=0.5, inside=neck, blur=16)


def _head(canvas: Canvas, person: Person) -> None:
    for side in (-1, 1):
        ear = canvas.shape(oval(X + side * 113, Y + 12, 19, 33, side * -8), person.skin)
        hollow = oval(X + side * 116, Y + 16, 10, 20, side * -8)
        canvas.shape(hollow, person.shade, alpha=0.7, inside=ear, blur=1)
    face = canvas.shape(_face(person.jaw), person.skin)
    away_from_light = curve("70,-160 84,-20 78,70 20,170 160,180 170,-160")
    canvas.shape(away_from_light, person.shade, alpha=0.45, inside=face, blur=9)
    canvas.shape(oval(X, Y - 140, 130, 62), person.shade, alpha=0.55, inside=face, blur=10)
    for side in (-1, 1):
        cheek = oval(X + side * 68, Y + 62, 30, 20)
        canvas.shape(cheek, person.blush, alpha=person.blushes, inside=face, blur=9)


def _features(canvas: Canvas, person: Person) -> None:
    for side in (-1, 1):
        _eye(canvas, person, X + side * 49, Y + 6, side)
    canvas.line(bow("3,10 9,44 14,58 2,66 -10,62"), 5, person.shade, alpha=0.95)
    canvas.shape(oval(X - 3, Y + 40, 7, 20), "#ffffff", alpha=0.16, blur=4)
    canvas.shape(curve("-38,96 -14,101 0,103 14,101 38,96 20,117 0,122 -20,117"), person.lips)
    teeth = canvas.shape(curve("-30,99 0,105 30,99 15,110 0,112 -15,110"), "#fffaf5")
    canvas.line(points("-34,96 0,103 34,96"), 3, person.lips, alpha=0.5, inside=teeth)
    canvas.line(bow("-18,134 0,138 18,134"), 4, person.shade, alpha=0.7, blur=1)


def _eye(canvas: Canvas, person: Person, x: float, y: float, side: int) -> None:
    almond = [(-25, 3), (-12, -11), (8, -12), (25, 1), (10, 11), (-12, 11)]
    white = canvas.shape(smooth([(x + dx, y + dy) for dx, dy in almond]), "#fdf8f4")
    canvas.shape(oval(x, y - 1, 12, 13), person.eyes, inside=white)
    canvas.shape(oval(x, y - 1, 6, 7), "#1d1614", inside=white)
    canvas.shape(oval(x - 4, y - 5, 3.2, 3.2), "#ffffff")
    lid = smooth([(x - 26, y + 3), (x - 13, y - 12), (x + 8, y - 13), (x + 26, y + 1)], closed=False)
    canvas.line(lid, 5 if person.lashes else 4, "#2b1d1a" if person.lashes else person.hair_dark)
    if person.lashes:
        canvas.line([(x + side * 24, y), (x + side * 31, y - 6)], 4, "#2b1d1a")
    brow = smooth([(x - side * 26, y - 32), (x - side * 2, y - 42), (x + side * 32, y - 33)], closed=False)
    canvas.line(brow, person.brow, person.hair_dark, alpha=0.92)
