"""What pictures are put together of: layers that move by the camera and by the time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import floor, pi, sin

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from taskforce.infrastructure.videos.offline.palettes import Pixels, mixed

TRAVEL = 0.4
"""How far the nearest things go while the camera goes from 0 to 1, in widths of the picture."""
PHASES = 4
"""Steps between two pixels; what goes slower than a pixel a picture would jerk without them."""
FINE = 3
"""How many times larger shapes are drawn, so that their edges come out smooth."""
WIDE = 900
"""Pixels: what is wider is drawn a little less large, or a sheet would take 50 MB."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """The size of a picture, in pixels."""

    width: int
    height: int

    @property
    def unit(self) -> int:
        """Return the shorter side: things are as large as it allows."""
        return min(self.width, self.height)

    def reach(self, depth: float) -> int:
        """Return how wide a layer must be, so that the camera never sees its end."""
        return int(self.width * (1 + TRAVEL * depth)) + 4


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A picture with transparency, where it stands, and how it moves."""

    poses: tuple[Image.Image, ...]
    """More than one are shown in turn."""
    left: float = 0.0
    top: float = 0.0
    order: float
    """0 is far away, 1 is close by."""
    pan: float = 0.0
    """Pixels it goes to the left while the camera goes from 0 to 1."""
    climb: float = 0.0
    """Pixels it rises meanwhile."""
    drift: float = 0.0
    """Pixels a second to the right; it comes in again where it left."""
    fall: float = 0.0
    """Pixels a second downwards; the layer repeats."""
    sway: tuple[float, float, float] = (0.0, 1.0, 0.0)
    """Pixels to each side, seconds of a swing, and where in it the swing begins."""
    bob: tuple[float, float, float] = (0.0, 1.0, 0.0)
    """The same, up and down."""
    stays: bool = False
    """Whether it stays in place, and fades, where another scene comes."""

    @cached_property
    def _moved(self) -> dict[tuple[int, int, int], tuple[Image.Image, Image.Image]]:
        return {}

    def paint(
        self, onto: Image.Image, *, camera: float, moment: float, down: float = 0.0, strength: float = 1.0
    ) -> None:
        """Lay it on a picture as the camera sees it, so many pixels lower."""
        width, height = self.poses[0].size
        x = self.left - self.pan * camera + self.drift * moment + _swing(self.sway, moment)
        y = self.top - self.climb * camera + _swing(self.bob, moment) + down
        if self.drift:
            x = (x + width) % (onto.width + width) - width
        tops = [y]
        if self.fall:
            first = (y + self.fall * moment) % height - height
            tops = [first + turn * height for turn in range(2 + onto.height // height)]
        pose = int(moment * POSES_A_SECOND) % len(self.poses)
        for place in tops:
            self._lay(onto, pose, x, place, strength)

    def _lay(self, onto: Image.Image, pose: int, x: float, y: float, strength: float) -> None:
        column, row = floor(x), floor(y)
        if not (-self.poses[0].width <= column < onto.width and -self.poses[0].height <= row < onto.height):
            return
        across = int((x - column) * PHASES)
        below = int((y - row) * PHASES) if self.bob[0] or self.climb else 0
        colour, cover = self._between(pose, across, below)
        if strength < 1:
            cover = cover.point([int(value * strength) for value in range(256)])
        onto.paste(colour, (column, row), cover)

    def _between(self, pose: int, across: int, below: int) -> tuple[Image.Image, Image.Image]:
        """Return a pose moved by parts of a pixel to the right and down, as colour and cover."""
        key = (pose, across, below)
        if key not in self._moved:
            image = self.poses[pose]
            if across or below:
                there = (1, 0, -across / PHASES, 0, 1, -below / PHASES)
                image = image.transform(
                    image.size, Image.Transform.AFFINE, there, resample=Image.Resampling.BILINEAR
                )
            self._moved[key] = (image.convert("RGB"), image.getchannel("A"))
        return self._moved[key]


POSES_A_SECOND = 7


def _swing(told: tuple[float, float, float], moment: float) -> float:
    far, period, begin = told
    return far * sin(2 * pi * (moment / period + begin)) if far else 0.0


def image_of(colour: Pixels, cover: Pixels | None = None) -> Image.Image:
    """Return pixels as a picture; with a cover from 0 to 1, one that can be laid on another."""
    shown = np.clip(colour * 255 + 0.5, 0, 255).astype(np.uint8)
    if cover is None:
        return Image.fromarray(shown)
    shown = np.broadcast_to(shown, (*cover.shape, 3))
    solid = np.clip(cover * 255 + 0.5, 0, 255).astype(np.uint8)
    return Image.fromarray(np.dstack((shown, solid)))


def drawn(width: int, height: int, draw: Callable[[ImageDraw.ImageDraw, float], None]) -> Image.Image:
    """Return what is drawn on a larger sheet, made smaller; the drawing is told how many times larger."""
    fine = FINE if width < WIDE else FINE - 1
    sheet = Image.new("RGBA", (width * fine, height * fine))
    draw(ImageDraw.Draw(sheet), float(fine))
    # Weighed by the cover, so that what is transparent does not darken the edge.
    return sheet.convert("RGBa").reduce(fine).convert("RGBA")


def wavering(chance: np.random.Generator, width: int, *, swell: float, octaves: int = 5) -> Pixels:
    """Return a line of hills from -1 to 1: noise of falling size, the largest about `swell` pixels long."""
    line = np.zeros(width, dtype=np.float64)
    at = np.arange(width)
    size = 1.0
    for _ in range(octaves):
        knots = chance.uniform(-1, 1, int(width / swell) + 4)
        place = at / swell + chance.uniform()
        whole = place.astype(int)
        part = place - whole
        part = part * part * (3 - 2 * part)
        line += size * (knots[whole] * (1 - part) + knots[whole + 1] * part)
        swell, size = max(swell / 2.1, 2.0), size * 0.5
    return (line / max(float(np.abs(line).max()), 1e-6)).astype(np.float32)


def clouded(
    chance: np.random.Generator, width: int, height: int, *, grain: Sequence[tuple[int, int]]
) -> Pixels:
    """Return a cloud from 0 to 1: noise of the given sizes (columns, rows), each half as strong."""
    cloud: npt.NDArray[np.float32] = np.zeros((height, width), dtype=np.float32)
    size = 1.0
    for columns, rows in grain:
        coarse = Image.fromarray(chance.uniform(0, 1, (rows, columns)).astype(np.float32))
        cloud += size * np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC))
        size *= 0.55
    cloud -= cloud.min()
    return (cloud / max(float(cloud.max()), 1e-6)).astype(np.float32)


def gradient(height: int, stops: Sequence[tuple[float, Pixels]]) -> Pixels:
    """Return a column of colours, from the top downwards; stops are places from 0 to 1."""
    at = np.linspace(0, 1, height)
    places = [place for place, _ in stops]
    bands = [np.interp(at, places, [float(colour[band]) for _, colour in stops]) for band in range(3)]
    return np.stack(bands, axis=-1).astype(np.float32)[:, None, :]


def leaning(line: Pixels, *, over: int = 61) -> Pixels:
    """Return how a line falls at each place, over so many pixels, so that light on it has no stripes."""
    padded = np.pad(line, over, mode="edge")
    soft = np.convolve(padded, np.hanning(over + 2)[1:-1] / np.hanning(over + 2).sum(), mode="same")
    return np.gradient(soft)[over:-over].astype(np.float32)


def land(
    line: Pixels, height: int, colour: Pixels, *, foot: Pixels, rim: Pixels, grain: Pixels | None = None
) -> Image.Image:
    """Return ground below a line (rows from the top): lit at its edge, fading to its foot."""
    rows = np.arange(height, dtype=np.float32)[:, None]
    below = rows - line[None, :]
    slope = np.clip(0.5 + leaning(line) * 0.8, 0, 1)[None, :]
    lit = np.exp(-np.clip(below, 0, None) / (0.05 * height + 2)) * (0.25 + 0.75 * slope)
    share = np.clip(below / (0.85 * height), 0, 1)[..., None]
    shown = mixed(np.broadcast_to(colour, (*below.shape, 3)), foot, share)
    shown = mixed(shown, rim, 0.55 * lit[..., None])
    if grain is not None:
        shown = shown * (0.92 + 0.16 * grain[..., None])
    return image_of(shown, np.clip(below + 0.5, 0, 1))
