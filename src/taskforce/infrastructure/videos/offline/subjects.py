"""Who is in the picture, drawn of a few shapes that take the light from one side."""

import colorsys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import pi, sin

import numpy as np
from PIL import Image

from taskforce.infrastructure.videos.offline import figures
from taskforce.infrastructure.videos.offline.canvas import Canvas, Layer, drawn
from taskforce.infrastructure.videos.offline.figures import Inks, Pen
from taskforce.infrastructure.videos.offline.labels import digest
from taskforce.infrastructure.videos.offline.look import Look
from taskforce.infrastructure.videos.offline.palettes import Palette, ink, mixed
from taskforce.infrastructure.videos.offline.vocabulary import Place, Subject


@dataclass(frozen=True, slots=True)
class _Cast:
    """How a subject is shown."""

    draw: Callable[[Pen, Inks, float], None]
    size: float
    """Of the shorter side of the picture."""
    foot: float
    """Where it stands in its own square: 1 is the lower edge."""
    level: float | None
    """Where in the height of the picture; None: on the ground of the place."""
    order: float = 0.80
    run: float = 0.20
    """How far it goes to the right while the camera goes from 0 to 1, in widths."""
    climb: float = 0.0
    bob: tuple[float, float] = (0.004, 2.3)
    poses: int = 2


_CAST: Mapping[Subject, _Cast] = {
    Subject.SHIP: _Cast(figures.ship, 0.36, 0.86, None, order=0.60, run=0.26, bob=(0.012, 3.4)),
    Subject.BALLOON: _Cast(
        figures.balloon, 0.34, 0.5, 0.34, order=0.62, run=0.14, climb=0.08, bob=(0.018, 5.2), poses=1
    ),
    Subject.ROCKET: _Cast(
        figures.rocket, 0.40, 0.5, 0.52, order=0.85, run=0.10, climb=0.22, bob=(0.006, 1.3)
    ),
    Subject.BIRDS: _Cast(
        figures.birds, 0.32, 0.5, 0.28, order=0.70, run=0.30, climb=0.04, bob=(0.012, 2.9), poses=6
    ),
    Subject.CAR: _Cast(figures.car, 0.26, 0.85, None, order=0.90, run=0.42, bob=(0.0015, 0.7), poses=4),
    Subject.TRAIN: _Cast(figures.train, 0.62, 0.73, None, order=0.72, run=0.55, bob=(0.0012, 0.6), poses=1),
    Subject.HOUSE: _Cast(figures.house, 0.34, 0.87, None, order=0.74, run=-0.24, bob=(0.0, 1.0)),
    Subject.LIGHTHOUSE: _Cast(
        figures.lighthouse, 0.56, 0.93, None, order=0.50, run=-0.14, bob=(0.0, 1.0), poses=8
    ),
    Subject.TREE: _Cast(figures.tree, 0.44, 0.95, None, order=0.76, run=-0.28, bob=(0.0, 1.0)),
    Subject.WALKER: _Cast(figures.walker, 0.32, 0.94, None, order=0.86, run=0.16, bob=(0.003, 0.6), poses=8),
    Subject.ROBOT: _Cast(figures.robot, 0.38, 0.95, None, order=0.90, run=0.16, bob=(0.003, 0.6), poses=8),
    Subject.WHALE: _Cast(figures.whale, 0.56, 0.5, 0.46, order=0.56, run=0.24, bob=(0.014, 4.6), poses=6),
    Subject.FOX: _Cast(figures.fox, 0.32, 0.86, None, order=0.88, run=0.26, bob=(0.003, 0.5), poses=8),
}
_GROUNDS: Mapping[Place, float] = {
    Place.MOUNTAINS: 0.80, Place.SEA: 0.74, Place.CITY: 0.865, Place.SPACE: 0.60, Place.FOREST: 0.83,
    Place.DESERT: 0.80, Place.MEADOW: 0.81, Place.DEEP: 0.60, Place.ABSTRACT: 0.76,
}  # fmt: skip


_BEFORE_TREES = 0.70
"""In woods all go before the trees, but for the nearest, which leave room (`woods`)."""


def subject(look: Look, palette: Palette, canvas: Canvas) -> Iterator[Layer]:
    """Give who the text names, on its way through the picture."""
    cast = _CAST.get(look.subject)
    if cast is None:
        return
    chance = look.chance("subject")
    size = int(canvas.unit * cast.size * chance.uniform(0.9, 1.1))
    inks = _inks(look, palette)
    level = _GROUNDS[look.place] if cast.level is None else cast.level
    middle = chance.uniform(0.28, 0.40) if cast.run > 0 else chance.uniform(0.55, 0.70)
    far, period = cast.bob
    yield Layer(
        poses=tuple(_pose(cast, inks, size, number) for number in range(cast.poses)),
        left=canvas.width * middle - size / 2,
        top=canvas.height * level - size * cast.foot,
        order=max(cast.order, _BEFORE_TREES) if look.place is Place.FOREST else cast.order,
        pan=-canvas.width * cast.run,
        climb=canvas.height * cast.climb,
        bob=(canvas.unit * far, period, chance.uniform()),
    )


def _pose(cast: _Cast, inks: Inks, size: int, number: int) -> Image.Image:
    turn = sin(2 * pi * number / max(cast.poses, 2))
    return drawn(size, size, lambda pen, scale: cast.draw(Pen(pen, size * scale), inks, turn))


def _inks(look: Look, palette: Palette) -> Inks:
    accents = (
        (0.86, 0.22, 0.18),
        (0.95, 0.62, 0.15),
        (0.16, 0.48, 0.72),
        (0.88, 0.30, 0.42),
        (0.20, 0.55, 0.42),
    )
    tint = (
        (0.88, 0.42, 0.14)
        if look.subject is Subject.FOX
        else accents[digest(f"{look.subject} {look.style}", 0) % len(accents)]
    )
    if look.hue is not None:
        tint = colorsys.hls_to_rgb(look.hue, 0.48, 0.75)
    ambient = np.clip(palette.ambient, 0.42, 1.0)
    accent = np.asarray(tint, np.float32) * ambient
    dark = mixed(palette.land(0.08, tint=(0.12, 0.11, 0.15)), palette.low, 0.10)
    body = mixed(np.array((0.62, 0.60, 0.62), np.float32) * ambient, palette.middle, 0.12)
    bright = mixed(palette.land(0.0, tint=(0.95, 0.93, 0.88)), palette.light, 0.35)
    return Inks(
        dark=ink(dark), body=ink(body), bright=ink(bright), accent=ink(accent), lamp=(255, 226, 150, 255)
    )
