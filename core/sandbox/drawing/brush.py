"""A canvas for flat illustration: smooth outlines, gradients, soft shadows, drawn large and scaled down."""

from collections.abc import Iterable, Sequence
from math import cos, pi, sin

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Point = tuple[float, float]
Outline = list[Point]
#: A colour as #rrggbb, or two of them for a gradient from top to bottom of the shape.
Paint = str | tuple[str, str]
WIDTH, HEIGHT = 768, 960
SCALE = 3


class Canvas:
    """768 x 960 units, held three times as large, so that edges come out smooth."""

    def __init__(self, paint: Paint) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE))
        self._zoom, self._x, self._y = float(SCALE), 0.0, 0.0
        self.shape(box(0, 0, WIDTH, HEIGHT), paint)

    def zoom(self, times: float, x: float, y: float) -> None:
        """Draw what follows larger, with the point (x, y) where it was."""
        self._zoom = SCALE * times
        self._x, self._y = x * (SCALE - self._zoom), y * (SCALE - self._zoom)

    def shape(
        self,
        outline: Sequence[Point],
        paint: Paint,
        *,
        alpha: float = 1.0,
        blur: float = 0.0,
        inside: Image.Image | None = None,
    ) -> Image.Image:
        """Fill an outline; `inside` keeps the paint within an earlier shape. Returns the shape's mask."""
        mask = Image.new("L", self.image.size)
        ImageDraw.Draw(mask).polygon(self._placed(outline), fill=255)
        self._lay(mask, paint, alpha, blur, inside)
        return mask

    def line(
        self,
        points: Sequence[Point],
        width: float,
        paint: Paint,
        *,
        alpha: float = 1.0,
        blur: float = 0.0,
        inside: Image.Image | None = None,
    ) -> None:
        """A line with round ends through the points."""
        mask = Image.new("L", self.image.size)
        draw = ImageDraw.Draw(mask)
        placed = self._placed(points)
        draw.line(placed, fill=255, width=round(width * self._zoom), joint="curve")
        reach = width * self._zoom / 2
        for x, y in (placed[0], placed[-1]):
            draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=255)
        self._lay(mask, paint, alpha, blur, inside)

    def soften(self, radius: float) -> None:
        """Put all that is drawn so far out of focus, as a lens does with a background."""
        self.image = self.image.filter(ImageFilter.GaussianBlur(radius * SCALE))

    def finished(self) -> Image.Image:
        return self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)

    def _placed(self, points: Iterable[Point]) -> Outline:
        return [(x * self._zoom + self._x, y * self._zoom + self._y) for x, y in points]

    def _lay(
        self, mask: Image.Image, paint: Paint, alpha: float, blur: float, inside: Image.Image | None
    ) -> None:
        drawn = mask.getbbox()
        if drawn is None:
            return
        reach = round(blur * self._zoom * 3)
        left, top = max(0, drawn[0] - reach), max(0, drawn[1] - reach)
        right, bottom = min(mask.width, drawn[2] + reach), min(mask.height, drawn[3] + reach)
        cover = mask.crop((left, top, right, bottom))
        if blur:
            cover = cover.filter(ImageFilter.GaussianBlur(blur * self._zoom))
        if alpha < 1:
            cover = cover.point([round(level * alpha) for level in range(256)])
        if inside is not None:
            cover = ImageChops.multiply(cover, inside.crop((left, top, right, bottom)))
        self.image.paste(_painted(cover.size, paint), (left, top), cover)


def _painted(size: tuple[int, int], paint: Paint) -> Image.Image:
    if isinstance(paint, str):
        return Image.new("RGB", size, paint)
    blend = Image.linear_gradient("L").resize(size)
    return Image.composite(Image.new("RGB", size, paint[1]), Image.new("RGB", size, paint[0]), blend)


def box(left: float, top: float, right: float, bottom: float, radius: float = 0.0) -> Outline:
    """A rectangle, with round corners if asked."""
    if not radius:
        return [(left, top), (right, top), (right, bottom), (left, bottom)]
    corners = (
        (right - radius, top + radius, -90),
        (right - radius, bottom - radius, 0),
        (left + radius, bottom - radius, 90),
        (left + radius, top + radius, 180),
    )
    return [point for x, y, start in corners for point in arc(x, y, radius, radius, start, start + 90)]


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float, steps: int = 24) -> Outline:
    """Points on an ellipse from one angle to another, in degrees, clockwise from the right."""
    angles = [(start + (end - start) * step / steps) * pi / 180 for step in range(steps + 1)]
    return [(x + rx * cos(angle), y + ry * sin(angle)) for angle in angles]


def oval(x: float, y: float, rx: float, ry: float, turn: float = 0.0) -> Outline:
    """An ellipse, turned clockwise by degrees."""
    flat = arc(0, 0, rx, ry, 0, 360, 96)
    c, s = cos(turn * pi / 180), sin(turn * pi / 180)
    return [(x + px * c - py * s, y + px * s + py * c) for px, py in flat]


def smooth(points: Sequence[Point], closed: bool = True, steps: int = 16) -> Outline:
    """A curve through all the points (Catmull-Rom)."""
    count = len(points)
    result: Outline = []
    for i in range(count if closed else count - 1):
        if closed:
            a, b, c, d = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        else:
            a, b, c, d = (points[min(max(i + k, 0), count - 1)] for k in (-1, 0, 1, 2))
        result += [_between(a, b, c, d, step / steps) for step in range(steps)]
    return result if closed else [*result, points[-1]]


def _between(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    def along(p: float, q: float, r: float, s: float) -> float:
        return q + 0.5 * t * (r - p + t * (2 * p - 5 * q + 4 * r - s + t * (3 * (q - r) + s - p)))

    return along(a[0], b[0], c[0], d[0]), along(a[1], b[1], c[1], d[1])


def both_sides(half: Sequence[Point], x: float, y: float) -> Outline:
    """A closed symmetrical outline around x from its right half, top to bottom, as offsets."""
    right = [(x + dx, y + dy) for dx, dy in half]
    left = [(x - dx, y + dy) for dx, dy in reversed(half) if dx]
    return [*right, *left]


def moved(outline: Iterable[Point], dx: float, dy: float) -> Outline:
    return [(x + dx, y + dy) for x, y in outline]
