"""Filming a clip: pictures and sound from one still to another, into an MP4."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from taskforce.core.videos.model import FRAMES_PER_SECOND, FrameSize
from taskforce.infrastructure.videos.mp4 import FOR_CLIPS, mp4_writer, video_frame
from taskforce.infrastructure.videos.offline.canvas import Canvas
from taskforce.infrastructure.videos.offline.look import Look
from taskforce.infrastructure.videos.offline.motion import Motion, Passage
from taskforce.infrastructure.videos.offline.sound import bed
from taskforce.infrastructure.videos.offline.still import MADE_BY, Still


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A clip to be filmed."""

    start: bytes
    end: bytes
    motion: str
    about: str
    """What the sound is chosen by, where the pictures do not tell."""
    size: FrameSize
    seconds: int
    seed: int
    audio: bool


def filmed(shot: Shot) -> bytes:
    """Return the clip as MP4, the same bytes for the same shot. Raises MediaBroken."""
    canvas = Canvas(shot.size.width, shot.size.height)
    start = Still.of(shot.start, canvas, what="start picture")
    end = Still.of(shot.end, canvas, what="end picture")
    passage = Passage(start, end, Motion.of(shot.motion), seconds=shot.seconds)
    look = end.recipe.look if end.recipe else Look.of(shot.about, seed=shot.seed)
    frames = shot.seconds * FRAMES_PER_SECOND
    with TemporaryDirectory(prefix="taskforce-clip-") as folder:
        path = Path(folder) / "clip.mp4"
        told = {"comment": MADE_BY}
        with mp4_writer(path, shot.size, effort=FOR_CLIPS, audio=shot.audio, metadata=told) as writer:
            for number, heard in enumerate(bed(look, seed=shot.seed, frames=frames)):
                picture = passage.picture(number / max(frames - 1, 1) * shot.seconds)
                writer.add(video_frame(np.asarray(picture)), heard if shot.audio else None)
        return path.read_bytes()
