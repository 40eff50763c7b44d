"""No place at all: soft fields of colour, discs and ribbons in depth."""

from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageDraw

from taskforce.infrastructure.videos.offline.canvas import (
    TRAVEL,
    Canvas,
    Layer,
    clouded,
    drawn,
    image_of,
    land,
    wavering,
)
from taskforce.infrastructure.videos.offline.look import Look
from taskforce.infrastructure.videos.offline.palettes import Pixels, graded, mixed, turned


def hues(look: Look) -> list[Pixels]:
    """Return four colours that go together."""
    chance = look.chance("hues")
    first = float(chance.uniform(0, 1)) if look.hue is None else look.hue
    base = np.array((0.88, 0.24, 0.30), np.float32)
    return [graded(turned(base, first + step), look.style) for step in (0.0, 0.09, 0.45, 0.56)]


def field(look: Look, canvas: Canvas) -> Image.Image:
    """Return colours that flow into each other."""
    chance = look.chance("field")
    colours = hues(look)
    size = (canvas.width, canvas.height)
    one = clouded(chance, *size, grain=((3, 3), (5, 4)))[..., None]
    other = clouded(chance, *size, grain=((3, 2), (4, 5)))[..., None]
    shown = mixed(mixed(colours[3] * 0.30, colours[2] * 0.75, one), colours[3] * 0.95, 0.8 * other * one)
    noise = chance.uniform(-0.5, 0.5, shown.shape[:2]).astype(np.float32)[..., None] / 255
    return image_of(np.clip(shown * 0.9 + noise, 0, 1))


def shapes(look: Look, canvas: Canvas) -> Iterator[Layer]:
    """Give discs that float and ribbons that swing."""
    chance = look.chance("shapes")
    colours = hues(look)
    for number, depth in enumerate((0.2, 0.35, 0.5, 0.65, 0.8, 0.92)):
        radius = canvas.unit * float(chance.uniform(0.07, 0.20)) * (0.6 + 0.7 * depth)
        yield Layer(
            poses=(_disc(radius, colours[number % 4], ring=number in (2, 5)),),
            left=canvas.width * float(chance.uniform(0.02, 1.02)) - radius,
            top=canvas.height * float(chance.uniform(0.08, 0.70)) - radius,
            order=depth,
            pan=canvas.width * TRAVEL * depth * 1.3,
            bob=(canvas.unit * 0.03 * (0.5 + depth), 5.0 + 1.3 * number, number / 6),
        )
    for number, depth in enumerate((0.3, 0.58, 0.88)):
        line = wavering(chance, canvas.reach(depth) + 60, swell=canvas.unit * 0.7, octaves=2)
        base = canvas.height * (0.66, 0.80, 0.93)[number]
        tops = base - canvas.unit * 0.09 * line
        top = int(tops.min()) - 2
        colour = colours[(number + 1) % 4] * (0.85 - 0.12 * number)
        image = land(
            (tops - top).astype(np.float32), canvas.height - top + 8, colour, foot=colour * 0.5,
            rim=mixed(colour, np.ones(3, np.float32), 0.7),
        )  # fmt: skip
        yield Layer(
            poses=(image,), left=-30, top=top, order=depth, pan=canvas.width * TRAVEL * depth,
            sway=(22.0, 6.0 + number, number / 3),
        )  # fmt: skip


def _disc(radius: float, colour: Pixels, *, ring: bool) -> Image.Image:
    size = int(2 * radius) + 4
    if ring:
        ink = tuple(int(value * 255) for value in mixed(colour, np.ones(3, np.float32), 0.4))

        def draw(pen: ImageDraw.ImageDraw, scale: float) -> None:
            box = (2 * scale, 2 * scale, (size - 2) * scale, (size - 2) * scale)
            pen.ellipse(box, outline=(*ink, 235), width=int(radius * 0.16 * scale))

        return drawn(size, size, draw)
    rows, columns = np.mgrid[0:size, 0:size].astype(np.float32) - size / 2
    away = np.hypot(rows, columns)
    lit = np.clip(0.5 - (columns + rows) / (2.6 * radius), 0, 1)[..., None]
    shown = mixed(colour * 0.75, mixed(colour, np.ones(3, np.float32), 0.55), lit)
    return image_of(shown, np.clip(radius - away + 0.5, 0, 1) * 0.92)
