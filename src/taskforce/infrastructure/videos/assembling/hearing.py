"""A clip's sound, as much of it as belongs to each frame of the film."""

from collections.abc import Generator, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
import numpy.typing as npt

from taskforce.infrastructure.videos.assembling.clip import ClipMeasure, opened
from taskforce.infrastructure.videos.mp4 import SAMPLE_RATE, SAMPLES_PER_FRAME

Sound: TypeAlias = npt.NDArray[np.float32]
"""Two rows of samples, from -1 to 1."""

STEP = SAMPLE_RATE // 100
"""Samples that sound may be away from its picture before it is set right: 10 ms."""
SILENCE: Sound = np.zeros((2, SAMPLES_PER_FRAME), np.float32)


def sound(path: Path, clip: ClipMeasure, *, frames: int, what: str) -> Generator[Sound, None, None]:
    """Give the sound of so many frames; silence before it begins, after it ends, and where it has none.

    Raises MediaBroken.
    """
    if not clip.has_sound:
        yield from (SILENCE for _ in range(frames))
        return
    held: list[Sound] = []
    count = given = 0
    for piece in _in_step(path, clip, most=frames * SAMPLES_PER_FRAME, what=what):
        held.append(piece)
        count += piece.shape[1]
        if count >= SAMPLES_PER_FRAME:
            whole = np.concatenate(held, axis=1)
            while whole.shape[1] >= SAMPLES_PER_FRAME and given < frames:
                yield np.ascontiguousarray(whole[:, :SAMPLES_PER_FRAME])
                whole, given = whole[:, SAMPLES_PER_FRAME:], given + 1
            held, count = [whole], whole.shape[1]
        if given == frames:
            return
    rest = np.concatenate(held, axis=1) if held else SILENCE[:, :0]
    while given < frames:
        part, rest = rest[:, :SAMPLES_PER_FRAME], rest[:, SAMPLES_PER_FRAME:]
        yield np.ascontiguousarray(np.pad(part, ((0, 0), (0, SAMPLES_PER_FRAME - part.shape[1]))))
        given += 1


def _in_step(path: Path, clip: ClipMeasure, *, most: int, what: str) -> Iterator[Sound]:
    """Give samples from the clip's first picture on; gaps are filled, what overlaps is left out."""
    at = 0
    with opened(path, what=what) as container:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
        for frame in container.decode(container.streams.audio[0]):
            due = at if frame.pts is None else min(_place(frame, clip.begin), most)
            for piece in resampler.resample(frame):
                heard = piece.to_ndarray().astype(np.float32, copy=False)
                if due - at > STEP:
                    yield np.zeros((2, due - at), np.float32)
                    at = due
                elif at - due > STEP:
                    left_out = min(at - due, heard.shape[1])
                    heard = heard[:, left_out:]
                at += heard.shape[1]
                due = at
                yield heard
        for piece in resampler.resample(None):
            yield piece.to_ndarray().astype(np.float32, copy=False)


def _place(frame: av.AudioFrame, begin: Fraction) -> int:
    """Return at which sample of the clip a piece of sound begins."""
    base = frame.time_base or Fraction(1, SAMPLE_RATE)
    return round((frame.pts * base - begin) * SAMPLE_RATE) if frame.pts is not None else 0
