"""Who is in the picture, drawn of a few shapes that take the light from one side."""

import colorsys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import cos, pi, sin
from typing import TypeAlias

import numpy as np
from PIL import ImageDraw

from taskforce.infrastructure.videos.offline.canvas import Canvas, Layer, drawn
from taskforce.infrastructure.videos.offline.look import Look
from taskforce.infrastructure.videos.offline.palettes import Palette, mixed
from taskforce.infrastructure.videos.offline.vocabulary import Place, Subject

Ink: TypeAlias = tuple[int, ...]
Points: TypeAlias = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Inks:
    """What a subject is drawn with."""

    dark: Ink
    body: Ink
    bright: Ink
    accent: Ink
    lamp: Ink


class Pen:
    """Draws on a square from (0, 0) to (1, 1)."""

    def __init__(self, pen: ImageDraw.ImageDraw, size: float) -> None:
        self._pen = pen
        self._size = size

    def area(self, ink: Ink, *points: tuple[float, float]) -> None:
        """Fill what the points go round."""
        self._pen.polygon([(x * self._size, y * self._size) for x, y in points], fill=ink)

    def round(self, ink: Ink, x: float, y: float, rx: float, ry: float | None = None) -> None:
        """Fill an ellipse about a point."""
        ry = rx if ry is None else ry
        box = [(x - rx) * self._size, (y - ry) * self._size, (x + rx) * self._size, (y + ry) * self._size]
        self._pen.ellipse(box, fill=ink)

    def box(self, ink: Ink, left: float, top: float, right: float, bottom: float, *, soft: float = 0.0) -> None:
        """Fill a box, its corners rounded by so much."""
        sides = [left * self._size, top * self._size, right * self._size, bottom * self._size]
        self._pen.rounded_rectangle(sides, radius=soft * self._size, fill=ink)

    def stroke(self, ink: Ink, wide: float, *points: tuple[float, float]) -> None:
        """Draw a line through points."""
        whole = [(x * self._size, y * self._size) for x, y in points]
        self._pen.line(whole, fill=ink, width=max(1, int(wide * self._size)), joint="curve")


def _ship(pen: Pen, inks: Inks, turn: float) -> None:
    pen.stroke(inks.dark, 0.014, (0.50, 0.78), (0.50, 0.08))
    pen.area(inks.bright, (0.52, 0.10), (0.52, 0.66), (0.90, 0.66), (0.74, 0.36))
    pen.area(inks.body, (0.48, 0.16), (0.48, 0.66), (0.16, 0.66), (0.30, 0.44))
    pen.area(inks.accent, (0.50, 0.08), (0.50, 0.13), (0.60, 0.105 + 0.02 * turn))
    pen.area(inks.dark, (0.08, 0.70), (0.94, 0.70), (0.82, 0.88), (0.20, 0.88))
    pen.area(inks.accent, (0.08, 0.70), (0.94, 0.70), (0.925, 0.735), (0.10, 0.735))


def _balloon(pen: Pen, inks: Inks, turn: float) -> None:
    pen.round(inks.accent, 0.5, 0.36, 0.32, 0.34)
    pen.area(inks.accent, (0.22, 0.50), (0.78, 0.50), (0.56, 0.76), (0.44, 0.76))
    for middle, wide, ink in ((0.40, 0.10, inks.bright), (0.60, 0.08, inks.body)):
        pen.round(ink, middle, 0.36, wide, 0.335)
        pen.area(ink, (middle - wide, 0.42), (middle + wide, 0.42), (0.50 + (middle - 0.5) * 0.4, 0.75))
    pen.stroke(inks.dark, 0.008, (0.45, 0.75), (0.46, 0.86))
    pen.stroke(inks.dark, 0.008, (0.55, 0.75), (0.54, 0.86))
    pen.box(inks.dark, 0.445, 0.85, 0.555, 0.94, soft=0.015)


def _rocket(pen: Pen, inks: Inks, turn: float) -> None:
    long = 0.10 + 0.05 * turn
    pen.area((255, 170, 60, 235), (0.42, 0.76), (0.58, 0.76), (0.50, 0.86 + long))
    pen.area((255, 240, 180, 255), (0.455, 0.76), (0.545, 0.76), (0.50, 0.82 + long / 2))
    pen.area(inks.accent, (0.40, 0.52), (0.24, 0.78), (0.40, 0.74))
    pen.area(inks.accent, (0.60, 0.52), (0.76, 0.78), (0.60, 0.74))
    pen.round(inks.body, 0.5, 0.42, 0.125, 0.36)
    pen.area(inks.body, (0.39, 0.55), (0.61, 0.55), (0.58, 0.77), (0.42, 0.77))
    pen.round(inks.bright, 0.455, 0.42, 0.055, 0.31)
    pen.area(inks.accent, (0.428, 0.20), (0.572, 0.20), (0.50, 0.045))
    pen.round(inks.dark, 0.5, 0.36, 0.065)
    pen.round(inks.lamp, 0.5, 0.36, 0.045)


def _birds(pen: Pen, inks: Inks, turn: float) -> None:
    for x, y, size, ahead in ((0.52, 0.40, 0.20, 0.0), (0.22, 0.56, 0.14, 0.3), (0.80, 0.60, 0.15, 0.6),
                              (0.38, 0.76, 0.11, 0.8), (0.66, 0.80, 0.10, 0.1)):  # fmt: skip
        rise = 0.55 * sin(2 * pi * ahead + turn * pi) * size
        for side in (-1, 1):
            elbow = (x + side * size * 0.5, y - size * 0.16 - rise * 0.6)
            tip = (x + side * size, y - rise + size * 0.06)
            pen.area(inks.dark, (x, y - size * 0.05), elbow, tip, (elbow[0], elbow[1] + size * 0.10), (x, y + size * 0.08))
        pen.round(inks.dark, x, y, size * 0.10, size * 0.13)


def _car(pen: Pen, inks: Inks, turn: float) -> None:
    pen.area(inks.accent, (0.24, 0.62), (0.34, 0.46), (0.66, 0.46), (0.80, 0.62))
    pen.box(inks.accent, 0.08, 0.60, 0.94, 0.76, soft=0.05)
    pen.area(inks.bright, (0.30, 0.61), (0.37, 0.50), (0.49, 0.50), (0.49, 0.61))
    pen.area(inks.bright, (0.52, 0.61), (0.52, 0.50), (0.64, 0.50), (0.73, 0.61))
    pen.box(inks.lamp, 0.885, 0.63, 0.945, 0.68, soft=0.02)
    pen.area((255, 240, 190, 60), (0.94, 0.65), (1.0, 0.60), (1.0, 0.74))
    for x in (0.26, 0.75):
        pen.round(inks.dark, x, 0.76, 0.095)
        pen.round(inks.body, x, 0.76, 0.045)
        pen.stroke(inks.dark, 0.012, (x, 0.76), (x + 0.045 * cos(turn * pi), 0.76 + 0.045 * sin(turn * pi)))


def _train(pen: Pen, inks: Inks, turn: float) -> None:
    for left in (0.0, 0.33):
        pen.box(inks.accent, left + 0.01, 0.52, left + 0.31, 0.70, soft=0.02)
        for window in range(4):
            x = left + 0.04 + 0.066 * window
            pen.box(inks.lamp, x, 0.56, x + 0.045, 0.62, soft=0.008)
    pen.area(inks.accent, (0.66, 0.52), (0.86, 0.52), (0.99, 0.66), (0.99, 0.70), (0.66, 0.70))
    pen.area(inks.bright, (0.84, 0.545), (0.875, 0.545), (0.955, 0.63), (0.84, 0.63))
    pen.box(inks.bright, 0.0, 0.645, 0.97, 0.66)
    pen.box(inks.dark, 0.0, 0.70, 1.0, 0.735)


def _house(pen: Pen, inks: Inks, turn: float) -> None:
    pen.box(inks.dark, 0.66, 0.20, 0.74, 0.42)
    pen.round((235, 235, 240, 110), 0.72 + 0.02 * turn, 0.13, 0.05, 0.035)
    pen.round((235, 235, 240, 70), 0.78 + 0.03 * turn, 0.06, 0.06, 0.04)
    pen.box(inks.body, 0.20, 0.48, 0.80, 0.88)
    pen.area(inks.bright, (0.20, 0.48), (0.36, 0.48), (0.36, 0.88), (0.20, 0.88))
    pen.area(inks.accent, (0.12, 0.50), (0.50, 0.20), (0.88, 0.50))
    pen.box(inks.dark, 0.45, 0.64, 0.57, 0.88, soft=0.01)
    for x in (0.27, 0.65):
        pen.box(inks.lamp, x, 0.58, x + 0.10, 0.70, soft=0.008)


def _lighthouse(pen: Pen, inks: Inks, turn: float) -> None:
    for far in (0.5, 0.42, 0.34, 0.26, 0.18):  # thinner the farther it shines
        reach, wide, sweep = 0.5 + far, 0.20 * far, 0.20 * turn * far
        pen.area((255, 244, 200, 34 + int(90 * (0.5 - far))), (0.5, 0.215), (reach, 0.215 - wide + sweep), (reach, 0.215 + wide + sweep))
        pen.area((255, 244, 200, 20 + int(60 * (0.5 - far))), (0.5, 0.215), (1 - reach, 0.215 - wide - sweep), (1 - reach, 0.215 + wide - sweep))
    pen.area(inks.bright, (0.435, 0.28), (0.565, 0.28), (0.62, 0.90), (0.38, 0.90))
    for top, low in ((0.34, 0.46), (0.58, 0.70)):
        left, right = 0.435 - 0.089 * (top - 0.28), 0.565 + 0.089 * (top - 0.28)
        grown = 0.089 * (low - top)
        pen.area(inks.accent, (left, top), (right, top), (right + grown, low), (left - grown, low))
    pen.box(inks.dark, 0.415, 0.265, 0.585, 0.285)
    pen.box(inks.lamp, 0.455, 0.17, 0.545, 0.265)
    pen.area(inks.accent, (0.44, 0.175), (0.56, 0.175), (0.50, 0.09))
    pen.area(inks.dark, (0.10, 1.0), (0.20, 0.91), (0.31, 0.92), (0.40, 0.86), (0.60, 0.87), (0.70, 0.91), (0.83, 0.92), (0.94, 1.0))


def _tree(pen: Pen, inks: Inks, turn: float) -> None:
    pen.area(inks.dark, (0.46, 0.95), (0.48, 0.45), (0.53, 0.45), (0.56, 0.95))
    pen.stroke(inks.dark, 0.03, (0.50, 0.62), (0.34, 0.44))
    pen.stroke(inks.dark, 0.03, (0.51, 0.56), (0.68, 0.40))
    lean = 0.008 * turn
    for x, y, r in ((0.32, 0.42, 0.17), (0.68, 0.40, 0.18), (0.50, 0.30, 0.22), (0.42, 0.48, 0.14), (0.6, 0.5, 0.13)):
        pen.round(inks.body, x + lean, y, r)
    for x, y, r in ((0.28, 0.37, 0.10), (0.46, 0.23, 0.13), (0.63, 0.34, 0.10)):
        pen.round(inks.accent, x + lean, y, r)


def _walker(pen: Pen, inks: Inks, turn: float) -> None:
    step = 0.085 * cos(turn * pi)
    for side in (-1, 1):
        pen.stroke(inks.dark, 0.055, (0.50, 0.62), (0.50 + side * step * 0.6, 0.76), (0.49 + side * step * 1.5, 0.93))
        pen.stroke(inks.dark, 0.038, (0.50, 0.38), (0.50 - side * step * 0.8, 0.50), (0.53 - side * step * 1.4, 0.58))
    pen.area(inks.accent, (0.44, 0.33), (0.56, 0.33), (0.585, 0.66), (0.41, 0.66))
    pen.area(inks.body, (0.40, 0.36), (0.45, 0.34), (0.45, 0.56), (0.38, 0.54))
    pen.round(inks.bright, 0.505, 0.245, 0.062, 0.072)
    pen.area(inks.dark, (0.41, 0.225), (0.60, 0.225), (0.555, 0.165), (0.455, 0.165))


def _robot(pen: Pen, inks: Inks, turn: float) -> None:
    step = 0.06 * cos(turn * pi)
    for side in (-1, 1):
        pen.stroke(inks.dark, 0.075, (0.5 + side * 0.08, 0.66), (0.5 + side * (0.08 + step), 0.92))
        pen.box(inks.dark, 0.44 + side * (0.08 + step), 0.89, 0.56 + side * (0.08 + step), 0.95, soft=0.02)
        pen.stroke(inks.dark, 0.055, (0.5 + side * 0.19, 0.44), (0.5 + side * (0.25 - step), 0.62))
        pen.round(inks.bright, 0.5 + side * (0.25 - step), 0.64, 0.04)
    pen.box(inks.body, 0.32, 0.38, 0.68, 0.70, soft=0.05)
    pen.box(inks.bright, 0.34, 0.40, 0.42, 0.68, soft=0.03)
    pen.round(inks.accent, 0.53, 0.54, 0.07)
    pen.stroke(inks.dark, 0.014, (0.5, 0.14), (0.5, 0.06))
    pen.round(inks.accent, 0.5, 0.05, 0.026)
    pen.box(inks.body, 0.36, 0.13, 0.64, 0.35, soft=0.06)
    pen.box(inks.dark, 0.395, 0.185, 0.605, 0.275, soft=0.04)
    for x in (0.45, 0.55):
        pen.round(inks.lamp, x, 0.23, 0.03)


def _whale(pen: Pen, inks: Inks, turn: float) -> None:
    up = 0.05 * turn
    pen.area(inks.body, (0.12, 0.50), (0.02, 0.34 - up), (0.13, 0.38 - up), (0.20, 0.30 - up), (0.24, 0.50))
    pen.round(inks.body, 0.58, 0.50, 0.38, 0.17)
    pen.area(inks.body, (0.12, 0.48), (0.40, 0.36), (0.40, 0.66))
    pen.round(inks.bright, 0.66, 0.595, 0.27, 0.07)
    pen.area(inks.dark, (0.55, 0.58), (0.66, 0.60), (0.50, 0.76 + up))
    pen.area(inks.body, (0.46, 0.36), (0.58, 0.345), (0.46, 0.27))
    pen.round(inks.dark, 0.84, 0.48, 0.017)
    pen.stroke(inks.dark, 0.008, (0.95, 0.53), (0.84, 0.555), (0.76, 0.55))


def _fox(pen: Pen, inks: Inks, turn: float) -> None:
    step = 0.05 * cos(turn * pi)
    for x, side in ((0.36, 1), (0.42, -1), (0.64, 1), (0.70, -1)):
        pen.stroke(inks.dark, 0.036, (x, 0.66), (x + side * step, 0.86))
    pen.area(inks.accent, (0.34, 0.58), (0.20, 0.46), (0.05, 0.50 + 0.03 * turn), (0.12, 0.60), (0.30, 0.68))
    pen.area(inks.bright, (0.05, 0.50 + 0.03 * turn), (0.12, 0.485), (0.13, 0.60))
    pen.round(inks.accent, 0.53, 0.61, 0.23, 0.105)
    pen.area(inks.accent, (0.66, 0.60), (0.76, 0.38), (0.86, 0.46), (0.76, 0.66))
    pen.area(inks.accent, (0.72, 0.46), (0.75, 0.27), (0.81, 0.36), (0.84, 0.26), (0.88, 0.40), (0.985, 0.50), (0.84, 0.54))
    pen.area(inks.bright, (0.985, 0.50), (0.84, 0.54), (0.78, 0.52), (0.87, 0.49))
    pen.round(inks.dark, 0.865, 0.43, 0.012)
    pen.round(inks.dark, 0.98, 0.498, 0.012)


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
    Subject.SHIP: _Cast(_ship, 0.36, 0.86, None, order=0.60, run=0.26, bob=(0.012, 3.4)),
    Subject.BALLOON: _Cast(_balloon, 0.34, 0.5, 0.34, order=0.62, run=0.14, climb=0.08, bob=(0.018, 5.2), poses=1),
    Subject.ROCKET: _Cast(_rocket, 0.40, 0.5, 0.52, order=0.85, run=0.10, climb=0.22, bob=(0.006, 1.3)),
    Subject.BIRDS: _Cast(_birds, 0.32, 0.5, 0.28, order=0.70, run=0.30, climb=0.04, bob=(0.012, 2.9), poses=6),
    Subject.CAR: _Cast(_car, 0.26, 0.85, None, order=0.90, run=0.42, bob=(0.0015, 0.7), poses=4),
    Subject.TRAIN: _Cast(_train, 0.62, 0.73, None, order=0.72, run=0.55, bob=(0.0012, 0.6), poses=1),
    Subject.HOUSE: _Cast(_house, 0.34, 0.87, None, order=0.74, run=-0.24, bob=(0.0, 1.0)),
    Subject.LIGHTHOUSE: _Cast(_lighthouse, 0.56, 0.93, None, order=0.50, run=-0.14, bob=(0.0, 1.0), poses=8),
    Subject.TREE: _Cast(_tree, 0.44, 0.95, None, order=0.76, run=-0.28, bob=(0.0, 1.0)),
    Subject.WALKER: _Cast(_walker, 0.32, 0.94, None, order=0.86, run=0.16, bob=(0.003, 0.6), poses=8),
    Subject.ROBOT: _Cast(_robot, 0.38, 0.95, None, order=0.90, run=0.16, bob=(0.003, 0.6), poses=8),
    Subject.WHALE: _Cast(_whale, 0.56, 0.5, 0.46, order=0.56, run=0.24, bob=(0.014, 4.6), poses=6),
    Subject.FOX: _Cast(_fox, 0.32, 0.86, None, order=0.88, run=0.26, bob=(0.003, 0.5), poses=8),
}
_GROUNDS: Mapping[Place, float] = {
    Place.MOUNTAINS: 0.80, Place.SEA: 0.74, Place.CITY: 0.865, Place.SPACE: 0.60, Place.FOREST: 0.83,
    Place.DESERT: 0.80, Place.MEADOW: 0.81, Place.DEEP: 0.60, Place.ABSTRACT: 0.76,
}  # fmt: skip


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
        order=cast.order,
        pan=-canvas.width * cast.run,
        climb=canvas.height * cast.climb,
        bob=(canvas.unit * far, period, chance.uniform()),
    )


def _pose(cast: _Cast, inks: Inks, size: int, number: int):  # type: ignore[no-untyped-def]
    turn = sin(2 * pi * number / max(cast.poses, 2))
    return drawn(size, size, lambda pen, scale: cast.draw(Pen(pen, size * scale), inks, turn))


def _inks(look: Look, palette: Palette) -> Inks:
    chance = look.chance("inks")
    accents = ((0.86, 0.22, 0.18), (0.95, 0.62, 0.15), (0.16, 0.48, 0.72), (0.88, 0.30, 0.42), (0.20, 0.55, 0.42))
    tint = (0.88, 0.42, 0.14) if look.subject is Subject.FOX else accents[int(chance.integers(len(accents)))]
    if look.hue is not None:
        tint = colorsys.hls_to_rgb(look.hue, 0.48, 0.75)
    ambient = np.clip(palette.ambient, 0.42, 1.0)
    accent = np.asarray(tint, np.float32) * ambient
    dark = mixed(palette.land(0.08, tint=(0.12, 0.11, 0.15)), palette.low, 0.10)
    body = mixed(np.array((0.62, 0.60, 0.62), np.float32) * ambient, palette.middle, 0.12)
    bright = mixed(palette.land(0.0, tint=(0.95, 0.93, 0.88)), palette.light, 0.35)
    return Inks(*(_ink(colour) for colour in (dark, body, bright, accent)), (255, 226, 150, 255))


def _ink(colour: np.ndarray) -> Ink:  # type: ignore[type-arg]
    return (*(int(np.clip(value, 0, 1) * 255) for value in colour), 255)
