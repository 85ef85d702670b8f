"""Places under a roof, drawn soft, as a lens leaves what is behind a person."""

from random import Random

from core.sandbox.drawing.brush import HEIGHT, WIDTH, Canvas, box, oval, smooth
from core.sandbox.drawing.things import crockery, dumbbell, pendant, plant, row_of_books, row_of_bottles


def studio() -> Canvas:
    """A photographer's backdrop with a spot of light, a softbox and a lamp on its stand."""
    canvas = Canvas(("#e8a487", "#c9765c"))
    canvas.shape(oval(384, 390, 430, 430), "#ffd9bd", alpha=0.75, blur=90)
    canvas.shape(box(0, 800, WIDTH, HEIGHT), ("#b9664f", "#9c5140"), alpha=0.7, blur=50)
    for x in (0, 726):
        canvas.shape(box(x, 0, x + 42, HEIGHT), "#7d4034", alpha=0.55, blur=14)
    canvas.line([(84, 330), (84, HEIGHT)], 10, "#3c2a2b")
    canvas.shape([(0, 60), (168, 104), (168, 322), (0, 366)], "#33272a")
    canvas.shape([(0, 78), (154, 116), (154, 310), (0, 348)], ("#fffdf6", "#ffe9cf"))
    canvas.shape(oval(90, 212, 190, 190), "#fff3df", alpha=0.5, blur=60)
    canvas.line([(694, 250), (694, HEIGHT)], 9, "#3c2a2b")
    canvas.shape(smooth([(650, 168), (724, 148), (748, 246), (676, 268)]), "#33272a")
    canvas.shape(oval(664, 222, 15, 50, 12), "#fff2d0")
    canvas.soften(2.2)
    return canvas


def cafe() -> Canvas:
    """Green panels, shelves with bottles and cups, three lamps over the counter."""
    canvas = Canvas(("#2c4a42", "#1f3630"))
    for x in range(0, WIDTH, 96):
        canvas.line([(x, 0), (x, HEIGHT)], 3, "#18302a", alpha=0.7)
    canvas.shape(box(36, 150, 268, 560, 14), "#f7d9a2")
    canvas.shape(box(50, 164, 254, 546, 8), ("#ffe9bf", "#e9a76c"))
    canvas.shape(oval(110, 420, 60, 120), "#d98d57", alpha=0.6, blur=14)
    canvas.shape(oval(200, 470, 70, 90), "#b96e4a", alpha=0.6, blur=14)
    canvas.line([(150, 156), (150, 556)], 9, "#f7d9a2")
    canvas.line([(44, 350), (260, 350)], 9, "#f7d9a2")
    rng = Random(5)
    for y in (300, 440, 580):
        row_of_bottles(canvas, rng, 520, WIDTH, y)
        canvas.shape(box(500, y, WIDTH, y + 16), ("#a9744a", "#7c5030"))
    for x, y in ((330, 110), (470, 70), (640, 130)):
        pendant(canvas, x, y, "#d9a441")
    canvas.shape(box(0, 700, WIDTH, HEIGHT), ("#8a5a38", "#5d3a24"))
    canvas.shape(box(0, 690, WIDTH, 716), "#b98355")
    canvas.soften(2.6)
    return canvas


def kitchen() -> Canvas:
    """White tiles, an open shelf, a window over the worktop, lemons and herbs."""
    canvas = Canvas(("#eef3f1", "#d9e4e2"))
    for row, y in enumerate(range(0, 640, 48)):
        canvas.line([(0, y), (WIDTH, y)], 2.5, "#c5d3d0")
        for x in range(-96 + 48 * (row % 2), WIDTH, 96):
            canvas.line([(x, y), (x, y + 48)], 2.5, "#c5d3d0")
    canvas.shape(box(20, 120, 262, 520, 6), "#ffffff")
    glass = canvas.shape(box(36, 136, 246, 504), ("#bfe3f2", "#e6f4dc"))
    canvas.shape(oval(90, 470, 110, 80), "#8dbb7c", alpha=0.9, blur=10, inside=glass)
    canvas.shape(oval(220, 490, 90, 80), "#6fa564", alpha=0.9, blur=10, inside=glass)
    canvas.line([(141, 130), (141, 510)], 10, "#ffffff")
    canvas.line([(30, 320), (252, 320)], 10, "#ffffff")
    rng = Random(11)
    for y in (250, 420):
        x = 530.0
        while x < WIDTH:
            x += crockery(canvas, rng, x, y)
        canvas.shape(box(512, y, WIDTH, y + 18), ("#c99a6b", "#a9794c"))
    pendant(canvas, 408, 60, "#e2725b")
    canvas.shape(box(0, 640, WIDTH, 676), ("#c99a6b", "#a9794c"))
    canvas.shape(box(0, 676, WIDTH, HEIGHT), ("#5f8d8a", "#487270"))
    for x in (190, 580):
        canvas.line([(x, 690), (x, HEIGHT)], 4, "#3f6664")
    for x, y in ((40, 612), (84, 616), (62, 584)):
        canvas.shape(oval(x, y, 30, 24, -12), ("#ffe27a", "#f0b93a"))
    plant(canvas, 706, 640, 90, "#4f8a5b", "#e07a4f")
    canvas.soften(2.0)
    return canvas


def office() -> Canvas:
    """High windows over a city in the morning, a plant, a desk with a screen."""
    canvas = Canvas(("#9cc4e4", "#f3e3d2"))
    rng = Random(3)
    for x in range(-20, WIDTH, 74):
        top = rng.randint(300, 470)
        canvas.shape(box(x, top, x + 70, 780), ("#8fa9c4", "#b9c3cc"), alpha=0.85)
    for x in range(-50, WIDTH, 108):
        top = rng.randint(400, 580)
        canvas.shape(box(x, top, x + 92, 800), ("#62809f", "#8b9cae"))
        for wy in range(top + 22, 760, 32):
            for wx in range(x + 12, x + 84, 24):
                lit = rng.random() < 0.4
                canvas.shape(box(wx, wy, wx + 12, wy + 16), "#ffe9b5" if lit else "#4f6c8c", alpha=0.85)
    for x in (0, 256, 512, 768):
        canvas.line([(x, 0), (x, 800)], 16, "#39424f")
    canvas.line([(0, 200), (WIDTH, 200)], 12, "#39424f")
    for shift in (60, 300, 560):
        canvas.shape(
            [(shift, 0), (shift + 90, 0), (shift - 120, 800), (shift - 210, 800)], "#ffffff", alpha=0.12
        )
    canvas.shape(box(0, 760, WIDTH, HEIGHT), ("#4b4f5c", "#383b46"))
    canvas.shape(box(552, 560, 760, 700, 10), "#20242d")
    canvas.shape(box(564, 572, 748, 688, 4), ("#5f7df0", "#8f6fe0"))
    canvas.line([(656, 700), (656, 760)], 18, "#20242d")
    canvas.shape(box(500, 744, WIDTH, 772), ("#d1a77b", "#b48658"))
    plant(canvas, 92, 790, 190, "#3f7d58", "#e9e3da")
    canvas.soften(2.4)
    return canvas


def library() -> Canvas:
    """Shelves up to the ceiling and a lamp with a green shade."""
    canvas = Canvas(("#5a3a26", "#3b2417"))
    rng = Random(8)
    for y in range(150, HEIGHT, 150):
        row_of_books(canvas, rng, y)
        canvas.shape(box(0, y, WIDTH, y + 18), ("#8a5c3a", "#6a4328"))
    for x in (0, 250, 520, 768):
        canvas.shape(box(x - 13, 0, x + 13, HEIGHT), ("#94653f", "#704829"))
    canvas.shape(oval(620, 360, 250, 250), "#ffcf7d", alpha=0.45, blur=80)
    canvas.line([(652, 420), (652, 800)], 12, "#c9a24d")
    canvas.shape(
        smooth([(576, 420), (600, 366), (652, 350), (704, 366), (728, 420), (652, 430)]),
        ("#3f9270", "#226048"),
    )
    canvas.shape(oval(652, 424, 62, 10), "#fff0c0")
    canvas.shape(box(0, 0, 260, HEIGHT), "#1d110b", alpha=0.35, blur=70)
    canvas.soften(2.6)
    return canvas


def gym() -> Canvas:
    """Dark walls, two strips of light, a rack of dumbbells, a punching bag."""
    canvas = Canvas(("#2b303c", "#1c2029"))
    for x in range(0, WIDTH, 128):
        canvas.line([(x, 0), (x, 700)], 4, "#1a1e27", alpha=0.8)
    for points in ([(-20, 210), (330, 60)], [(440, 60), (790, 210)]):
        canvas.line(points, 34, "#3fd0c9", alpha=0.45, blur=22)
        canvas.line(points, 9, "#d4fffb")
    canvas.shape(box(0, 730, WIDTH, HEIGHT), ("#3b414e", "#262a34"))
    canvas.line([(96, 0), (96, 210)], 7, "#8b93a3")
    canvas.shape(box(40, 200, 152, 610, 40), ("#d9534a", "#96302c"))
    for y in (260, 540):
        canvas.shape(box(40, y, 152, y + 16), "#f2e9e4", alpha=0.9)
    canvas.shape(box(52, 210, 74, 596, 10), "#ffffff", alpha=0.16, blur=4)
    for y in (470, 600, 730):
        canvas.shape(box(560, y, WIDTH, y + 16), "#5d6676")
        for x in (590, 664, 738):
            dumbbell(canvas, x, y - 26)
    canvas.line([(566, 420), (566, 800)], 14, "#5d6676")
    canvas.soften(2.2)
    return canvas


def empty_room() -> Canvas:
    """A room where nobody is: window, armchair, lamp, plant. Its photo fails the face check."""
    canvas = Canvas(("#ece2d4", "#dfd0bc"))
    canvas.shape(box(0, 700, WIDTH, HEIGHT), ("#b98a5e", "#9a6d45"))
    for y in (740, 800, 880):
        canvas.line([(0, y), (WIDTH, y)], 3, "#8c6240", alpha=0.6)
    canvas.shape(box(0, 684, WIDTH, 704), "#f7f0e6")
    canvas.shape(box(96, 120, 400, 520), "#ffffff")
    canvas.shape(box(112, 136, 384, 504), ("#a9d4ee", "#e4f1e4"))
    canvas.shape(smooth([(112, 470), (190, 420), (270, 452), (384, 400), (384, 504), (112, 504)]), "#8fb98a")
    canvas.line([(248, 130), (248, 510)], 10, "#ffffff")
    canvas.line([(104, 320), (392, 320)], 10, "#ffffff")
    for x, lean in ((62, 1), (434, -1)):
        fabric = [(x - 36, 84), (x + 36, 84), (x + 36 + 14 * lean, 640), (x - 36, 650)]
        canvas.shape(fabric, ("#d98a6a", "#c4714f"))
        for fold in (-14, 10):
            canvas.line([(x + fold, 90), (x + fold + 4 * lean, 640)], 5, "#ad5f41", alpha=0.6)
    canvas.line([(16, 84), (480, 84)], 10, "#7a5a3c")
    canvas.shape([(112, 704), (384, 704), (560, 960), (180, 960)], "#fff3d6", alpha=0.4, blur=14)
    for x, y, wide, high, tone in ((540, 170, 96, 124, "#7aa6a1"), (652, 210, 76, 84, "#e0a458")):
        canvas.shape(box(x, y, x + wide, y + high), "#4a3a2e")
        canvas.shape(box(x + 8, y + 8, x + wide - 8, y + high - 8), "#f9f4ea")
        canvas.shape(oval(x + wide / 2, y + high / 2, wide * 0.26, high * 0.26), tone)
    canvas.shape(oval(470, 876, 300, 48), "#6b4a30", alpha=0.5, blur=14)
    canvas.shape(box(360, 500, 640, 800, 60), ("#3f7d7a", "#316663"))
    canvas.shape(box(384, 690, 616, 800, 26), ("#4f9490", "#3f7d7a"))
    for x in (318, 610):
        canvas.shape(box(x, 630, x + 72, 840, 34), ("#478a86", "#2c5c59"))
    canvas.shape(box(352, 790, 650, 846, 18), "#2c5c59")
    for x in (364, 632):
        canvas.line([(x, 844), (x + (8 if x > 500 else -8), 884)], 14, "#5d3f27")
    canvas.shape(box(440, 596, 562, 704, 22), ("#f2c879", "#dfa64c"))
    canvas.line([(706, 400), (706, 860)], 9, "#4a3a2e")
    canvas.shape(oval(706, 866, 50, 12), "#4a3a2e")
    canvas.shape([(664, 306), (748, 306), (768, 410), (644, 410)], ("#fff6da", "#f6d79a"))
    canvas.shape(oval(706, 400, 130, 110), "#fff0c8", alpha=0.4, blur=40)
    plant(canvas, 176, 850, 210, "#4f8a5b", "#d9785a")
    return canvas
