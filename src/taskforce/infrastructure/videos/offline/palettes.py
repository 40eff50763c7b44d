"""Colours: of skies by the hour, of land by the place, and what a style does to them all."""

import colorsys
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from taskforce.infrastructure.videos.offline.look import Look
from taskforce.infrastructure.videos.offline.vocabulary import Hour, Place, Weather

Pixels: TypeAlias = npt.NDArray[np.floating[Any]]
"""Values from 0 to 1; the last axis is red, green, blue where there is one."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one picture, each an array of three."""

    top: Pixels
    middle: Pixels
    low: Pixels
    light: Pixels
    """Of the sun, the moon, the lamps."""
    ground: Pixels
    ambient: Pixels
    """What falls on things."""

    def land(self, distance: float, *, tint: tuple[float, float, float] | None = None) -> Pixels:
        """Return the colour of the ground: hazy far away (1), its own close by (0)."""
        own = (self.ground if tint is None else _rgb(*tint)) * self.ambient
        return mixed(own, mixed(self.low, self.middle, 0.35), 0.9 * distance)


def _rgb(*values: float) -> Pixels:
    return np.array(values, dtype=np.float32)


_SKIES: dict[Hour, tuple[Pixels, Pixels, Pixels, Pixels, Pixels]] = {
    Hour.DAWN: (
        _rgb(0.20, 0.30, 0.55), _rgb(0.86, 0.60, 0.64), _rgb(1.00, 0.86, 0.68), _rgb(1.00, 0.90, 0.70),
        _rgb(0.72, 0.60, 0.68),
    ),
    Hour.DAY: (
        _rgb(0.10, 0.38, 0.76), _rgb(0.42, 0.70, 0.93), _rgb(0.88, 0.95, 0.98), _rgb(1.00, 0.98, 0.88),
        _rgb(0.92, 0.95, 0.95),
    ),
    Hour.DUSK: (
        _rgb(0.13, 0.10, 0.34), _rgb(0.78, 0.27, 0.40), _rgb(1.00, 0.63, 0.30), _rgb(1.00, 0.76, 0.42),
        _rgb(0.58, 0.36, 0.46),
    ),
    Hour.NIGHT: (
        _rgb(0.01, 0.02, 0.09), _rgb(0.05, 0.09, 0.26), _rgb(0.15, 0.22, 0.44), _rgb(0.88, 0.92, 1.00),
        _rgb(0.20, 0.26, 0.44),
    ),
}  # fmt: skip
_GROUNDS: dict[Place, Pixels] = {
    Place.MOUNTAINS: _rgb(0.24, 0.30, 0.40),
    Place.SEA: _rgb(0.05, 0.30, 0.42),
    Place.CITY: _rgb(0.17, 0.19, 0.30),
    Place.SPACE: _rgb(0.40, 0.34, 0.55),
    Place.FOREST: _rgb(0.08, 0.25, 0.17),
    Place.DESERT: _rgb(0.84, 0.56, 0.30),
    Place.MEADOW: _rgb(0.30, 0.52, 0.18),
    Place.DEEP: _rgb(0.03, 0.20, 0.32),
    Place.ABSTRACT: _rgb(0.40, 0.30, 0.60),
}
_WATERS = (Place.SEA, Place.DEEP)
"""Where snow does not lie."""
_STYLES: dict[str, tuple[float, float, float]] = {
    "cinematic": (1.05, 1.08, 0.02),
    "anime": (1.35, 1.02, 0.0),
    "cartoon": (1.45, 1.05, 0.0),
    "noir": (0.05, 1.25, 0.0),
    "documentary": (0.85, 1.0, 0.0),
    "vintage": (0.60, 0.92, 0.06),
    "watercolor": (0.80, 0.85, 0.01),
    "photorealistic": (0.95, 1.05, 0.0),
    "neon": (1.60, 1.15, -0.03),
    "dark": (0.80, 0.80, -0.02),
}
"""Saturation, contrast, and how much warmer."""
_GREY = _rgb(0.299, 0.587, 0.114)
"""How bright each primary looks: ITU-R BT.601."""


def palette_of(look: Look) -> Palette:
    """Return the colours of a look."""
    top, middle, low, light, ambient = _SKIES[look.hour]
    ground = _GROUNDS[look.place]
    shift = float(look.chance("hue").uniform(-0.035, 0.035))
    top, middle, low, ground = (turned(colour, shift) for colour in (top, middle, low, ground))
    if look.weather in (Weather.RAIN, Weather.FOG):
        grey = 0.55 if look.weather is Weather.RAIN else 0.35
        top, middle, low = (
            mixed(c, np.full(3, c @ _GREY, np.float32) * 0.85, grey) for c in (top, middle, low)
        )
        ambient = ambient * 0.85
    if look.weather is Weather.SNOW and look.place not in _WATERS:
        ground = mixed(ground, _rgb(0.93, 0.95, 1.0), 0.75)
    if look.hue is not None:
        named = _rgb(*colorsys.hls_to_rgb(look.hue, 0.5, 0.85))
        top, middle, low = mixed(top, named * 0.6, 0.35), mixed(middle, named, 0.4), mixed(low, named, 0.25)
        ground = mixed(ground, named * 0.7, 0.2)
    return Palette(
        top=graded(top, look.style), middle=graded(middle, look.style), low=graded(low, look.style),
        light=graded(light, look.style), ground=graded(ground, look.style), ambient=ambient,
    )  # fmt: skip


def mixed(one: Pixels, other: Pixels, share: float | Pixels) -> Pixels:
    """Return one colour with a share of the other in it."""
    return (one + (other - one) * share).astype(np.float32)


def turned(colour: Pixels, turns: float) -> Pixels:
    """Return a colour moved round the wheel."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(float(value) for value in colour))
    return _rgb(*colorsys.hls_to_rgb((hue + turns) % 1, lightness, saturation))


def graded(colour: Pixels, style: str) -> Pixels:
    """Return a colour as the style shows it; a style nobody knows changes nothing."""
    named = (told for word, told in _STYLES.items() if word in style.casefold())
    saturation, contrast, warmth = next(named, (1.0, 1.0, 0.0))
    grey = colour @ _GREY
    graded = grey + (colour - grey) * saturation
    graded = 0.45 + (graded - 0.45) * contrast + _rgb(warmth, 0.0, -warmth)
    return np.clip(graded, 0, 1).astype(np.float32)


def ink(colour: Pixels) -> tuple[int, int, int, int]:
    """Return a colour as Pillow draws with it, solid."""
    red, green, blue = (int(value * 255) for value in np.clip(colour, 0, 1))
    return red, green, blue, 255
