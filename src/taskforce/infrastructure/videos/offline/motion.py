"""How a clip goes from its first picture to its last: eased, near things faster than far ones."""

from dataclasses import dataclass
from math import pi, sin
from typing import Self

from PIL import Image

from taskforce.infrastructure.videos.offline.canvas import Layer
from taskforce.infrastructure.videos.offline.still import Still
from taskforce.infrastructure.videos.offline.vocabulary import words

ONWARD = 0.38
"""How far the camera still goes in a scene that is left."""
CHANGE = (0.05, 0.46)
"""The part of a clip in which one scene gives way to the next."""
STAGGER = 0.45
"""How much of the change passes before the last layer begins to move."""
SKY = 0.12
"""What is farther than this fades; what is nearer sinks and rises."""
FALLING = 1.0
"""What is nearer than this is in the air, and fades as well."""


@dataclass(frozen=True, slots=True)
class Motion:
    """What the camera does besides."""

    closer: float = 0.0
    """How much larger the picture is in the middle of the clip."""
    still: bool = False

    @classmethod
    def of(cls, prompt: str) -> Self:
        """Read it out of words."""
        said = set(words(prompt))
        closer = (
            0.10 if said & {"push", "pushes", "zoom", "zooms", "closer", "dolly", "rush", "rushes"} else 0.0
        )
        return cls(closer=closer, still=bool(said & {"static", "still", "holds", "locked"}))


class Passage:
    """The way from one still to another, to be looked at any moment of it."""

    def __init__(self, start: Still, end: Still, motion: Motion, *, seconds: float) -> None:
        self._start = start
        self._end = end
        self._motion = motion
        self._seconds = seconds
        self._is_change = not start.is_like(end)

    def picture(self, moment: float) -> Image.Image:
        """Return what is seen so many seconds after the begin."""
        part = min(max(moment / self._seconds, 0.0), 1.0)
        picture = self._changing(part, moment) if self._is_change else self._travelling(part, moment)
        picture = _closer(picture, 1 + self._motion.closer * sin(pi * eased(part)) ** 2)
        self._say(picture, part)  # words stay where they are read
        return picture

    def _travelling(self, part: float, moment: float) -> Image.Image:
        end = self._end
        camera = self._start.camera + (end.camera - self._start.camera) * eased(part)
        picture = end.background.copy()
        for layer in end.layers:
            layer.paint(picture, camera=camera, moment=moment - self._seconds)
        return picture

    def _changing(self, part: float, moment: float) -> Image.Image:
        start, end = self._start, self._end
        change = _within(part, *CHANGE)
        if change >= 1:
            picture = end.background.copy()
        else:
            picture = Image.blend(start.background, end.background, eased(change))
        leaving = min(start.camera + ONWARD * eased(part) * (not self._motion.still), 1.0)
        arriving = end.camera * (eased(part) if not self._motion.still else 1.0)
        shown = [(layer, True) for layer in start.layers if change < 1] + [
            (layer, False) for layer in end.layers
        ]
        for layer, leaves in sorted(shown, key=lambda each: each[0].order):
            if leaves:
                _paint(picture, layer, camera=leaving, moment=moment, gone=_gone(layer, change))
            else:
                come = _come(layer, change)
                _paint(picture, layer, camera=arriving, moment=moment - self._seconds, gone=1 - come)
        return picture

    def _say(self, picture: Image.Image, part: float) -> None:
        last, now = 0.0, 1.0
        if self._is_change:
            last, now = 1 - _within(part, 0.0, 0.14), _within(part, 0.30, 0.46)
        if self._start.caption is not None and last > 0:
            self._start.caption.paint(picture, camera=0, moment=0, strength=last)
        if self._end.caption is not None and now > 0:
            self._end.caption.paint(picture, camera=0, moment=0, strength=now)


def eased(part: float) -> float:
    """Return a part of a way that begins and ends softly: 3t² - 2t³."""
    return part * part * (3 - 2 * part)


def _within(part: float, begin: float, end: float) -> float:
    return min(max((part - begin) / (end - begin), 0.0), 1.0)


def _gone(layer: Layer, change: float) -> float:
    """Return how far a layer has left: the nearest go first."""
    wait = STAGGER * (1 - min(layer.order, 1.0))
    return _within(change, wait, wait + 1 - STAGGER) ** 2


def _come(layer: Layer, change: float) -> float:
    """Return how far a layer has come: the farthest come first, and arrive softly."""
    wait = STAGGER * min(layer.order, 1.0)
    return 1 - (1 - _within(change, wait, wait + 1 - STAGGER)) ** 3


def _paint(picture: Image.Image, layer: Layer, *, camera: float, moment: float, gone: float) -> None:
    if gone >= 1:
        return
    if layer.stays or layer.order < SKY or layer.order >= FALLING:
        layer.paint(picture, camera=camera, moment=moment, strength=1 - gone)
    else:
        below = picture.height - layer.top + layer.climb * camera + 20
        layer.paint(picture, camera=camera, moment=moment, down=below * gone)


def _closer(picture: Image.Image, factor: float) -> Image.Image:
    if (factor - 1) * picture.width < 1:
        return picture
    wide, tall = picture.width / factor, picture.height / factor
    left, top = (picture.width - wide) / 2, (picture.height - tall) / 2
    box = (left, top, left + wide, top + tall)
    return picture.resize(picture.size, Image.Resampling.BILINEAR, box=box)
