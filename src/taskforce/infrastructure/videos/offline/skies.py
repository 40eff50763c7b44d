"""The sky: its colours, sun or moon, stars and clouds, and what falls from it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from taskforce.infrastructure.videos.offline.canvas import (
    Canvas,
    Layer,
    clouded,
    drawn,
    gradient,
    image_of,
)
from taskforce.infrastructure.videos.offline.look import Look
from taskforce.infrastructure.videos.offline.palettes import Palette, Pixels, mixed
from taskforce.infrastructure.videos.offline.vocabulary import Hour, Weather


@dataclass(frozen=True, slots=True)
class Sun:
    """Where sun or moon stands, and how large it is, in pixels."""

    x: float
    y: float
    radius: float


def sun_of(look: Look, canvas: Canvas, horizon: float) -> Sun:
    """Return where the light comes from: low at dawn and dusk, high at noon and at night."""
    chance = look.chance("sun")
    lowest, highest = {
        Hour.DAWN: (0.10, 0.28),
        Hour.DUSK: (0.06, 0.22),
        Hour.DAY: (0.55, 0.75),
        Hour.NIGHT: (0.50, 0.72),
    }[look.hour]
    size = {Hour.DAY: 0.05, Hour.NIGHT: 0.055}.get(look.hour, 0.085)
    side = chance.choice((-1, 1)) * chance.uniform(0.10, 0.30)
    return Sun(
        x=canvas.width * (0.5 + side),
        y=horizon * (1 - chance.uniform(lowest, highest)),
        radius=canvas.unit * size,
    )


def sky(look: Look, palette: Palette, canvas: Canvas, horizon: float, sun: Sun) -> Image.Image:
    """Return the whole background, with the light in it."""
    span = horizon / canvas.height
    stops = [(0.0, palette.top), (0.62 * span, palette.middle), (span, palette.low), (1.0, palette.low)]
    shown = np.repeat(gradient(canvas.height, stops), canvas.width, axis=1)
    chance = look.chance("sky")
    if look.hour is Hour.NIGHT and look.weather is not Weather.RAIN:
        shown = shown + starry(chance, canvas.width, canvas.height, count=420)[..., None] * 0.9
    veil = clouded(chance, canvas.width, canvas.height, grain=((5, 9), (11, 22), (23, 48), (50, 90)))
    veil = np.clip((veil - 0.52) * 2.6, 0, 1) * (0.55 if look.weather is Weather.CLEAR else 0.8)
    veil *= np.clip(1.15 - np.arange(canvas.height) / horizon, 0, 1)[:, None].astype(np.float32)
    shown = mixed(shown, mixed(palette.low, palette.light, 0.4), 0.5 * veil[..., None])
    if look.weather is not Weather.RAIN:
        shown = shone(shown, palette.light, sun, strength=0.5 if look.hour is Hour.NIGHT else 0.85)
        shown = _with_disc(shown, look, palette, sun)
    noise = chance.uniform(-0.5, 0.5, shown.shape[:2]).astype(np.float32)[..., None] / 255
    return image_of(np.clip(shown + noise, 0, 1))


def shone(shown: Pixels, light: Pixels, sun: Sun, *, strength: float) -> Pixels:
    """Return a picture with the glow of a light over it."""
    away = _away(shown, sun)
    glow = 0.55 * np.exp(-((away / (2.2 * sun.radius)) ** 2)) + 0.45 * np.exp(-away / (6.5 * sun.radius))
    return np.asarray(1 - (1 - np.clip(shown, 0, 1)) * (1 - strength * glow[..., None] * light), np.float32)


def _with_disc(shown: Pixels, look: Look, palette: Palette, sun: Sun) -> Pixels:
    away = _away(shown, sun)
    cover = np.clip(sun.radius - away + 0.5, 0, 1)
    disc: Pixels = mixed(palette.light, np.ones(3, np.float32), 0.65)[None, None, :]
    if look.hour is Hour.NIGHT:
        spots = clouded(
            look.chance("moon"), shown.shape[1], shown.shape[0], grain=((40, 24), (90, 52), (160, 90))
        )
        disc = disc * (0.78 + 0.22 * np.clip(spots * 1.6 - 0.2, 0, 1))[..., None]
    return mixed(shown, disc, cover[..., None])


def _away(shown: Pixels, sun: Sun) -> Pixels:
    rows, columns = np.ogrid[: shown.shape[0], : shown.shape[1]]
    return np.hypot(columns - sun.x, rows - sun.y).astype(np.float32)


def starry(chance: np.random.Generator, width: int, height: int, *, count: int) -> Pixels:
    """Return stars on nothing, from 0 to 1: many faint ones, a few bright ones with a halo."""
    stars = np.zeros((height, width), dtype=np.float32)
    rows, columns = chance.integers(2, height - 3, count), chance.integers(2, width - 3, count)
    bright = chance.uniform(0, 1, count).astype(np.float32) ** 4
    np.maximum.at(stars, (rows, columns), 0.25 + 0.75 * bright)
    for near in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        np.maximum.at(stars, (rows + near[0], columns + near[1]), 0.1 + 0.6 * bright)
    return stars


def clouds(look: Look, palette: Palette, canvas: Canvas, horizon: float) -> Iterator[Layer]:
    """Give clouds that drift, more of them where the weather says so."""
    chance = look.chance("clouds")
    count = {Weather.CLEAR: 2, Weather.CLOUDS: 6, Weather.RAIN: 8, Weather.SNOW: 5, Weather.FOG: 3}[
        look.weather
    ]
    white = mixed(palette.light, palette.middle, 0.15 if look.weather is Weather.CLOUDS else 0.3)
    if look.weather is Weather.RAIN or look.hour is Hour.NIGHT:
        white = mixed(palette.middle, palette.low, 0.45)
    for number in range(count):
        near = (number + 1) / count
        width = int(canvas.width * chance.uniform(0.22, 0.34) * (0.7 + 0.6 * near))
        height = int(width * chance.uniform(0.22, 0.34))
        yield Layer(
            poses=(_cloud(chance, palette, white, width, height),),
            left=chance.uniform(-0.2, 1.0) * canvas.width,
            top=chance.uniform(0.02, 0.62) * horizon - height * 0.3,
            order=0.06 + 0.05 * near,
            pan=canvas.width * 0.05 * near,
            drift=canvas.width * (0.004 + 0.010 * near),
        )


def _cloud(
    chance: np.random.Generator, palette: Palette, white: Pixels, width: int, height: int
) -> Image.Image:
    """Return a heap of soft balls, flat below and lit from above."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    thick = np.zeros((height, width), dtype=np.float32)
    for _ in range(14):
        x = width * (0.5 + 0.32 * chance.normal() * 0.7)
        size = height * chance.uniform(0.22, 0.42) * (1 - 0.7 * abs(x / width - 0.5))
        y = height * 0.72 - size * chance.uniform(0.2, 0.9)
        thick += np.exp(-(((columns - x) / (1.5 * size)) ** 2 + ((rows - y) / size) ** 2))
    thick *= 0.55 + 0.9 * clouded(chance, width, height, grain=((6, 3), (13, 6), (28, 13), (56, 26)))
    cover = np.clip((thick - 0.42) * 1.5, 0, 1) * np.clip((0.82 * height - rows) / (0.3 * height), 0, 1)
    margin = np.clip(np.minimum(columns, width - 1 - columns) / (0.12 * width), 0, 1)
    lit = np.clip(1.15 - rows / height + 0.25 * (thick - 0.8), 0, 1)[..., None]
    shown = mixed(mixed(palette.middle, palette.top, 0.25), white, lit)
    return image_of(shown, np.clip(cover * margin, 0, 1) * 0.9)


def falling(look: Look, palette: Palette, canvas: Canvas) -> Iterator[Layer]:
    """Give rain or snow, in three depths, or fog along the ground."""
    chance = look.chance("falling")
    if look.weather is Weather.FOG:
        yield from _fog(chance, palette, canvas)
    if look.weather not in (Weather.RAIN, Weather.SNOW):
        return
    rain = look.weather is Weather.RAIN
    for number, near in enumerate((0.3, 0.6, 1.0)):
        count = int((260 if rain else 150) * (1.3 - near) * canvas.width / canvas.height)
        places = chance.uniform(0, 1, (count, 2))
        size = canvas.unit * (0.0022 + 0.0030 * near)

        def draw(pen: ImageDraw.ImageDraw, scale: float) -> None:
            for x, y in places:  # noqa: B023 - drawn at once, within the same turn
                _flake(pen, scale, x * reach, y * canvas.height, size * (6 if rain else 1), rain=rain)  # noqa: B023

        reach = canvas.reach(near)
        yield Layer(
            poses=(drawn(reach, canvas.height, draw),),
            order=1.1 + near / 10,
            pan=canvas.width * 0.3 * near,
            fall=canvas.height * (0.9 + 0.9 * near if rain else 0.07 + 0.12 * near),
            sway=(0.0, 1.0, 0.0) if rain else (canvas.unit * 0.012, 3.0 + number, number / 3),
        )


def _flake(pen: ImageDraw.ImageDraw, scale: float, x: float, y: float, size: float, *, rain: bool) -> None:
    x, y, size = x * scale, y * scale, size * scale
    if rain:
        pen.line((x, y, x - size * 0.18, y + size), fill=(215, 225, 240, 105), width=max(1, int(scale * 0.9)))
    else:
        pen.ellipse((x - size, y - size, x + size, y + size), fill=(255, 255, 255, 210))


def _fog(chance: np.random.Generator, palette: Palette, canvas: Canvas) -> Iterator[Layer]:
    for order, top in ((0.45, 0.50), (0.75, 0.62)):
        width, height = canvas.reach(1), int(canvas.height * 0.34)
        thick = clouded(chance, width, height, grain=((4, 2), (9, 4), (20, 8)))
        edge = np.sin(np.linspace(0, np.pi, height, dtype=np.float32))[:, None]
        yield Layer(
            poses=(image_of(mixed(palette.low, palette.light, 0.4), thick * edge * 0.75),),
            top=canvas.height * top,
            order=order,
            pan=canvas.width * 0.3 * order,
            sway=(canvas.width * 0.02, 11.0, order),
        )
