"""Writing MP4: H.264 and AAC, its index first, the same bytes for the same pictures and sound."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream

from taskforce.core.videos.model import FRAMES_PER_SECOND, FrameSize

SAMPLE_RATE = 48_000
SAMPLES_PER_FRAME = SAMPLE_RATE // FRAMES_PER_SECOND
THREADS = 2
"""Of the encoder, on any machine: with another number of them its bytes would be others."""
BT709 = 1
"""Of ITU-T H.273: primaries, transfer and matrix of pictures in high definition."""
NARROW = 1
"""Of FFmpeg's AVColorRange: black is 16 and white 235."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How hard the encoder tries."""

    preset: str
    quality: int
    """x264's constant rate factor: lower is better and larger."""


FOR_CLIPS = Effort(preset="ultrafast", quality=17)
"""A clip is decoded and encoded once more: quick, and better than the film will be."""
FOR_FILMS = Effort(preset="veryfast", quality=20)


class Mp4Writer:
    """Takes pictures and sound in their order, a picture and its sound at a time."""

    def __init__(
        self, container: OutputContainer, video: VideoStream, audio: AudioStream | None, size: FrameSize
    ) -> None:
        self._container = container
        self._video = video
        self._audio = audio
        self._size = size
        self.frames = 0

    def add(self, frame: av.VideoFrame, sound: npt.NDArray[np.float32] | None) -> None:
        """Write a picture of the size of the film, and what is heard meanwhile: two rows of samples."""
        frame.pts = self.frames
        frame.time_base = Fraction(1, FRAMES_PER_SECOND)
        frame.pict_type = PictureType.NONE
        for packet in self._video.encode(frame):
            self._container.mux(packet)
        if self._audio is not None and sound is not None:
            heard = av.AudioFrame.from_ndarray(sound, format="fltp", layout="stereo")
            heard.sample_rate = SAMPLE_RATE
            heard.time_base = Fraction(1, SAMPLE_RATE)
            heard.pts = self.frames * SAMPLES_PER_FRAME
            for packet in self._audio.encode(heard):
                self._container.mux(packet)
        self.frames += 1

    def finish(self) -> None:
        """Write what the encoders still hold."""
        for packet in self._video.encode(None):
            self._container.mux(packet)
        if self._audio is not None:
            for packet in self._audio.encode(None):
                self._container.mux(packet)


@contextmanager
def mp4_writer(
    path: Path, size: FrameSize, *, effort: Effort, audio: bool, metadata: dict[str, str]
) -> Iterator[Mp4Writer]:
    """Open a film to be written; it is whole once this is left without an error."""
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        container.metadata.update(metadata)
        video = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        video.width, video.height, video.pix_fmt = size.width, size.height, "yuv420p"
        video.thread_count = THREADS
        video.options = {
            "preset": effort.preset,
            "crf": str(effort.quality),
            "g": str(2 * FRAMES_PER_SECOND),
            "flags": "+bitexact",
        }
        coder = video.codec_context
        coder.color_primaries = coder.color_trc = coder.colorspace = BT709
        coder.color_range = NARROW
        heard = None
        if audio:
            heard = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
            heard.bit_rate = 160_000
            heard.options = {"flags": "+bitexact"}
        writer = Mp4Writer(container, video, heard, size)
        yield writer
        writer.finish()


def video_frame(array: npt.NDArray[np.uint8]) -> av.VideoFrame:
    """Return a picture (rows, columns, red green blue) as the encoder takes it."""
    frame = av.VideoFrame.from_ndarray(array, format="rgb24")
    return frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)
