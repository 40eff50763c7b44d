"""Woods: trunks one behind the other in the haze, light between them."""

from collections.abc import Iterator

import numpy as np
from PIL import ImageDraw

from taskforce.infrastructure.videos.offline.canvas import (
    TRAVEL,
    Canvas,
    Layer,
    drawn,
    image_of,
    land,
    wavering,
)
from taskforce.infrastructure.videos.offline.look import Look
from taskforce.infrastructure.videos.offline.palettes import Palette, Pixels, mixed
from taskforce.infrastructure.videos.offline.skies import Sun
from taskforce.infrastructure.videos.offline.vocabulary import Subject

_ASIDE = (0.04, 1.28)
"""Where the nearest trees stand beside somebody, in widths: wherever the camera is, they hide nobody."""
_NEAREST = 0.9
"""Trees that are nearer are dark: they have the light behind them."""


def woods(look: Look, palette: Palette, canvas: Canvas, sun: Sun) -> Iterator[Layer]:
    """Give five rows of trees, shafts of light, ferns in front and fireflies."""
    chance = look.chance("woods")
    for number, depth in enumerate((0.12, 0.28, 0.46, 0.68, 0.95)):
        far = 1 - depth
        colour = mixed(palette.land(far * 0.9), palette.light, 0.22 * far)
        base = canvas.height * (0.66, 0.72, 0.80, 0.89, 1.0)[number]
        line = base - canvas.unit * 0.02 * wavering(chance, canvas.reach(depth), swell=canvas.unit * 0.4)
        yield _trunks(
            chance,
            canvas,
            colour * (0.45 if depth > _NEAREST else 0.9),
            base=base,
            depth=depth,
            number=number,
            leaves_room=depth > _NEAREST and look.subject is not Subject.NOTHING,
        )
        top = int(line.min()) - 2
        ground = land(
            (line - top).astype(np.float32), canvas.height - top + 6, colour * 0.9, foot=colour * 0.55,
            rim=mixed(colour, palette.light, 0.35),
        )  # fmt: skip
        yield Layer(poses=(ground,), top=top, order=depth + 0.01, pan=canvas.width * TRAVEL * depth)
    yield _shafts(chance, palette, canvas, sun)
    yield _fireflies(chance, palette, canvas)


def _trunks(
    chance: np.random.Generator,
    canvas: Canvas,
    colour: Pixels,
    *,
    base: float,
    depth: float,
    number: int,
    leaves_room: bool,
) -> Layer:
    width, height = canvas.reach(depth), int(base) + 6
    count = (30, 22, 14, 8, 4)[number]
    places = (np.arange(count) + chance.uniform(0.1, 0.9, count)) * width / count
    if leaves_room:
        count, places = len(_ASIDE), (np.array(_ASIDE) + chance.uniform(-0.03, 0.03)) * canvas.width
    thick = canvas.unit * (0.009, 0.015, 0.026, 0.042, 0.075)[number]
    ink = tuple(int(np.clip(value, 0, 1) * 255) for value in colour)
    leaves = tuple(int(np.clip(value, 0, 1) * 255) for value in colour * 0.94)
    crowns = chance.uniform(0, 1, (count, 9, 3))

    def draw(pen: ImageDraw.ImageDraw, scale: float) -> None:
        for tree, x in enumerate(places):
            half = thick * (0.7 + 0.6 * crowns[tree, 0, 0]) / 2
            lean = (crowns[tree, 0, 1] - 0.5) * thick * 3
            foot, head = height * scale, 0
            pen.polygon(
                (((x - half * 1.5) * scale, foot), ((x + half * 1.5) * scale, foot),
                 ((x + half * 0.8 + lean) * scale, head), ((x - half * 0.8 + lean) * scale, head)),
                fill=(*ink, 255),
            )  # fmt: skip
            for across, down, size in crowns[tree]:
                r = canvas.unit * (0.05 + 0.08 * size) * (0.45 + 0.8 * depth) * scale
                cx = (x + lean + (across - 0.5) * thick * 9) * scale
                cy = (down * 0.24 * (1.35 - depth) * canvas.height) * scale
                pen.ellipse((cx - r, cy - r * 0.75, cx + r, cy + r * 0.75), fill=(*leaves, 255))

    return Layer(
        poses=(drawn(width, height, draw),),
        order=depth,
        pan=canvas.width * TRAVEL * depth,
        sway=(1.5 + depth, 5.0 + number, number / 5),
    )


def _shafts(chance: np.random.Generator, palette: Palette, canvas: Canvas, sun: Sun) -> Layer:
    width, height = canvas.width + 120, canvas.height
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = (columns - sun.x - 60) / (rows - sun.y + 0.8 * height)
    beams = np.clip(wavering(chance, 2048, swell=60, octaves=3), 0, 1)
    strength = np.interp(angle, np.linspace(-2, 2, 2048), beams).astype(np.float32)
    fading = np.clip(1.05 - rows / height, 0, 1)
    return Layer(
        poses=(image_of(palette.light, 0.42 * strength * fading),),
        left=-60,
        order=0.5,
        sway=(22.0, 10.0, 0.0),
    )


def _fireflies(chance: np.random.Generator, palette: Palette, canvas: Canvas) -> Layer:
    width, height = canvas.reach(0.8), int(canvas.height * 0.55)
    places = chance.uniform(0, 1, (40, 3))
    ink = tuple(int(value * 255) for value in mixed(palette.light, np.array((1, 0.95, 0.6), np.float32), 0.5))

    def draw(pen: ImageDraw.ImageDraw, scale: float) -> None:
        for x, y, size in places:
            for part in range(5, 0, -1):
                r = canvas.unit * (0.0012 + 0.0015 * size) * part * scale
                box = (
                    x * width * scale - r,
                    y * height * scale - r,
                    x * width * scale + r,
                    y * height * scale + r,
                )
                pen.ellipse(box, fill=(*ink, (200, 95, 55, 32, 16)[part - 1]))

    return Layer(
        poses=(drawn(width, height, draw),),
        top=canvas.height * 0.36,
        order=0.85,
        pan=canvas.width * TRAVEL * 0.7,
        sway=(canvas.unit * 0.02, 5.3, 0.0),
    )
