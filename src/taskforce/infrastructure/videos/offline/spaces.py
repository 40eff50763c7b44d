"""Space: a nebula, stars in three depths, planets in the light of a sun that is not seen."""

from collections.abc import Iterator

import numpy as np
from PIL import Image

from taskforce.infrastructure.videos.offline.canvas import TRAVEL, Canvas, Layer, clouded, image_of, wavering
from taskforce.infrastructure.videos.offline.look import Look
from taskforce.infrastructure.videos.offline.palettes import Palette, Pixels, graded, mixed, turned
from taskforce.infrastructure.videos.offline.skies import starry

_FAR = 0.2
"""Stars that are nearer are larger."""
_OFTEN = 0.6
LIT_FROM = np.array((-0.62, -0.48, 0.62), np.float32)
"""Where the light comes from: left, above, before."""


def nebula(look: Look, palette: Palette, canvas: Canvas) -> Image.Image:
    """Return clouds of gas in two colours, with dust in them."""
    chance = look.chance("nebula")
    size = (canvas.width, canvas.height)
    hue = float(chance.uniform(0, 1)) if look.hue is None else look.hue
    one = graded(turned(np.array((0.75, 0.16, 0.40), np.float32), hue), look.style)
    other = graded(turned(one, float(chance.uniform(0.18, 0.42))), look.style)
    gas = clouded(chance, *size, grain=((4, 3), (8, 6), (17, 11), (36, 24), (80, 50), (170, 100)))
    hues = clouded(chance, *size, grain=((3, 3), (7, 5), (15, 9)))
    dust = clouded(chance, *size, grain=((6, 4), (13, 9), (30, 20), (70, 45), (150, 90)))
    thick = np.clip((gas - 0.38) * 1.9, 0, 1) ** 1.35 * np.clip(1.35 - dust * 1.1, 0, 1)
    shown = palette.top * 0.8 + mixed(one, other, hues[..., None]) * (0.85 * thick[..., None])
    core = np.clip((thick - 0.55) * 2.0, 0, 1)[..., None]
    shown = mixed(shown, np.ones(3, np.float32), 0.45 * core)
    shown = shown + 0.7 * starry(chance, *size, count=700)[..., None]
    noise = chance.uniform(-0.5, 0.5, shown.shape[:2]).astype(np.float32)[..., None] / 255
    return image_of(np.clip(shown + noise, 0, 1))


def bodies(look: Look, canvas: Canvas) -> Iterator[Layer]:
    """Give stars that pass, a large planet, and a moon before or behind it."""
    chance = look.chance("bodies")
    for depth, count in ((0.12, 130), (0.3, 60), (0.55, 26)):
        width = canvas.reach(depth)
        stars = starry(chance, width, canvas.height, count=count)
        if depth > _FAR:
            stars = np.maximum(stars, 0.8 * np.maximum(np.roll(stars, 1, 0), np.roll(stars, 1, 1)))
        yield Layer(
            poses=(image_of(np.ones(3, np.float32), stars),), order=depth, pan=canvas.width * TRAVEL * depth
        )
    radius = canvas.unit * float(chance.uniform(0.20, 0.33))
    x = canvas.width * float(chance.uniform(*((0.56, 0.80) if chance.uniform() < _OFTEN else (0.22, 0.42))))
    y = canvas.height * float(chance.uniform(0.30, 0.52))
    first = _hue(chance)
    ringed = bool(chance.uniform() < _OFTEN)
    yield _planet(chance, look, canvas, radius=radius, place=(x, y), hue=first, ringed=ringed)
    side = -1 if x > canvas.width / 2 else 1
    yield _planet(
        chance, look, canvas, radius=radius * 0.28, place=(x + side * radius * 2.0, y - radius * 0.7),
        hue=(first + 0.4) % 1, ringed=False,
    )  # fmt: skip


def _hue(chance: np.random.Generator) -> float:
    return float(chance.uniform(0, 1))


def _planet(
    chance: np.random.Generator,
    look: Look,
    canvas: Canvas,
    *,
    radius: float,
    place: tuple[float, float],
    hue: float,
    ringed: bool,
) -> Layer:
    half = int(radius * (2.3 if ringed else 1.25))
    rows, columns = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float32)
    away = np.hypot(columns, rows)
    bulge = np.sqrt(np.clip(1 - (away / radius) ** 2, 0, 1))
    facing = np.clip((columns * LIT_FROM[0] + rows * LIT_FROM[1]) / radius + bulge * LIT_FROM[2], 0, 1)
    base = graded(turned(np.array((0.80, 0.42, 0.26), np.float32), hue), look.style)
    surface = _surface(chance, rows, columns, radius, base)
    shown = surface * (0.03 + 1.05 * facing[..., None] ** 0.8)
    cover = np.clip(radius - away + 0.5, 0, 1)
    halo = np.clip(1 - (away - radius) / (0.22 * radius), 0, 1) ** 2.2 * (away > radius - 1)
    day = np.clip((columns * LIT_FROM[0] + rows * LIT_FROM[1]) / np.maximum(away, 1) * 0.5 + 0.55, 0, 1)
    shown = np.where((away < radius)[..., None], shown, mixed(base, np.ones(3, np.float32), 0.5))
    cover = np.maximum(cover, 0.5 * halo * day)
    if ringed:
        shown, cover = _ring(chance, rows, columns, radius, (shown.astype(np.float32), cover, base))
    return Layer(
        poses=(image_of(np.clip(shown, 0, 1).astype(np.float32), np.clip(cover, 0, 1).astype(np.float32)),),
        left=place[0] - half,
        top=place[1] - half,
        order=0.4 if ringed else 0.42,
        pan=canvas.width * TRAVEL * (0.22 if ringed else 0.34),
    )


def _surface(
    chance: np.random.Generator, rows: Pixels, columns: Pixels, radius: float, base: Pixels
) -> Pixels:
    """Return bands of cloud, bent by storms."""
    size = rows.shape[0]
    storm = clouded(chance, size, size, grain=((7, 9), (16, 20), (36, 44), (80, 90)))
    bands = wavering(chance, 512, swell=58, octaves=4)
    latitude = (rows + 0.22 * columns) / radius + 0.16 * (storm - 0.5)
    tone = np.interp(latitude, np.linspace(-1.4, 1.4, 512), bands).astype(np.float32)[..., None]
    light, dark = mixed(base, np.ones(3, np.float32), 0.55), base * 0.55
    return mixed(mixed(dark, light, 0.5 + 0.5 * tone), base, 0.25 + 0.3 * storm[..., None])


def _ring(
    chance: np.random.Generator,
    rows: Pixels,
    columns: Pixels,
    radius: float,
    told: tuple[Pixels, Pixels, Pixels],
) -> tuple[Pixels, Pixels]:
    shown, cover, base = told
    tilted = np.hypot(columns * 0.96 + rows * 0.28, (rows * 0.96 - columns * 0.28) * 3.6) / radius
    grooves = np.interp(
        tilted, np.linspace(1.25, 2.1, 256), 0.55 + 0.45 * wavering(chance, 256, swell=22, octaves=4)
    )
    within = np.clip((tilted - 1.28) * 20, 0, 1) * np.clip((2.08 - tilted) * 20, 0, 1)
    before = (rows * 0.96 - columns * 0.28 > 0) | (np.hypot(rows, columns) > radius)
    part = (within * grooves * 0.85 * before).astype(np.float32)
    ring = mixed(base, np.ones(3, np.float32), 0.6)
    seen = part[..., None] / np.maximum(np.maximum(part, cover)[..., None], 1e-3)
    return mixed(shown, ring, np.clip(seen, 0, 1)), np.maximum(cover, part)
