"""A real video file: the photo, slowly moving, what is said written over it, a murmuring voice."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from math import cos, pi
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from core.sandbox.lettering import strips
from core.sandbox.murmur import RATE, audio_frame, murmur
from core.sandbox.speaking import FRAMES_A_SECOND, Speech

#: The camera comes this much closer until the end.
_ZOOM = 0.08
#: Longer videos move in coarser steps: what stays the same costs the encoder nothing.
_SMOOTH_FRAMES = 60 * FRAMES_A_SECOND
_COARSE = 3
_AUDIO_SAMPLES = 1024


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What a video shows. `photo` is a picture file, empty when there is none to be had."""

    title: str
    photo: bytes
    speech: Speech
    pitch: float
    width: int
    height: int
    watermark: bool


def render(scene: Scene, to: Path, before_frame: Callable[[], None]) -> None:
    """Write the video as MP4 (H.264, AAC), ready to be streamed; its index stands in front.

    `before_frame` is called before each frame and may end the work by raising.
    """
    camera = _Camera(scene)
    overlays = strips(scene.speech, scene.title, scene.width, scene.height, watermark=scene.watermark)
    sound = murmur(scene.speech, scene.pitch)
    with av.open(str(to), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        video = container.add_stream("libx264", rate=FRAMES_A_SECOND)
        video.width, video.height, video.pix_fmt = scene.width, scene.height, "yuv420p"
        video.options = {"preset": "ultrafast", "crf": "27", "g": str(2 * FRAMES_A_SECOND)}
        video.thread_count = 1
        audio = container.add_stream("aac", rate=RATE, layout="mono")
        heard = 0
        for number in range(scene.speech.frames):
            before_frame()
            planes = camera.shot(number)
            moment = number / FRAMES_A_SECOND
            for overlay in overlays:
                if overlay.start <= moment < overlay.end:
                    overlay.lay(planes)
            container.mux(video.encode(_video_frame(planes, number)))
            # Sound and picture lie side by side in the file, so that it plays while it is still loading.
            while heard < min(len(sound), (moment + 1) * RATE):
                container.mux(audio.encode(audio_frame(sound[heard : heard + _AUDIO_SAMPLES], heard)))
                heard += _AUDIO_SAMPLES
        container.mux(video.encode(None))
        container.mux(audio.encode(None))


class _Camera:
    """Looks at the composed picture and comes slowly closer."""

    def __init__(self, scene: Scene) -> None:
        self._size = scene.width, scene.height
        self._frames = scene.speech.frames
        self._step = 1 if self._frames <= _SMOOTH_FRAMES else _COARSE
        picture = _composed(scene.photo, *self._size).convert("YCbCr")
        bright, *colours = picture.split()
        half = (scene.width // 2, scene.height // 2)
        # H.264 expects television's range: brightness 16 to 235, colours 16 to 240.
        self._bands = (
            bright.point([16 + value * 219 // 255 for value in range(256)]),
            *(
                band.resize(half, Image.Resampling.BOX).point(
                    [16 + value * 224 // 255 for value in range(256)]
                )
                for band in colours
            ),
        )
        self._at = -1
        self._shot: tuple[NDArray[np.uint8], ...] = ()

    def shot(self, number: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
        """Brightness and the two colours of a frame, to be drawn upon."""
        at = number // self._step
        if at != self._at:
            self._at, self._shot = at, tuple(self._look(band, number) for band in self._bands)
        bright, blue, red = (band.copy() for band in self._shot)
        return bright, blue, red

    def _look(self, band: Image.Image, number: int) -> NDArray[np.uint8]:
        width, height = band.size
        near = _ZOOM * (1 - cos(pi * number / max(1, self._frames))) / 2
        # A little above the middle, where the face is.
        left, up = width * near / 2, height * near / 3
        box = (left, up, left + width * (1 - near), up + height * (1 - near))
        return np.asarray(band.resize(band.size, Image.Resampling.BILINEAR, box=box))


def _composed(photo: bytes, width: int, height: int) -> Image.Image:
    """The photo in this size: filling it, or whole before a blurred copy where too much would be lost."""
    picture = _opened(photo)
    filled = ImageOps.fit(picture, (width, height), centering=(0.5, 0.3))
    ratio = (picture.width / picture.height) / (width / height)
    if 0.6 < ratio < 1.6:
        return filled
    behind = ImageEnhance.Brightness(filled.filter(ImageFilter.GaussianBlur(height // 30))).enhance(0.6)
    whole = ImageOps.contain(picture, (width, height))
    behind.paste(whole, ((width - whole.width) // 2, (height - whole.height) // 2))
    return behind


def _opened(photo: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(photo)) as opened:
            return ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError):
        # HeyGen keeps a copy of the photo; here its host may be gone, and the video is made all the same.
        return Image.linear_gradient("L").convert("RGB").resize((720, 720))


def _video_frame(planes: tuple[NDArray[np.uint8], ...], number: int) -> av.VideoFrame:
    height, width = planes[0].shape
    whole = np.concatenate([plane.reshape(-1) for plane in planes]).reshape(height * 3 // 2, width)
    frame = av.VideoFrame.from_ndarray(whole, format="yuv420p")
    frame.pts = number
    frame.time_base = Fraction(1, FRAMES_A_SECOND)
    return frame
