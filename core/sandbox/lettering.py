"""Letters over a video: captions, the title, the watermark; as strips that are laid over its frames."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core.sandbox.speaking import Speech, Word

Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]
WATERMARK = "HeyGen sandbox"
#: A caption has at most this many signs, in at most two lines.
_CAPTION_SIGNS = 72
_WEIGHT = 600
#: Fonts that systems have and that know Cyrillic letters.
_SYSTEM_FONTS = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "LiberationSans-Regular.ttf",
    "Arial.ttf",
    "arial.ttf",
)


@dataclass(frozen=True)
class Strip:
    """Something to lay over frames from `start` to `end` (seconds), at an even place of even size."""

    start: float
    end: float
    x: int
    y: int
    light: NDArray[np.uint16]
    through: NDArray[np.uint16]
    colour_through: NDArray[np.int16]

    def lay(self, planes: Planes) -> None:
        """Draw over the brightness plane and take the colour away beneath."""
        height, width = self.light.shape
        bright = planes[0][self.y : self.y + height, self.x : self.x + width]
        bright[:] = ((bright * self.through) >> 8) + self.light
        for plane in planes[1:]:
            colour = plane[self.y // 2 : (self.y + height) // 2, self.x // 2 : (self.x + width) // 2]
            colour[:] = (((colour.astype(np.int16) - 128) * self.colour_through) >> 8) + 128


def strips(speech: Speech, title: str, width: int, height: int, *, watermark: bool) -> list[Strip]:
    """Everything that is written over a video of this size."""
    size = max(12, min(width, height) // 20)
    found = [_caption(words, until, size, width, height) for words, until in captions(speech)]
    if title.strip():
        found.append(_strip(0, 3.5, _wrapped(title, size, width), size, width, top=size * 3 // 2))
    if watermark:
        found.append(_strip(0, 1e9, [WATERMARK], max(10, size * 2 // 3), width, top=2, right=True))
    return found


def captions(speech: Speech) -> list[tuple[list[Word], float]]:
    """The words in groups that fit a caption, each with the moment when the next group begins."""
    groups: list[list[Word]] = []
    for word in speech.words:
        group = groups[-1] if groups else []
        begins = not group or group[-1].text.endswith((".", "!", "?", "…"))
        if begins or sum(len(one.text) + 1 for one in group) + len(word.text) > _CAPTION_SIGNS:
            groups.append([])
        groups[-1].append(word)
    begin = [group[0].start for group in groups[1:]] + [speech.seconds]
    # Without a word there is only the end.
    return list(zip(groups, begin, strict=False))


@lru_cache(maxsize=16)
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A font that knows Cyrillic: Pillow's own does not. The Studio's pages bring one, systems others."""
    for name in (*_page_fonts(), *_SYSTEM_FONTS):
        try:
            found = ImageFont.truetype(name, size)
            if name.endswith(".woff2"):
                # A font of all weights, of which the thinnest comes first.
                found.set_variation_by_axes([_WEIGHT])
            return found
        except (OSError, NotImplementedError):
            continue
    return ImageFont.load_default(size)


def _page_fonts() -> list[str]:
    """The font files of the installed page library, which is looked at but never loaded here."""
    spec = find_spec("streamlit")
    if spec is None or spec.origin is None:
        return []
    return sorted(str(path) for path in Path(spec.origin).parent.glob("static/**/SourceSans*Upright*.woff2"))


def _caption(words: list[Word], until: float, size: int, width: int, height: int) -> Strip:
    lines = _wrapped(" ".join(word.text for word in words), size, width)
    return _strip(words[0].start, until, lines, size, width, bottom=height - size)


def _wrapped(text: str, size: int, width: int) -> list[str]:
    """The text in lines that fit; a word too long for any line is cut."""
    lines, room = [""], width - 3 * size
    for word in text.split():
        while len(word) > 1 and font(size).getlength(word) > room:
            word = word[:-1]
        longer = f"{lines[-1]} {word}".strip()
        if font(size).getlength(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines[:4]


def _strip(
    start: float,
    end: float,
    lines: list[str],
    size: int,
    width: int,
    *,
    top: int = 0,
    bottom: int = 0,
    right: bool = False,
) -> Strip:
    step = size * 5 // 4
    wide = min(width - 2, round(max(font(size).getlength(line) for line in lines)) + size) & ~1
    high = (step * len(lines) + size // 2 + 1) & ~1
    picture = Image.new("LA", (wide, high), (0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, wide - 1, high - 1), radius=size // 3, fill=(16, 120 if right else 150))
    for number, line in enumerate(lines):
        draw.text(
            (wide / 2, size // 4 + step * (number + 0.5)), line, font=font(size), fill=(235, 255), anchor="mm"
        )
    light, alpha = (np.asarray(band, dtype=np.uint16) for band in picture.split())
    through = 256 - alpha
    return Strip(
        start,
        end,
        x=(width - wide - 2 if right else (width - wide) // 2) & ~1,
        y=max(0, bottom - high if bottom else top) & ~1,
        light=((light * alpha) >> 8).astype(np.uint16),
        through=through,
        colour_through=through[::2, ::2].astype(np.int16),
    )
