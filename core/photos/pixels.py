"""The process in which photos are decoded: core.photos.decoding starts this file as a script.

It imports nothing of the Studio, so that it is there in a tenth of a second. What it is asked and what it
answers are a line of JSON and so many bytes, until its standard input ends.
"""

import io
import json
import sys
import warnings
from typing import Any

from PIL import Image, ImageCms

ORIENTATION = 0x0112
QUALITY = 85
#: What brings a picture upright, by EXIF's orientation.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def main() -> None:
    # The limit is the caller's; Pillow's own would only warn.
    Image.MAX_IMAGE_PIXELS = None
    # What Pillow thinks of a photo's file is nothing that a person at the Studio's terminal can use.
    warnings.simplefilter("ignore")
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while line := source.readline():
        asked = json.loads(line)
        found, picture = _look(source.read(asked["bytes"]), asked)
        sink.write(json.dumps({**found, "bytes": len(picture)}).encode() + b"\n" + picture)
        sink.flush()


def _look(data: bytes, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """What the photo is, or its `problem`; and a picture of at most `side` pixels where that is asked."""
    try:
        with Image.open(io.BytesIO(data), formats=[asked["kind"].upper()]) as image:
            width, height = image.size
            found: dict[str, Any] = {"width": width, "height": height}
            if width * height > asked["max_pixels"]:
                return {**found, "problem": "pixels"}, b""
            if min(width, height) < asked["min_side"]:
                return {**found, "problem": "side"}, b""
            if asked["side"]:
                return found, _small(image, asked["side"])
            image.load()
            return {**found, "orientation": _orientation(image)}, b""
    except Exception:
        # Pillow promises no set of errors for broken files: SyntaxError, struct.error, zlib.error and more.
        return {"problem": "damaged"}, b""


def _small(image: Image.Image, side: int) -> bytes:
    """A JPEG, upright, in sRGB, on white where the photo is transparent."""
    profile = image.info.get("icc_profile")
    image.draft("RGB", (2 * side, 2 * side))
    turn = TURNS.get(_orientation(image))
    upright = image.copy() if turn is None else image.transpose(turn)
    # Pillow cannot average sixteen bits of grey beforehand; without that it is slower and the same.
    upright.thumbnail((side, side), reducing_gap=None if upright.mode.startswith("I") else 2.0)
    if upright.mode.startswith("I"):
        # Sixteen bits of grey: Pillow's own conversion makes white of all that is above 255.
        upright = upright.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("L")
    ground = Image.new("RGB", upright.size, "white")
    ground.paste(_in_srgb(upright, profile), mask=_alpha(upright))
    out = io.BytesIO()
    ground.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _orientation(image: Image.Image) -> int:
    """How EXIF says to turn it; 1, upright, where it says nothing that can be understood."""
    try:
        found = image.getexif().get(ORIENTATION, 1)
    except Exception:
        # As with pictures, Pillow promises no set of errors.
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _alpha(image: Image.Image) -> Image.Image | None:
    return image.convert("RGBA").getchannel("A") if image.has_transparency_data else None


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours as a browser shows them: by the photo's own profile, where it has one that can be used."""
    grey = image.mode in ("L", "LA")
    base = image.convert("L") if grey else image if image.mode == "CMYK" else image.convert("RGB")
    if profile:
        try:
            found = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                base, found, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            # A broken profile, or one for other channels: the numbers as they are.
            pass
    return base.convert("RGB")


if __name__ == "__main__":
    main()
