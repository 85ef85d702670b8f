"""What the bloggers wear: plain shapes over the shoulders, open at the neck."""

from collections.abc import Sequence

from PIL import Image

from core.sandbox.drawing.brush import Canvas, Outline, Paint, Point, moved, oval, smooth
from core.sandbox.drawing.people import X, Y, around


def _shoulders(neck: Sequence[Point], width: float) -> Outline:
    """The trunk with a neckline: `neck` runs from the left to the right edge of the collar."""
    left, right = neck[0], neck[-1]
    w = width
    outer = smooth(
        around(right, (w * 0.48, 234), (w * 0.80, 254), (w * 1.02, 302), (w * 1.14, 400), (w * 1.22, 600)),
        closed=False,
    )
    back = smooth(
        around(
            (-w * 1.22, 600), (-w * 1.14, 400), (-w * 1.02, 302), (-w * 0.80, 254), (-w * 0.48, 234), left
        ),
        closed=False,
    )
    return [*outer, *back, *smooth(around(*neck), closed=False)]


def _trunk(canvas: Canvas, neck: Sequence[Point], width: float, paint: Paint, dark: str) -> Image.Image:
    outline = _shoulders(neck, width)
    canvas.shape(moved(outline, 0, 6), "#000000", alpha=0.25, blur=14)
    inside = canvas.shape(outline, paint)
    canvas.shape(oval(X + width * 0.95, Y + 520, 120, 260), dark, alpha=0.6, inside=inside, blur=30)
    for side in (-1, 1):
        fold = smooth(
            around((side * width * 0.80, 600), (side * width * 0.76, 490), (side * width * 0.84, 400)),
            closed=False,
        )
        canvas.line(fold, 6, dark, alpha=0.55, blur=2, inside=inside)
    return inside


def round_neck(canvas: Canvas, paint: Paint, dark: str, width: float = 250, trim: str = "") -> Image.Image:
    """A T-shirt or a jumper."""
    neck = [(-88, 218), (-66, 250), (0, 276), (66, 250), (88, 218)]
    inside = _trunk(canvas, neck, width, paint, dark)
    canvas.line(smooth(around(*neck), closed=False), 12, trim or dark, inside=inside)
    return inside


def high_neck(canvas: Canvas, paint: Paint, dark: str, width: float = 250) -> Image.Image:
    """A polo neck."""
    inside = _trunk(canvas, [(-80, 210), (0, 232), (80, 210)], width, paint, dark)
    collar = smooth(around((-74, 150), (0, 170), (74, 150), (84, 214), (0, 236), (-84, 214)))
    canvas.shape(collar, paint)
    canvas.line(smooth(around((-82, 206), (0, 232), (82, 206)), closed=False), 5, dark, alpha=0.7, blur=1)
    canvas.line(smooth(around((-70, 170), (0, 190), (70, 170)), closed=False), 4, dark, alpha=0.4, blur=1)
    return inside


def jacket(canvas: Canvas, paint: Paint, dark: str, light: str, under: Paint, width: float = 256) -> None:
    """A jacket with lapels over a round-necked shirt."""
    round_neck(canvas, under, dark, width * 0.8)
    for side in (-1, 1):
        half = [
            (side * 80, 214),
            (side * width * 0.48, 232),
            (side * width * 0.81, 252),
            (side * width * 1.03, 302),
            (side * width * 1.15, 400),
            (side * width * 1.23, 600),
            (side * 40, 600),
            (side * 52, 460),
        ]
        panel = canvas.shape([*smooth(around(*half[:6]), closed=False), *around(*half[6:])], paint)
        canvas.shape(oval(X + width, Y + 520, 110, 240), dark, alpha=0.6, inside=panel, blur=28)
        canvas.line(around((side * 52, 460), (side * 40, 600)), 5, dark, alpha=0.8)
        lapel = around(
            (side * 78, 212),
            (side * 108, 226),
            (side * 146, 330),
            (side * 118, 344),
            (side * 132, 366),
            (side * 54, 470),
        )
        canvas.shape(moved(lapel, 3, 6), dark, alpha=0.7, blur=4, inside=panel)
        canvas.shape(lapel, light)


def shirt(canvas: Canvas, paint: Paint, dark: str, light: str, width: float = 256) -> None:
    """A shirt with a collar and buttons, the top one open."""
    inside = _trunk(canvas, [(-84, 216), (-40, 262), (0, 318), (40, 262), (84, 216)], width, paint, dark)
    canvas.line(around((0, 318), (0, 600)), 5, dark, alpha=0.7, inside=inside)
    for y in (372, 446, 520):
        canvas.shape(oval(X + 13, Y + y, 6, 6), dark)
    for side in (-1, 1):
        collar = around(
            (side * 66, 176),
            (side * 92, 206),
            (side * 112, 268),
            (side * 64, 300),
            (side * 2, 316),
            (side * 44, 250),
        )
        canvas.shape(moved(collar, 2, 6), dark, alpha=0.6, blur=4, inside=inside)
        canvas.shape(collar, light)


def hoodie(canvas: Canvas, paint: Paint, dark: str, light: str, width: float = 262) -> None:
    """A hooded jumper with two cords."""
    hood = smooth(
        around(
            (-128, 262),
            (-124, 190),
            (-92, 158),
            (-62, 178),
            (-66, 230),
            (0, 262),
            (66, 230),
            (62, 178),
            (92, 158),
            (124, 190),
            (128, 262),
            (0, 330),
        )
    )
    canvas.shape(hood, (paint if isinstance(paint, str) else paint[1], dark))
    neck = [(-108, 224), (-70, 268), (0, 300), (70, 268), (108, 224)]
    inside = _trunk(canvas, neck, width, paint, dark)
    canvas.line(smooth(around(*neck), closed=False), 18, light, inside=inside)
    for side in (-1, 1):
        canvas.line(
            smooth(around((side * 36, 292), (side * 42, 360), (side * 36, 430)), closed=False), 6, light
        )
        canvas.shape(oval(X + side * 36, Y + 438, 6, 12), light)


def sleeveless(canvas: Canvas, skin: str, shade: str, paint: Paint, dark: str, width: float = 262) -> None:
    """Bare shoulders and a training top."""
    bare = [(-80, 214), (0, 250), (80, 214)]
    body = _trunk(canvas, bare, width, skin, shade)
    canvas.line(
        smooth(around((-120, 262), (-60, 278), (-14, 284)), closed=False),
        5,
        shade,
        alpha=0.7,
        blur=2,
        inside=body,
    )
    canvas.line(
        smooth(around((120, 262), (60, 278), (14, 284)), closed=False),
        5,
        shade,
        alpha=0.7,
        blur=2,
        inside=body,
    )
    half = [(96, 222), (140, 242), (150, 330), (186, 420), (200, 600)]
    neck = smooth(around((-96, 222), (-70, 290), (0, 336), (70, 290), (96, 222)), closed=False)
    top = [
        *neck,
        *smooth(around(*half), closed=False),
        *smooth(around(*((-x, y) for x, y in reversed(half))), closed=False),
    ]
    inside = canvas.shape(top, paint, inside=body)
    canvas.line(neck, 8, dark, inside=inside)
    canvas.shape(oval(X + 170, Y + 520, 70, 200), dark, alpha=0.5, inside=inside, blur=24)
