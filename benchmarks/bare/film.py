"""The least that PyAV must do for a film of clips: decode each, and encode it with the same settings."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import PictureType

from taskforce.core.videos.model import FRAMES_PER_SECOND, FrameSize
from taskforce.infrastructure.videos.mp4 import FOR_FILMS, SAMPLE_RATE, THREADS


def film(clips: Sequence[Path], target: Path, size: FrameSize) -> int:
    """Write the film and return its frames; clips are taken to be of its size, rate and sound."""
    frames = samples = 0
    with av.open(str(target), "w", options={"movflags": "+faststart"}) as written:
        video = written.add_stream("libx264", rate=FRAMES_PER_SECOND)
        video.width, video.height, video.pix_fmt = size.width, size.height, "yuv420p"
        video.thread_count = THREADS
        video.options = {"preset": FOR_FILMS.preset, "crf": str(FOR_FILMS.quality), "g": "48"}
        audio = written.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        audio.bit_rate = 160_000
        for clip in clips:
            with av.open(str(clip), "r") as held:
                for frame in held.decode(video=0, audio=0):
                    if isinstance(frame, av.VideoFrame):
                        frame.pts, frame.time_base = frames, Fraction(1, FRAMES_PER_SECOND)
                        frame.pict_type = PictureType.NONE
                        frames += 1
                        written.mux(video.encode(frame))
                    elif isinstance(frame, av.AudioFrame):
                        frame.pts, frame.time_base = samples, Fraction(1, SAMPLE_RATE)
                        samples += frame.samples
                        written.mux(audio.encode(frame))
        written.mux(video.encode(None))
        written.mux(audio.encode(None))
    return frames
