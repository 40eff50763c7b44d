"""The figures themselves: ships, houses, animals, of a few shapes that take the light from one side.

Each is drawn on a square; `turn` goes from -1 to 1 and back, and moves what moves in it.
"""

from dataclasses import dataclass
from math import cos, pi, sin
from typing import TypeAlias

from PIL import ImageDraw

Ink: TypeAlias = tuple[int, ...]


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

    def box(
        self, ink: Ink, left: float, top: float, right: float, bottom: float, *, soft: float = 0.0
    ) -> None:
        """Fill a box, its corners rounded by so much."""
        sides = [left * self._size, top * self._size, right * self._size, bottom * self._size]
        self._pen.rounded_rectangle(sides, radius=soft * self._size, fill=ink)

    def stroke(self, ink: Ink, wide: float, *points: tuple[float, float]) -> None:
        """Draw a line through points."""
        whole = [(x * self._size, y * self._size) for x, y in points]
        self._pen.line(whole, fill=ink, width=max(1, int(wide * self._size)), joint="curve")


def ship(pen: Pen, inks: Inks, turn: float) -> None:
    """Draw a ship under sail, its pennant in the wind."""
    pen.stroke(inks.dark, 0.014, (0.50, 0.78), (0.50, 0.08))
    pen.area(inks.bright, (0.52, 0.10), (0.52, 0.66), (0.90, 0.66), (0.74, 0.36))
    pen.area(inks.body, (0.48, 0.16), (0.48, 0.66), (0.16, 0.66), (0.30, 0.44))
    pen.area(inks.accent, (0.50, 0.08), (0.50, 0.13), (0.60, 0.105 + 0.02 * turn))
    pen.area(inks.dark, (0.08, 0.70), (0.94, 0.70), (0.82, 0.88), (0.20, 0.88))
    pen.area(inks.accent, (0.08, 0.70), (0.94, 0.70), (0.925, 0.735), (0.10, 0.735))


def balloon(pen: Pen, inks: Inks, turn: float) -> None:  # noqa: ARG001 - all figures are called alike
    """Draw a hot-air balloon."""
    pen.round(inks.accent, 0.5, 0.36, 0.32, 0.34)
    pen.area(inks.accent, (0.22, 0.50), (0.78, 0.50), (0.56, 0.76), (0.44, 0.76))
    for middle, wide, ink in ((0.40, 0.10, inks.bright), (0.60, 0.08, inks.body)):
        pen.round(ink, middle, 0.36, wide, 0.335)
        pen.area(ink, (middle - wide, 0.42), (middle + wide, 0.42), (0.50 + (middle - 0.5) * 0.4, 0.75))
    pen.stroke(inks.dark, 0.008, (0.45, 0.75), (0.46, 0.86))
    pen.stroke(inks.dark, 0.008, (0.55, 0.75), (0.54, 0.86))
    pen.box(inks.dark, 0.445, 0.85, 0.555, 0.94, soft=0.015)


def rocket(pen: Pen, inks: Inks, turn: float) -> None:
    """Draw a rocket with its flame."""
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


def birds(pen: Pen, inks: Inks, turn: float) -> None:
    """Draw a flock that flaps."""
    for x, y, size, ahead in ((0.52, 0.40, 0.20, 0.0), (0.22, 0.56, 0.14, 0.3), (0.80, 0.60, 0.15, 0.6),
                              (0.38, 0.76, 0.11, 0.8), (0.66, 0.80, 0.10, 0.1)):  # fmt: skip
        rise = 0.55 * sin(2 * pi * ahead + turn * pi) * size
        for side in (-1, 1):
            elbow = (x + side * size * 0.5, y - size * 0.16 - rise * 0.6)
            tip = (x + side * size, y - rise + size * 0.06)
            pen.area(
                inks.dark,
                (x, y - size * 0.05),
                elbow,
                tip,
                (elbow[0], elbow[1] + size * 0.10),
                (x, y + size * 0.08),
            )
        pen.round(inks.dark, x, y, size * 0.10, size * 0.13)


def car(pen: Pen, inks: Inks, turn: float) -> None:
    """Draw a car with its lamps on."""
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


def train(pen: Pen, inks: Inks, turn: float) -> None:  # noqa: ARG001 - all figures are called alike
    """Draw a train of three carriages."""
    for left in (0.0, 0.33):
        pen.box(inks.accent, left + 0.01, 0.52, left + 0.31, 0.70, soft=0.02)
        for window in range(4):
            x = left + 0.04 + 0.066 * window
            pen.box(inks.lamp, x, 0.56, x + 0.045, 0.62, soft=0.008)
    pen.area(inks.accent, (0.66, 0.52), (0.86, 0.52), (0.99, 0.66), (0.99, 0.70), (0.66, 0.70))
    pen.area(inks.bright, (0.84, 0.545), (0.875, 0.545), (0.955, 0.63), (0.84, 0.63))
    pen.box(inks.bright, 0.0, 0.645, 0.97, 0.66)
    pen.box(inks.dark, 0.0, 0.70, 1.0, 0.735)


def house(pen: Pen, inks: Inks, turn: float) -> None:
    """Draw a house with lit windows and smoke."""
    pen.box(inks.dark, 0.66, 0.20, 0.74, 0.42)
    pen.round((235, 235, 240, 110), 0.72 + 0.02 * turn, 0.13, 0.05, 0.035)
    pen.round((235, 235, 240, 70), 0.78 + 0.03 * turn, 0.06, 0.06, 0.04)
    pen.box(inks.body, 0.20, 0.48, 0.80, 0.88)
    pen.area(inks.bright, (0.20, 0.48), (0.36, 0.48), (0.36, 0.88), (0.20, 0.88))
    pen.area(inks.accent, (0.12, 0.50), (0.50, 0.20), (0.88, 0.50))
    pen.box(inks.dark, 0.45, 0.64, 0.57, 0.88, soft=0.01)
    for x in (0.27, 0.65):
        pen.box(inks.lamp, x, 0.58, x + 0.10, 0.70, soft=0.008)


def lighthouse(pen: Pen, inks: Inks, turn: float) -> None:
    """Draw a lighthouse whose light goes round."""
    for far in (0.5, 0.42, 0.34, 0.26, 0.18):  # thinner the farther it shines
        reach, wide, sweep = 0.5 + far, 0.20 * far, 0.20 * turn * far
        pen.area(
            (255, 244, 200, 34 + int(90 * (0.5 - far))),
            (0.5, 0.215),
            (reach, 0.215 - wide + sweep),
            (reach, 0.215 + wide + sweep),
        )
        pen.area(
            (255, 244, 200, 20 + int(60 * (0.5 - far))),
            (0.5, 0.215),
            (1 - reach, 0.215 - wide - sweep),
            (1 - reach, 0.215 + wide - sweep),
        )
    pen.area(inks.bright, (0.435, 0.28), (0.565, 0.28), (0.62, 0.90), (0.38, 0.90))
    for top, low in ((0.34, 0.46), (0.58, 0.70)):
        left, right = 0.435 - 0.089 * (top - 0.28), 0.565 + 0.089 * (top - 0.28)
        grown = 0.089 * (low - top)
        pen.area(inks.accent, (left, top), (right, top), (right + grown, low), (left - grown, low))
    pen.box(inks.dark, 0.415, 0.265, 0.585, 0.285)
    pen.box(inks.lamp, 0.455, 0.17, 0.545, 0.265)
    pen.area(inks.accent, (0.44, 0.175), (0.56, 0.175), (0.50, 0.09))
    pen.area(
        inks.dark,
        (0.10, 1.0),
        (0.20, 0.91),
        (0.31, 0.92),
        (0.40, 0.86),
        (0.60, 0.87),
        (0.70, 0.91),
        (0.83, 0.92),
        (0.94, 1.0),
    )


def tree(pen: Pen, inks: Inks, turn: float) -> None:
    """Draw a tree that sways."""
    pen.area(inks.dark, (0.46, 0.95), (0.48, 0.45), (0.53, 0.45), (0.56, 0.95))
    pen.stroke(inks.dark, 0.03, (0.50, 0.62), (0.34, 0.44))
    pen.stroke(inks.dark, 0.03, (0.51, 0.56), (0.68, 0.40))
    lean = 0.008 * turn
    for x, y, r in (
        (0.32, 0.42, 0.17),
        (0.68, 0.40, 0.18),
        (0.50, 0.30, 0.22),
        (0.42, 0.48, 0.14),
        (0.6, 0.5, 0.13),
    ):
        pen.round(inks.body, x + lean, y, r)
    for x, y, r in ((0.28, 0.37, 0.10), (0.46, 0.23, 0.13), (0.63, 0.34, 0.10)):
        pen.round(inks.accent, x + lean, y, r)


def walker(pen: Pen, inks: Inks, turn: float) -> None:
    """Draw somebody on foot."""
    step = 0.085 * cos(turn * pi)
    for side in (-1, 1):
        pen.stroke(
            inks.dark, 0.055, (0.50, 0.62), (0.50 + side * step * 0.6, 0.76), (0.49 + side * step * 1.5, 0.93)
        )
        pen.stroke(
            inks.dark, 0.038, (0.50, 0.38), (0.50 - side * step * 0.8, 0.50), (0.53 - side * step * 1.4, 0.58)
        )
    pen.area(inks.accent, (0.44, 0.33), (0.56, 0.33), (0.585, 0.66), (0.41, 0.66))
    pen.area(inks.body, (0.40, 0.36), (0.45, 0.34), (0.45, 0.56), (0.38, 0.54))
    pen.round(inks.bright, 0.505, 0.245, 0.062, 0.072)
    pen.area(inks.dark, (0.41, 0.225), (0.60, 0.225), (0.555, 0.165), (0.455, 0.165))


def robot(pen: Pen, inks: Inks, turn: float) -> None:
    """Draw a robot that walks."""
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


def whale(pen: Pen, inks: Inks, turn: float) -> None:
    """Draw a whale that beats its tail."""
    up = 0.05 * turn
    pen.area(inks.body, (0.12, 0.50), (0.02, 0.34 - up), (0.13, 0.38 - up), (0.20, 0.30 - up), (0.24, 0.50))
    pen.round(inks.body, 0.58, 0.50, 0.38, 0.17)
    pen.area(inks.body, (0.12, 0.48), (0.40, 0.36), (0.40, 0.66))
    pen.round(inks.bright, 0.66, 0.595, 0.27, 0.07)
    pen.area(inks.dark, (0.55, 0.58), (0.66, 0.60), (0.50, 0.76 + up))
    pen.area(inks.body, (0.46, 0.36), (0.58, 0.345), (0.46, 0.27))
    pen.round(inks.dark, 0.84, 0.48, 0.017)
    pen.stroke(inks.dark, 0.008, (0.95, 0.53), (0.84, 0.555), (0.76, 0.55))


def fox(pen: Pen, inks: Inks, turn: float) -> None:
    """Draw a fox that trots."""
    step = 0.05 * cos(turn * pi)
    for x, side in ((0.36, 1), (0.42, -1), (0.64, 1), (0.70, -1)):
        pen.stroke(inks.dark, 0.036, (x, 0.66), (x + side * step, 0.86))
    pen.area(inks.accent, (0.34, 0.58), (0.20, 0.46), (0.05, 0.50 + 0.03 * turn), (0.12, 0.60), (0.30, 0.68))
    pen.area(inks.bright, (0.05, 0.50 + 0.03 * turn), (0.12, 0.485), (0.13, 0.60))
    pen.round(inks.accent, 0.53, 0.61, 0.23, 0.105)
    pen.area(inks.accent, (0.66, 0.60), (0.76, 0.38), (0.86, 0.46), (0.76, 0.66))
    pen.area(
        inks.accent,
        (0.72, 0.46),
        (0.75, 0.27),
        (0.81, 0.36),
        (0.84, 0.26),
        (0.88, 0.40),
        (0.985, 0.50),
        (0.84, 0.54),
    )
    pen.area(inks.bright, (0.985, 0.50), (0.84, 0.54), (0.78, 0.52), (0.87, 0.49))
    pen.round(inks.dark, 0.865, 0.43, 0.012)
    pen.round(inks.dark, 0.98, 0.498, 0.012)
