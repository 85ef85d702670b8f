"""Hair, beard, glasses and earrings of the four bloggers: what makes each of them somebody."""

from PIL import Image

from core.sandbox.drawing.brush import Canvas, Outline, oval, smooth
from core.sandbox.drawing.people import Person, X, Y, around, bow, curve, numbers, points

_SOFIA_CLOUD = (
    "0,-150,120 -84,-128,86 84,-128,86 -140,-56,76 140,-56,76 -166,34,74 166,34,74 -160,122,72 "
    "160,122,72 -134,196,62 134,196,62 -90,120,80 90,120,80"
)
_SOFIA_CURLS = (
    "-48,-190,36 20,-196,38 80,-178,36 -100,-158,36 128,-140,32 -136,-104,32 148,-86,28 -66,-146,34 "
    "0,-148,36 62,-138,34 -100,-108,32 104,-102,30 -38,-110,28 26,-106,28 -118,-56,26 120,-50,26 "
    "-124,-10,20 126,-4,20 72,-96,22"
)
_FRAME = "#2f3440"


def mila_behind(canvas: Canvas, person: Person) -> None:
    """Wavy hair down to the shoulders."""
    mane = curve(
        "0,-206 88,-190 146,-118 152,-20 166,70 150,150 176,232 128,280 60,270 0,240 -60,270 -132,284 "
        "-178,236 -152,150 -168,70 -152,-20 -146,-118 -88,-190"
    )
    inside = canvas.shape(mane, (person.hair, person.hair_dark))
    canvas.shape(oval(X, Y + 150, 112, 150), person.hair_dark, alpha=0.75, inside=inside, blur=14)


def mila_before(canvas: Canvas, person: Person) -> None:
    """A parting on the left, and locks that fall past both cheeks."""
    right = curve(
        "-58,-158 -52,-190 10,-214 96,-190 150,-108 156,-6 172,78 154,150 176,226 146,276 108,222 "
        "128,150 100,84 102,14 100,-44 66,-98 0,-136"
    )
    left = curve(
        "-50,-160 -30,-204 -92,-188 -148,-112 -156,-8 -172,78 -152,150 -180,232 -144,278 -108,220 "
        "-130,150 -100,84 -102,10 -102,-52 -84,-112"
    )
    for lock in (left, right):
        inside = canvas.shape(lock, (person.hair_light, person.hair))
        canvas.shape(oval(X + 50, Y - 200, 150, 46), "#f0a060", alpha=0.4, inside=inside, blur=14)
        canvas.shape(oval(X + 150, Y + 120, 40, 200), person.hair_dark, alpha=0.5, inside=inside, blur=16)
    dark, light = person.hair_dark, person.hair_light
    _strand(canvas, dark, 4, "-52,-170 30,-162 104,-96 132,-4 142,80 130,150 148,240")
    _strand(canvas, light, 6, "-36,-190 54,-186 124,-110 142,-6 156,84 142,160")
    _strand(canvas, dark, 4, "-46,-168 -104,-110 -134,-4 -146,80 -132,150 -150,240")
    _strand(canvas, light, 5, "-66,-176 -126,-110 -142,-4 -158,80 -142,160")
    _strand(canvas, dark, 3, "-40,-162 40,-128 84,-76")


def anton_behind(canvas: Canvas, person: Person) -> None:
    nape = curve("0,-190 80,-178 122,-110 122,-20 0,0 -122,-20 -122,-110 -80,-178")
    canvas.shape(nape, person.hair_dark)


def anton_before(canvas: Canvas, person: Person) -> None:
    """A short quiff, a trimmed beard, round glasses."""
    _beard(canvas, person)
    top = curve(
        "-120,-30 -126,-106 -104,-168 -44,-204 40,-218 104,-186 126,-112 120,-30 108,-64 98,-106 "
        "60,-124 0,-118 -62,-112 -98,-98 -108,-62"
    )
    inside = canvas.shape(top, (person.hair_light, person.hair))
    canvas.shape(oval(X + 96, Y - 90, 46, 90), person.hair_dark, alpha=0.5, inside=inside, blur=12)
    _strand(canvas, person.hair_light, 6, "-84,-128 -40,-176 30,-196 84,-176")
    _strand(canvas, person.hair_dark, 5, "-70,-116 -20,-158 48,-170 100,-140")
    _strand(canvas, person.hair_dark, 4, "-92,-106 -60,-150 -6,-186")
    for side in (-1, 1):
        ring = oval(X + side * 50, Y + 6, 40, 37)
        canvas.shape(ring, "#ffffff", alpha=0.12)
        canvas.line([*ring, ring[0]], 5, _FRAME)
        canvas.line(around((side * 90, 0), (side * 116, -8)), 5, _FRAME)
    canvas.line(bow("-11,-2 0,-7 11,-2"), 5, _FRAME)


def _beard(canvas: Canvas, person: Person) -> None:
    beard = curve(
        "113,10 118,64 104,122 62,168 0,186 -62,168 -104,122 -118,64 -113,10 -104,50 -88,84 -52,82 "
        "-22,76 0,80 22,76 52,82 88,84 104,50"
    )
    inside = canvas.shape(beard, (person.hair, person.hair_dark), alpha=0.96)
    canvas.shape(oval(X - 60, Y + 120, 40, 60), person.hair_light, alpha=0.35, inside=inside, blur=12)
    canvas.shape(curve("-42,92 0,98 42,92 26,120 0,126 -26,120"), person.shade)
    canvas.shape(curve("-36,96 0,101 36,96 20,116 0,121 -20,116"), person.lips)
    canvas.shape(curve("-30,98 0,104 30,98 15,109 0,111 -15,109"), "#fffaf5")


def sofia_behind(canvas: Canvas, person: Person) -> None:
    """Curls: a cloud of round locks behind the head."""
    for x, y, r in numbers(_SOFIA_CLOUD):
        lock = canvas.shape(oval(X + x, Y + y, r, r), person.hair)
        shade = oval(X + x + r * 0.3, Y + y + r * 0.35, r * 0.8, r * 0.7)
        canvas.shape(shade, person.hair_dark, alpha=0.7, inside=lock, blur=10)
        canvas.line(_gleam(X + x, Y + y, r * 0.66), 5, person.hair_light, alpha=0.35, blur=2)


def sofia_before(canvas: Canvas, person: Person) -> None:
    """Curls over the forehead, golden hoops."""
    top = curve(
        "-122,4 -144,-70 -124,-150 -60,-204 0,-214 66,-204 128,-150 146,-70 122,4 112,-50 92,-84 44,-96 "
        "8,-86 -30,-98 -80,-84 -110,-50"
    )
    canvas.shape(top, person.hair_dark)
    for x, y, r in numbers(_SOFIA_CURLS):
        curl = canvas.shape(oval(X + x, Y + y, r, r), (person.hair_light, person.hair))
        shade = oval(X + x + 7, Y + y + 9, r * 0.72, r * 0.66)
        canvas.shape(shade, person.hair_dark, alpha=0.65, inside=curl, blur=5)
        canvas.line(_gleam(X + x, Y + y, r * 0.66), 3, person.hair_light, alpha=0.7, blur=1)
    for side in (-1, 1):
        hoop = oval(X + side * 122, Y + 76, 20, 26)
        canvas.line([*hoop, hoop[0]], 5, ("#f6d58a", "#c98f2e"))


def wei_behind(canvas: Canvas, person: Person) -> None:
    nape = curve("0,-190 84,-174 120,-110 120,-8 0,0 -120,-8 -120,-110 -84,-174")
    canvas.shape(nape, person.hair_dark)


def wei_before(canvas: Canvas, person: Person) -> None:
    """Shaved sides, a longer top combed to one side."""
    for side in (-1, 1):
        shaved = points("118,-2 124,-84 106,-142 88,-130 100,-70 108,-20", side)
        canvas.shape(smooth(shaved), person.hair, alpha=0.8)
    top = curve(
        "-110,-70 -124,-140 -96,-200 -40,-222 0,-240 44,-230 92,-216 128,-166 122,-96 106,-84 92,-122 "
        "56,-140 14,-136 -24,-142 -64,-118 -90,-92"
    )
    inside = canvas.shape(top, (person.hair_light, person.hair))
    canvas.shape(oval(X + 80, Y - 104, 80, 50), person.hair_dark, alpha=0.7, inside=inside, blur=10)
    canvas.shape(oval(X - 50, Y - 204, 70, 22, -18), "#6b6d7a", alpha=0.6, inside=inside, blur=10)
    for lean in (-84, -52, -18, 18, 54, 88):
        slope = abs(lean)
        paint = person.hair_light if lean % 4 == 0 else person.hair_dark
        text = f"{lean - 10},{slope * 0.1 - 118} {lean + 4},-166 {lean + 26},{slope * 0.2 - 208}"
        _strand(canvas, paint, 5, text, inside)


def _strand(canvas: Canvas, paint: str, width: float, text: str, inside: Image.Image | None = None) -> None:
    canvas.line(bow(text), width, paint, alpha=0.55, blur=1.5, inside=inside)


def _gleam(x: float, y: float, r: float) -> Outline:
    along = [(x - r, y), (x - r * 0.7, y - r * 0.7), (x, y - r), (x + r * 0.6, y - r * 0.78)]
    return smooth(along, closed=False)
