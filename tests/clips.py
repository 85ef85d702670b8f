"""Small real videos, made with PyAV."""

from pathlib import Path

import av
import numpy as np


def clip(
    path: Path,
    *,
    seconds: float = 2.0,
    size: tuple[int, int] = (320, 180),
    picture: bool = True,
    sound: bool = True,
    index_first: bool = True,
) -> Path:
    """An MP4 of H.264 and AAC with ten pictures a second, each of another grey; where it is."""
    options = {"movflags": "faststart"} if index_first else {}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        if picture:
            video = container.add_stream("libx264", rate=10, options={"preset": "ultrafast", "g": "10"})
            video.width, video.height, video.pix_fmt = *size, "yuv420p"
        if sound:
            audio = container.add_stream("aac", rate=22050, layout="mono")
        if picture:
            noise = np.random.default_rng(7)
            for n in range(round(seconds * 10)):
                grey = noise.integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
                frame = av.VideoFrame.from_ndarray(np.maximum(grey, np.uint8(n % 50 * 5)), format="rgb24")
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
        if sound:
            for n in range(int(seconds * 22050 // 1024)):
                silence = av.AudioFrame.from_ndarray(
                    np.zeros((1, 1024), np.float32), format="fltp", layout="mono"
                )
                silence.rate, silence.pts = 22050, n * 1024
                container.mux(audio.encode(silence))
            container.mux(audio.encode(None))
    return path
