"""Reading a clip: what is in it, its pictures at the film's rate, its sound in step with them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, TypeAlias

import av
from av.container import InputContainer

from taskforce.core.videos.errors import MediaBroken

Source: TypeAlias = Path | BinaryIO

LONGEST = Fraction(600)
"""Seconds: ten times what can be ordered."""
MOST_PIXELS = 7_680 * 4_320
MISSING = Fraction(1, 4)
"""Seconds that may be missing at the end of what the file's index promises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipMeasure:
    """How long the pictures of a clip are, from when, and how large."""

    begin: Fraction
    """Seconds; where its first picture stands in the file's time."""
    seconds: Fraction
    width: int
    height: int
    has_sound: bool


@contextmanager
def opened(source: Source, *, what: str) -> Iterator[InputContainer]:
    """Open a clip. Raises MediaBroken, also for what goes wrong while it is open."""
    try:
        with av.open(str(source) if isinstance(source, Path) else source, "r") as container:
            if not container.streams.video:
                raise MediaBroken(what, "there is no picture in it")
            yield container
    except av.FFmpegError as wrong:
        raise MediaBroken(what, f"FFmpeg cannot read it ({wrong.strerror})") from wrong
    except (ValueError, EOFError) as wrong:
        raise MediaBroken(what, f"it cannot be read ({wrong})") from wrong


def measure(source: Source, *, what: str) -> ClipMeasure:
    """Return how long a clip is by its packets, which are not decoded. Raises MediaBroken."""
    with opened(source, what=what) as container:
        video = container.streams.video[0]
        base, rate = video.time_base, video.average_rate or video.guessed_rate or Fraction(24)
        if base is None or not 0 < video.width * video.height <= MOST_PIXELS:
            raise MediaBroken(what, f"its picture has {video.width} x {video.height} pixels")
        first: Fraction | None = None
        end = Fraction(0)
        for packet in container.demux(video):
            if packet.pts is None or packet.size == 0 or packet.is_discard:
                continue
            at = packet.pts * base
            first = at if first is None else min(first, at)
            end = max(end, at + (packet.duration * base if packet.duration else 1 / rate))
        if first is None or end <= first:
            raise MediaBroken(what, "there is no picture in it")
        if end - first > LONGEST:
            raise MediaBroken(what, f"it lasts {float(end - first):.0f} s, and {LONGEST} s is the most")
        promised = video.duration * base if video.duration else end - first
        if promised - (end - first) > MISSING:
            raise MediaBroken(what, f"it ends after {float(end - first):.2f} of {float(promised):.2f} s")
        return ClipMeasure(
            begin=first, seconds=end - first, width=video.width, height=video.height,
            has_sound=bool(container.streams.audio),
        )  # fmt: skip


def check_decodes(source: Source, *, what: str) -> None:
    """Decode every picture and all sound. Raises MediaBroken at the first that cannot be decoded."""
    with opened(source, what=what) as container:
        streams = [container.streams.video[0], *container.streams.audio[:1]]
        for stream in streams:
            stream.codec_context.options = {"err_detect": "explode"}
        for frame in container.decode(*streams):
            if isinstance(frame, av.VideoFrame | av.AudioFrame) and frame.is_corrupt:
                raise MediaBroken(what, f"it cannot be decoded at {float(frame.time or 0):.2f} s")
