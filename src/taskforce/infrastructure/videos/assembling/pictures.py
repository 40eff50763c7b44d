"""A clip's pictures, one for each frame of the film, fitted to its size."""

from collections.abc import Generator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorRange, Colorspace

from taskforce.core.videos.errors import MediaBroken
from taskforce.core.videos.model import FRAMES_PER_SECOND, FrameSize
from taskforce.infrastructure.videos.assembling.clip import ClipMeasure, opened

FORMAT = "yuv420p"
_TICK = Fraction(1, 1_000)
"""Seconds: times that were rounded to milliseconds are still those that were meant."""
_HD = (1, 2)
"""Colours of ITU-R BT.709, or of nobody says which, by FFmpeg's AVColorSpace."""
_BLACK = (16, 128, 128)
"""Of ITU-R BT.709 in eight bits: luma, and both differences."""


def pictures(
    path: Path, clip: ClipMeasure, *, frames: int, size: FrameSize, what: str
) -> Generator[av.VideoFrame, None, None]:
    """Give so many pictures: at each moment the one that is shown then. Raises MediaBroken."""
    with opened(path, what=what) as container:
        stream = container.streams.video[0]
        fit = _Fit(size, stream.sample_aspect_ratio or Fraction(1))
        stream.thread_type = "AUTO"
        decoded = container.decode(stream)
        shown = next(decoded, None)
        if shown is None:
            raise MediaBroken(what, "none of its pictures can be decoded")
        coming = next(decoded, None)
        fitted = fit.fitted(shown)
        for number in range(frames):
            now = clip.begin + Fraction(number, FRAMES_PER_SECOND) + _TICK
            newer = None
            while coming is not None and _time(coming, what) <= now:
                newer, coming = coming, next(decoded, None)
            if newer is not None:
                fitted = fit.fitted(newer)
            yield fitted


def _time(frame: av.VideoFrame, what: str) -> Fraction:
    if frame.pts is None or frame.time_base is None:
        raise MediaBroken(what, "one of its pictures has no time")
    return frame.pts * frame.time_base


class _Fit:
    """Fits pictures into the film: as large as they can be whole, on black."""

    def __init__(self, size: FrameSize, shape: Fraction) -> None:
        self._size = size
        self._shape = shape
        """Of a pixel: how much wider it is than tall."""

    def fitted(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Return the picture itself where it fits already."""
        wide, tall = self._size.width, self._size.height
        is_same = (frame.width, frame.height, frame.format.name, self._shape) == (
            wide,
            tall,
            FORMAT,
            Fraction(1),
        )
        if is_same and frame.colorspace in _HD:
            return frame
        seen = Fraction(frame.width) * self._shape
        factor = min(wide / seen, Fraction(tall, frame.height))
        width, height = (max(2, round(side * factor / 2) * 2) for side in (seen, frame.height))
        small = frame.reformat(
            width=width, height=height, format=FORMAT, dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
        )  # fmt: skip
        return small if (width, height) == (wide, tall) else self._on_black(small)

    def _on_black(self, small: av.VideoFrame) -> av.VideoFrame:
        planes = []
        for number, plane in enumerate(planes_of(small)):
            part = 1 if number == 0 else 2
            sheet = np.full((self._size.height // part, self._size.width // part), _BLACK[number], np.uint8)
            top, left = ((whole - inner) // 2 for whole, inner in zip(sheet.shape, plane.shape, strict=True))
            sheet[top : top + plane.shape[0], left : left + plane.shape[1]] = plane
            planes.append(sheet)
        return frame_of(planes, self._size)


def planes_of(frame: av.VideoFrame) -> list[npt.NDArray[np.uint8]]:
    """Return luma and both differences of a picture, each as rows and columns."""
    found = []
    for number, plane in enumerate(frame.planes):
        part = 1 if number == 0 else 2
        rows = np.frombuffer(bytes(plane), np.uint8).reshape(-1, plane.line_size)
        found.append(rows[: -(-frame.height // part), : -(-frame.width // part)])
    return found


def frame_of(planes: list[npt.NDArray[np.uint8]], size: FrameSize) -> av.VideoFrame:
    """Return a picture of its planes."""
    frame = av.VideoFrame(size.width, size.height, FORMAT)
    for plane, told in zip(frame.planes, planes, strict=True):
        rows = np.zeros((plane.height, plane.line_size), np.uint8)
        rows[:, : told.shape[1]] = told
        plane.update(rows.tobytes())
    return frame


def blended(one: av.VideoFrame, other: av.VideoFrame, share: float, size: FrameSize) -> av.VideoFrame:
    """Return one picture with a share of the other in it."""
    weight = round(share * 256)
    mixed = [
        ((a.astype(np.uint16) * (256 - weight) + b.astype(np.uint16) * weight) >> 8).astype(np.uint8)
        for a, b in zip(planes_of(one), planes_of(other), strict=True)
    ]
    return frame_of(mixed, size)
