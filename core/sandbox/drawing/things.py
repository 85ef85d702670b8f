"""Things that stand in rooms; `y` is where they stand, `x` their middle or their left edge."""

from random import Random

from core.sandbox.drawing.brush import WIDTH, Canvas, Paint, arc, box, oval, smooth


def pendant(canvas: Canvas, x: float, y: float, paint: str) -> None:
    canvas.line([(x, 0), (x, y)], 4, "#1b1a1a")
    canvas.shape([*arc(x, y + 52, 52, 58, 180, 360)], paint)
    canvas.shape(oval(x, y + 58, 90, 70), "#ffe2a0", alpha=0.5, blur=26)
    canvas.shape(oval(x, y + 54, 24, 16), "#fff7df")


def row_of_bottles(canvas: Canvas, rng: Random, x: float, end: float, y: float) -> None:
    paints: tuple[Paint, ...] = (
        ("#d98d57", "#a85f35"),
        ("#79a58e", "#4d7a64"),
        ("#f3e6cf", "#d8c4a2"),
        ("#b5483f", "#85312c"),
    )
    while x < end:
        wide, high = rng.randint(22, 34), rng.randint(54, 104)
        paint = rng.choice(paints)
        canvas.shape(box(x, y - high, x + wide, y, 7), paint)
        if high > 76:
            canvas.shape(box(x + wide * 0.32, y - high - 20, x + wide * 0.68, y - high + 8, 3), paint)
        canvas.line([(x + 6, y - high + 10), (x + 6, y - 12)], 3, "#ffffff", alpha=0.3)
        x += wide + rng.randint(8, 18)


def crockery(canvas: Canvas, rng: Random, x: float, y: float) -> float:
    """A jar, a plate or a bowl on the shelf; returns the room it took."""
    kind = rng.choice(("jar", "plate", "bowl"))
    tone = rng.choice(("#e2725b", "#f2b950", "#6fa59b", "#f7f1e6"))
    if kind == "jar":
        canvas.shape(box(x, y - 78, x + 48, y, 8), tone, alpha=0.9)
        canvas.shape(box(x + 4, y - 92, x + 44, y - 74, 4), "#a9794c")
        return 60
    if kind == "plate":
        canvas.shape(oval(x + 40, y - 42, 40, 42), tone)
        canvas.shape(oval(x + 40, y - 42, 25, 27), "#ffffff", alpha=0.45)
        return 90
    canvas.shape(arc(x + 36, y - 40, 36, 40, 0, 180), tone)
    return 84


def row_of_books(canvas: Canvas, rng: Random, y: float) -> None:
    paints = ("#8c3b32", "#2f5d62", "#c28a3c", "#49597a", "#6b4a63", "#d8c3a0", "#3f6b4a")
    x = 0.0
    while x < WIDTH:
        wide, high = rng.randint(14, 30), rng.randint(86, 124)
        paint = rng.choice(paints)
        canvas.shape(box(x, y - high, x + wide, y), paint)
        canvas.line([(x + 3, y - high + 3), (x + 3, y)], 3, "#ffffff", alpha=0.16)
        canvas.line([(x + 3, y - high * 0.8), (x + wide - 3, y - high * 0.8)], 4, "#f0d9a0", alpha=0.7)
        x += wide + 1.5


def dumbbell(canvas: Canvas, x: float, y: float) -> None:
    canvas.line([(x - 20, y), (x + 20, y)], 9, "#c2c9d4")
    for side in (-1, 1):
        canvas.shape(box(x + side * 22 - 9, y - 24, x + side * 22 + 9, y + 24, 7), ("#4a5160", "#20242d"))


def plant(canvas: Canvas, x: float, y: float, high: float, leaf: str, pot: str) -> None:
    for lean, size in ((-0.62, 0.8), (-0.3, 1.0), (0.05, 1.1), (0.36, 0.95), (0.66, 0.76)):
        tip_x, tip_y = x + lean * high, y - high * 0.3 - high * size
        root_y, wide = y - high * 0.28, high * 0.15
        middle_x, middle_y = (x + tip_x) / 2, (root_y + tip_y) / 2
        canvas.shape(
            smooth([(x, root_y), (middle_x - wide, middle_y), (tip_x, tip_y), (middle_x + wide, middle_y)]),
            leaf,
        )
        canvas.line([(x, root_y), (tip_x, tip_y + 12)], 3, "#ffffff", alpha=0.2)
    rim, foot = high * 0.3, high * 0.21
    canvas.shape([(x - rim, y - high * 0.36), (x + rim, y - high * 0.36), (x + foot, y), (x - foot, y)], pot)
    canvas.shape(box(x - rim - 4, y - high * 0.42, x + rim + 4, y - high * 0.32, 4), pot)
