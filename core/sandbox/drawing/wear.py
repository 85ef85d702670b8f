"""What the bloggers wear: plain shapes over the shoulders, open at the neck."""

from collections.abc import Sequence

from PIL import Image

from core.sandbox.drawing.brush import Canvas, Outline, Paint, Point, moved, oval, smooth
from core.sandbox.drawing.people import X, Y, around, bow, curve, points


def _shoulders(neck: Sequence[Point], width: float) -> Outline:
    """The trunk with a neckline: `neck` runs from the left to the right edge of the collar."""
    arm = [(0.48, 234), (0.80, 254), (1.02, 302), (1.14, 400), (1.22, 600)]
    right = [(width * share, y) for share, y in arm]
    left = [(-x, y) for x, y in reversed(right)]
    outer = smooth(around(neck[-1], *right), closed=False)
    back = smooth(around(*left, neck[0]), closed=False)
    return [*outer, *back, *smooth(around(*neck), closed=False)]


def _trunk(canvas: Canvas, neck: Sequence[Point], width: float, paint: Paint, dark: str) -> Image.Image:
    outline = _shoulders(neck, width)
    canvas.shape(moved(outline, 0, 6), "#000000", alpha=0.25, blur=14)
    inside = canvas.shape(outline, paint)
    canvas.shape(oval(X + width * 0.95, Y + 520, 120, 260), dark, alpha=0.6, inside=inside, blur=30)
    for side in (-1, 1):
        fold = [(side * width * 0.80, 600), (side * width * 0.76, 490), (side * width * 0.84, 400)]
        canvas.line(smooth(around(*fold), closed=False), 6, dark, alpha=0.55, blur=2, inside=inside)
    return inside


def round_neck(canvas: Canvas, paint: Paint, dark: str, width: float = 250) -> Image.Image:
    """A T-shirt or a jumper."""
    neck = [(-88, 218), (-66, 250), (0, 276), (66, 250), (88, 218)]
    inside = _trunk(canvas, neck, width, paint, dark)
    canvas.line(smooth(around(*neck), closed=False), 12, dark, inside=inside)
    return inside


def high_neck(canvas: Canvas, paint: Paint, dark: str, width: float = 250) -> Image.Image:
    """A polo neck."""
    inside = _trunk(canvas, [(-80, 210), (0, 232), (80, 210)], width, paint, dark)
    collar = curve("-74,150 0,170 74,150 84,214 0,236 -84,214")
    canvas.shape(collar, paint)
    canvas.line(bow("-82,206 0,232 82,206"), 5, dark, alpha=0.7, blur=1)
    canvas.line(bow("-70,170 0,190 70,170"), 4, dark, alpha=0.4, blur=1)
    return inside


def jacket(canvas: Canvas, paint: Paint, dark: str, light: str, under: Paint, width: float = 256) -> None:
    """A jacket with lapels over a round-necked shirt."""
    round_neck(canvas, under, dark, width * 0.8)
    for side in (-1, 1):
        arm = [(0.48, 232), (0.81, 252), (1.03, 302), (1.15, 400), (1.23, 600)]
        outer = [(side * 80, 214), *((side * width * share, y) for share, y in arm)]
        panel = canvas.shape([*smooth(around(*outer), closed=False), *points("40,600 52,460", side)], paint)
        canvas.shape(oval(X + width, Y + 520, 110, 240), dark, alpha=0.6, inside=panel, blur=28)
        canvas.line(points("52,460 40,600", side), 5, dark, alpha=0.8)
        lapel = points("78,212 108,226 146,330 118,344 132,366 54,470", side)
        canvas.shape(moved(lapel, 3, 6), dark, alpha=0.7, blur=4, inside=panel)
        canvas.shape(lapel, light)


def shirt(canvas: Canvas, paint: Paint, dark: str, light: str, width: float = 256) -> None:
    """A shirt with a collar and buttons, the top one open."""
    inside = _trunk(canvas, [(-84, 216), (-40, 262), (0, 318), (40, 262), (84, 216)], width, paint, dark)
    canvas.line(points("0,318 0,600"), 5, dark, alpha=0.7, inside=inside)
    for y in (372, 446, 520):
        canvas.shape(oval(X + 13, Y + y, 6, 6), dark)
    for side in (-1, 1):
        collar = points("66,176 92,206 112,268 64,300 2,316 44,250", side)
        canvas.shape(moved(collar, 2, 6), dark, alpha=0.6, blur=4, inside=inside)
        canvas.shape(collar, light)


def hoodie(canvas: Canvas, paint: Paint, dark: str, light: str, width: float = 262) -> None:
    """A hooded jumper with two cords."""
    hood = curve("-128,262 -124,190 -92,158 -62,178 -66,230 0,262 66,230 62,178 92,158 124,190 128,262 0,330")
    canvas.shape(hood, (paint if isinstance(paint, str) else paint[1], dark))
    neck = [(-108, 224), (-70, 268), (0, 300), (70, 268), (108, 224)]
    inside = _trunk(canvas, neck, width, paint, dark)
    canvas.line(smooth(around(*neck), closed=False), 18, light, inside=inside)
    for side in (-1, 1):
        canvas.line(bow("36,292 42,360 36,430", side), 6, light)
        canvas.shape(oval(X + side * 36, Y + 438, 6, 12), light)


def sleeveless(canvas: Canvas, skin: str, shade: str, paint: Paint, dark: str, width: float = 262) -> None:
    """Bare shoulders and a training top."""
    bare = [(-80, 214), (0, 250), (80, 214)]
    body = _trunk(canvas, bare, width, skin, shade)
    for side in (-1, 1):
        collarbone = bow("120,262 60,278 14,284", side)
        canvas.line(collarbone, 5, shade, alpha=0.7, blur=2, inside=body)
    neck = bow("-96,222 -70,290 0,336 70,290 96,222")
    edge = "96,222 140,242 150,330 186,420 200,600"
    top = [*neck, *bow(edge), *reversed(bow(edge, -1))]
    inside = canvas.shape(top, paint, inside=body)
    canvas.line(neck, 8, dark, inside=inside)
    canvas.shape(oval(X + 170, Y + 520, 70, 200), dark, alpha=0.5, inside=inside, blur=24)
