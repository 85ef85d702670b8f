"""Places under the sky."""

from random import Random

from core.sandbox.drawing.brush import HEIGHT, WIDTH, Canvas, Point, box, oval, smooth


def park() -> Canvas:
    """A path between trees on a clear morning."""
    canvas = Canvas(("#bfe4f5", "#f6f4dc"))
    canvas.shape(oval(590, 170, 120, 120), "#fff6c9", alpha=0.8, blur=50)
    rng = Random(2)
    for x in range(-40, WIDTH + 80, 78):
        high = rng.randint(90, 170)
        canvas.shape(oval(x, 520, 80, high), ("#a7cf9f", "#86b886"), alpha=0.9, blur=5)
    for x in range(-60, WIDTH + 80, 118):
        high = rng.randint(100, 170)
        canvas.shape(oval(x, 590, 96, high), ("#7fb877", "#5f9c62"), blur=3)
    canvas.shape(
        smooth([(-60, 620), (200, 586), (460, 606), (830, 580), (830, 1000), (-60, 1000)]),
        ("#a8cf70", "#6fa552"),
    )
    canvas.shape(
        smooth([(420, 604), (476, 604), (560, 760), (880, 1000), (300, 1000), (440, 760)]),
        ("#f0dfbd", "#d9bf94"),
    )
    for x, y, r in ((70, 250, 150), (-20, 130, 150), (170, 120, 130), (60, 20, 150), (210, 10, 110)):
        canvas.shape(oval(x, y, r, r * 0.86), ("#6cab5e", "#437f49"))
    canvas.shape(
        smooth([(40, 300), (86, 300), (92, 520), (128, 760), (8, 760), (36, 520)]), ("#7d5a3e", "#5d412c")
    )
    for x, y, r in ((30, 200, 110), (150, 230, 90), (110, 90, 90)):
        canvas.shape(oval(x, y, r, r * 0.8), ("#84c06d", "#5b9a57"), alpha=0.9)
    for x, y, r in ((700, 300, 60), (748, 230, 74), (660, 370, 46), (752, 400, 70)):
        canvas.shape(oval(x, y, r, r), ("#8cc574", "#5f9c5a"), alpha=0.95)
    for _ in range(16):
        x, y, r = rng.randint(0, WIDTH), rng.randint(40, 560), rng.randint(8, 24)
        canvas.shape(oval(x, y, r, r), "#fffbe0", alpha=0.28, blur=2)
    canvas.soften(2.4)
    return canvas


def street() -> Canvas:
    """A narrow street of an old town, the sun at its end, laundry-bright awnings."""
    canvas = Canvas(("#8fc7e8", "#fbe6c8"))
    canvas.shape(oval(400, 470, 170, 170), "#fff4d0", alpha=0.8, blur=50)
    canvas.shape([(0, 960), (330, 620), (450, 620), (768, 960)], ("#d9c3a8", "#a98f78"))
    left = (("#e58f6b", -60, 130), ("#f2c879", 130, 240), ("#d9776a", 240, 320))
    right = (("#7fb0a8", 640, 840), ("#f0b08a", 530, 640), ("#a9b8d4", 450, 530))
    for paint, start, end in reversed(left):
        _house(canvas, paint, start, end, -1)
    for paint, start, end in reversed(right):
        _house(canvas, paint, start, end, 1)
    canvas.shape([(0, 560), (210, 600), (210, 652), (0, 640)], ("#fff6ea", "#f0dcc6"))
    for x in range(0, 210, 56):
        canvas.shape(
            [(x, 562 + x * 0.18), (x + 28, 566 + x * 0.18), (x + 28, 646), (x, 642)], "#cf4f45", alpha=0.9
        )
    canvas.line([(690, 250), (690, HEIGHT)], 12, "#38343a")
    canvas.line(smooth([(690, 270), (676, 220), (630, 214)], closed=False), 10, "#38343a")
    canvas.shape(oval(624, 240, 26, 30), ("#fff3c9", "#f7cf7c"))
    canvas.shape(oval(624, 240, 70, 70), "#ffe6a3", alpha=0.4, blur=24)
    rope = smooth([(150, 190), (300, 250), (420, 256), (560, 180)], closed=False)
    canvas.line(rope, 3, "#5d5048")
    for at, paint in zip(
        range(6, len(rope), 8),
        ("#e2725b", "#f2b950", "#6fa59b", "#f7f1e6", "#8f6fb0", "#e2725b"),
        strict=False,
    ):
        x, y = rope[at]
        canvas.shape([(x - 14, y), (x + 14, y), (x, y + 36)], paint)
    canvas.soften(2.2)
    return canvas


def beach() -> Canvas:
    """Evening light over the sea, two sails, palm leaves."""
    canvas = Canvas(("#f7a072", "#ffe3b3"))
    canvas.shape(box(0, 0, WIDTH, 300), ("#6f8fc9", "#f7a98a"), alpha=0.85, blur=60)
    canvas.shape(oval(560, 440, 92, 92), "#fff3c4")
    canvas.shape(oval(560, 440, 190, 190), "#ffe08f", alpha=0.55, blur=50)
    for x, y, wide in ((150, 210, 150), (260, 240, 110), (610, 170, 140), (720, 200, 110)):
        canvas.shape(oval(x, y, wide, 20), "#fff0e2", alpha=0.6, blur=8)
    canvas.shape(box(0, 500, WIDTH, 790), ("#3f9fb0", "#7fd0c4"))
    canvas.shape([(500, 500), (620, 500), (700, 780), (400, 780)], "#ffe9b0", alpha=0.5, blur=18)
    for y, wide in ((524, 90), (548, 60), (580, 120), (622, 84), (668, 140), (712, 100)):
        for x in (90, 300, 560, 700):
            canvas.line([(x - wide / 2 + y % 37, y), (x + wide / 2 + y % 37, y)], 4, "#ffffff", alpha=0.35)
    for x, size in ((150, 1.0), (690, 0.62)):
        canvas.shape([(x, 506), (x, 506 - 120 * size), (x + 66 * size, 500)], "#fff8ee")
        canvas.shape([(x - 6, 502), (x - 6, 506 - 96 * size), (x - 44 * size, 500)], "#f4cdb0")
        canvas.shape(
            [(x - 56 * size, 504), (x + 76 * size, 504), (x + 52 * size, 524), (x - 34 * size, 524)],
            "#a8503f",
        )
    shore = smooth([(-60, 780), (180, 750), (420, 776), (640, 752), (840, 780), (840, 1040), (-60, 1040)])
    canvas.shape(shore, "#fffaf0", alpha=0.9)
    canvas.shape([(x, y + 18) for x, y in shore], ("#f2d6a2", "#d9ae74"))
    for turn in ((-20, 250), (60, 330), (140, 300), (210, 190), (0, 120)):
        _palm_leaf(canvas, (-30, -10), turn)
    for turn in ((790, 260), (720, 240), (650, 150)):
        _palm_leaf(canvas, (800, -20), turn)
    canvas.soften(2.0)
    return canvas


def _house(canvas: Canvas, paint: str, start: float, end: float, side: int) -> None:
    """A facade in perspective towards the middle: lower and narrower the farther it stands."""

    def roof(x: float) -> float:
        return 60 + (x * 1.05 if side < 0 else (WIDTH - x) * 1.05)

    def foot(x: float) -> float:
        return 900 - (x * 0.86 if side < 0 else (WIDTH - x) * 0.86)

    wall = [(start, roof(start)), (end, roof(end)), (end, foot(end)), (start, foot(start))]
    inside = canvas.shape(wall, paint)
    canvas.shape(wall, "#5b3a3a", alpha=0.22 if side > 0 else 0.05, inside=inside)
    canvas.line([wall[0], wall[1]], 12, "#fff3e2", alpha=0.8)
    for column in (0.3, 0.74):
        x = start + (end - start) * column
        half = (end - start) * 0.12
        for level in (0.14, 0.38, 0.62):
            top = roof(x) + (foot(x) - roof(x)) * level
            high = (foot(x) - roof(x)) * 0.14
            canvas.shape(box(x - half - 4, top - 4, x + half + 4, top + high + 6), "#fff3e2", alpha=0.9)
            canvas.shape(box(x - half, top, x + half, top + high), ("#4b5f78", "#7d93a8"))
            canvas.line([(x, top), (x, top + high)], 3, "#fff3e2")


def _palm_leaf(canvas: Canvas, root: Point, tip: Point) -> None:
    (x, y), (tx, ty) = root, tip
    across = ((ty - y) * 0.16, (x - tx) * 0.16)
    mx, my = x + (tx - x) * 0.45, y + (ty - y) * 0.45 - 20
    leaf = smooth([(x, y), (mx + across[0], my + across[1]), (tx, ty), (mx - across[0], my - across[1])])
    canvas.shape(leaf, ("#2f6b57", "#1f4f44"))
    canvas.line(smooth([(x, y), (mx, my), (tx, ty)], closed=False), 4, "#5f9c7d", alpha=0.8)
