"""Cities: rows of houses with windows, a wet street before them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from taskforce.infrastructure.videos.offline.canvas import (
    TRAVEL,
    Canvas,
    Layer,
    clouded,
    drawn,
    gradient,
    image_of,
)
from taskforce.infrastructure.videos.offline.look import Look
from taskforce.infrastructure.videos.offline.palettes import Palette, Pixels, ink, mixed
from taskforce.infrastructure.videos.offline.vocabulary import Hour

_MAST = 2
"""Of four kinds of roof: a box, a gable, a mast, flat."""
STREET = 0.84
"""Where the street begins, in heights."""


@dataclass(frozen=True, slots=True)
class _Row:
    """Houses side by side."""

    depth: float
    tall: float
    wide: float
    colour: Pixels
    lit: float
    """The share of windows with light."""


def city(look: Look, palette: Palette, canvas: Canvas) -> Iterator[Layer]:
    """Give three rows of houses, and the street with their light on it."""
    chance = look.chance("city")
    lit = {Hour.NIGHT: 0.55, Hour.DUSK: 0.42, Hour.DAWN: 0.2, Hour.DAY: 0.0}[look.hour]
    rows = (
        _Row(0.16, 0.42, 0.060, palette.land(0.82), lit * 0.5),
        _Row(0.36, 0.50, 0.085, palette.land(0.50), lit * 0.8),
        _Row(0.66, 0.46, 0.130, palette.land(0.14), lit),
    )
    for row in rows:
        yield _houses(chance, palette, canvas, row)
    yield _street(look, palette, canvas, lit)
    yield _lamps(palette, canvas, lit)


def _houses(chance: np.random.Generator, palette: Palette, canvas: Canvas, row: _Row) -> Layer:
    width, height = canvas.reach(row.depth), int(canvas.height * STREET)
    lamp = mixed(palette.light, np.array((1.0, 0.80, 0.42), np.float32), 0.65)
    houses: list[tuple[float, float, float, np.random.Generator]] = []
    x = -canvas.unit * 0.05
    while x < width:
        wide = canvas.unit * row.wide * chance.uniform(0.7, 1.5)
        tall = (
            canvas.unit * row.tall * chance.uniform(0.35, 1.0) * (0.85 + 0.3 * canvas.height / canvas.width)
        )
        houses.append((x, wide, tall, np.random.default_rng(chance.integers(2**32))))
        x += wide * chance.uniform(0.96, 1.12)

    def draw(pen: ImageDraw.ImageDraw, scale: float) -> None:
        for left, wide, tall, own in houses:
            _house(pen, scale, (left, height - tall, left + wide, height), row, (own, lamp, palette.light))

    image = drawn(width, height, draw)
    return Layer(
        poses=(_hazed(image, palette, row.depth),), order=row.depth, pan=canvas.width * TRAVEL * row.depth
    )


def _house(
    pen: ImageDraw.ImageDraw,
    scale: float,
    box: tuple[float, float, float, float],
    row: _Row,
    told: tuple[np.random.Generator, Pixels, Pixels],
) -> None:
    own, lamp, light = told
    left, top, right, bottom = (side * scale for side in box)
    body = row.colour * own.uniform(0.86, 1.10)
    pen.rectangle((left, top, right, bottom), fill=ink(body))
    pen.rectangle((left, top, left + (right - left) * 0.10, bottom), fill=ink(mixed(body, light, 0.16)))
    kind = own.integers(4)
    middle, wide = (left + right) / 2, right - left
    if kind == 0:
        pen.rectangle((left + wide * 0.2, top - wide * 0.25, right - wide * 0.2, top), fill=ink(body))
    elif kind == 1:
        pen.polygon(((left, top), (right, top), (middle, top - wide * 0.5)), fill=ink(body))
    elif kind == _MAST:
        pen.line((middle, top, middle, top - wide * 0.7), fill=ink(body), width=max(1, int(wide * 0.04)))
    _windows(pen, (left, top, right, bottom), scale, row, (own, lamp, mixed(body, light, 0.22)))


def _windows(
    pen: ImageDraw.ImageDraw,
    box: tuple[float, float, float, float],
    scale: float,
    row: _Row,
    told: tuple[np.random.Generator, Pixels, Pixels],
) -> None:
    own, lamp, dark = told
    left, top, right, bottom = box
    columns = max(2, int((right - left) / scale / (7 + 11 * row.depth)))
    step = (right - left) / (columns + 0.6)
    storey = step * own.uniform(1.1, 1.5)
    for level in range(int((bottom - top) / storey) - 1):
        for column in range(columns):
            x, y = left + step * (0.5 + column), top + storey * (0.5 + level)
            burns = own.uniform() < row.lit
            hue = ink(lamp * own.uniform(0.75, 1.0)) if burns else ink(dark * 0.95)
            pen.rectangle((x, y, x + step * 0.52, y + storey * 0.52), fill=hue)


def _hazed(image: Image.Image, palette: Palette, depth: float) -> Image.Image:
    shown = np.asarray(image).astype(np.float32) / 255
    rise = np.linspace(0, 1, shown.shape[0], dtype=np.float32)[:, None, None] ** 2.2
    return image_of(mixed(shown[..., :3], palette.low, 0.55 * (1 - depth) * rise), shown[..., 3])


def _street(look: Look, palette: Palette, canvas: Canvas, lit: float) -> Layer:
    top = int(canvas.height * STREET)
    width, height = canvas.reach(0.66), canvas.height - top + 8
    dark = palette.land(0.0, tint=(0.12, 0.13, 0.19))
    shown = np.repeat(gradient(height, ((0.0, mixed(dark, palette.low, 0.4)), (1.0, dark))), width, axis=1)
    shine = clouded(look.chance("street"), width, height, grain=((90, 3), (180, 5), (300, 9)))
    warm = np.array((1.0, 0.72, 0.36), np.float32)
    shown = mixed(shown, mixed(palette.light, warm, lit), (0.35 * np.clip(shine - 0.45, 0, 1))[..., None])
    return Layer(
        poses=(image_of(shown, np.ones((height, width), np.float32)),),
        top=top,
        order=0.67,
        pan=canvas.width * TRAVEL * 0.66,
    )


def _lamps(palette: Palette, canvas: Canvas, lit: float) -> Layer:
    width, height = canvas.reach(0.9), int(canvas.unit * 0.34)
    dark = ink(palette.land(0.0, tint=(0.06, 0.06, 0.09)))
    apart = canvas.unit * 0.62

    def draw(pen: ImageDraw.ImageDraw, scale: float) -> None:
        for number in range(int(width / apart) + 1):
            x, top, size = (number + 0.4) * apart * scale, height * 0.16 * scale, canvas.unit * 0.006 * scale
            pen.rectangle((x - size / 2, top, x + size / 2, height * scale), fill=dark)
            pen.line((x, top, x + size * 7, top), fill=dark, width=int(size))
            if lit:
                for part in range(9, 0, -1):
                    r = size * part * 1.5
                    box = (x + size * 7 - r, top + size - r, x + size * 7 + r, top + size + r)
                    pen.ellipse(box, fill=(255, 214, 140, 176 if part == 1 else 26 + 10 * (9 - part)))

    return Layer(
        poses=(drawn(width, height, draw),),
        top=canvas.height * 0.985 - height,
        order=0.93,
        pan=canvas.width * TRAVEL * 0.9,
    )
