"""Orders of pictures and clips as they come in tests, clips that PyAV makes, and films looked into."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from PIL import Image

from taskforce.core.videos.model import AspectRatio, FrameSize, Position, Transition
from taskforce.core.videos.ports import ClipOrder, Cut, FrameOrder
from taskforce.core.videos.storyboard import Scene, StyleGuide

SMALL = FrameSize(width=320, height=180)
GUIDE = StyleGuide(visual_style="layers", color_palette="blue", camera_style="slow")
RATE = 48_000


def a_scene(text: str = "A ship sails on the sea at dusk", *, index: int = 0) -> Scene:
    """Return a scene whose pictures show what its text says."""
    return Scene(
        index=index,
        description=text,
        start_frame_prompt=text,
        end_frame_prompt=text,
        motion_prompt="The camera travels to the right.",
    )


def a_picture_order(
    text: str = "A ship sails on the sea at dusk",
    *,
    size: FrameSize = SMALL,
    position: Position = Position.START,
    seed: int = 0,
) -> FrameOrder:
    """Return an order of a picture."""
    return FrameOrder(
        scene=a_scene(text),
        position=position,
        prompt=text,
        style="cinematic",
        style_guide=GUIDE,
        characters=(),
        size=size,
        aspect_ratio=AspectRatio.WIDE,
        seed=seed,
        earlier=None,
    )


def a_clip_order(start: bytes, end: bytes, *, seconds: int = 2, audio: bool = True) -> ClipOrder:
    """Return an order of a clip between two pictures."""
    return ClipOrder(
        scene=a_scene(),
        prompt="The camera travels to the right.",
        style="cinematic",
        style_guide=GUIDE,
        size=SMALL,
        aspect_ratio=AspectRatio.WIDE,
        seconds=seconds,
        seed=0,
        audio=audio,
        start=start,
        end=end,
    )


def a_cut(*, transition: Transition = Transition.CUT, audio: bool = True, size: FrameSize = SMALL) -> Cut:
    """Return how clips become a film."""
    return Cut(size=size, transition=transition, audio=audio, title="A test", made_by="nobody")


def plain_png(colour: tuple[int, int, int], *, size: tuple[int, int] = (64, 48)) -> bytes:
    """Return a picture of one colour, as another program makes it."""
    held = BytesIO()
    Image.new("RGB", size, colour).save(held, format="PNG")
    return held.getvalue()


def a_clip(
    path: Path,
    colours: Sequence[tuple[int, int, int]],
    *,
    rate: int = 24,
    size: tuple[int, int] = (320, 180),
    beeps: Sequence[float] | None = (),
    sound_rate: int = RATE,
) -> Path:
    """Write a clip with a picture of each colour; `beeps` are seconds at which 50 ms of tone begin.

    None for a clip without sound.
    """
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast", "crf": "12"})
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        sound = None
        if beeps is not None:
            sound = container.add_stream("aac", rate=sound_rate, layout="stereo")
        for number, colour in enumerate(colours):
            array = np.full((size[1], size[0], 3), colour, np.uint8)
            frame = av.VideoFrame.from_ndarray(array, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if sound is not None:
            heard = av.AudioFrame.from_ndarray(
                _tone(len(colours) / rate, beeps or (), sound_rate), format="fltp", layout="stereo"
            )
            heard.sample_rate = sound_rate
            container.mux(sound.encode(heard))
            container.mux(sound.encode(None))
    return path


def _tone(seconds: float, beeps: Sequence[float], rate: int) -> npt.NDArray[np.float32]:
    at = np.arange(int(seconds * rate)) / rate
    on = np.zeros_like(at)
    for beep in beeps:
        on[(at >= beep) & (at < beep + 0.05)] = 0.8
    return np.ascontiguousarray(np.tile(on * np.sin(2 * np.pi * 1_000 * at), (2, 1)), np.float32)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a film turns out to be."""

    codecs: tuple[str, ...]
    size: tuple[int, int]
    seconds: float
    pictures: list[npt.NDArray[np.uint8]]
    sound: npt.NDArray[np.float32]
    """One row of samples at 48 kHz."""
    metadata: dict[str, str]

    def colour(self, number: int) -> tuple[int, ...]:
        """Return the mean colour of a picture."""
        return tuple(int(value) for value in self.pictures[number].mean((0, 1)))

    def first_sound(self, *, after: float = 0.0) -> float:
        """Return the second at which it begins to be loud."""
        loud = np.flatnonzero(np.abs(self.sound[int(after * RATE) :]) > 0.3)
        return after + float(loud[0]) / RATE


def look_into(film: bytes | Path) -> Seen:
    """Decode a film whole."""
    source = str(film) if isinstance(film, Path) else BytesIO(film)
    with av.open(source, "r") as container:
        streams = container.streams
        codecs = tuple(stream.codec_context.name for stream in (*streams.video, *streams.audio))
        size = (streams.video[0].width, streams.video[0].height)
        pictures = [frame.to_ndarray(format="rgb24").astype(np.uint8) for frame in container.decode(video=0)]
        seconds = float((container.duration or 0) / av.time_base)
        metadata = dict(container.metadata)
    heard: list[npt.NDArray[np.float32]] = [np.zeros((1, 0), np.float32)]
    if "aac" in codecs:
        source = str(film) if isinstance(film, Path) else BytesIO(film)
        with av.open(source, "r") as container:
            heard += [frame.to_ndarray()[:1].astype(np.float32) for frame in container.decode(audio=0)]
    return Seen(codecs, size, seconds, pictures, np.concatenate(heard, axis=1)[0], metadata)
