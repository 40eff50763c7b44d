"""What one stands on by the water: ice where it is frozen, else its shore."""

from collections.abc import Iterator

import numpy as np
from PIL import ImageDraw

from taskforce.infrastructure.videos.offline.canvas import (
    TRAVEL,
    Canvas,
    Layer,
    clouded,
    drawn,
    gradient,
    image_of,
    land,
    wavering,
)
from taskforce.infrastructure.videos.offline.look import Look
from taskforce.infrastructure.videos.offline.palettes import Palette, Pixels, ink, mixed
from taskforce.infrastructure.videos.offline.skies import Sun

_SNOW = (0.93, 0.95, 1.0)
_ICE = (0.66, 0.80, 0.90)
_SAND = (0.52, 0.45, 0.33)


def ice(look: Look, palette: Palette, canvas: Canvas, horizon: float, sun: Sun) -> Iterator[Layer]:
    """Give a sheet of ice with the light on it, its cracks, and snow that the wind has left there."""
    chance = look.chance("ice")
    yield _sheet(look, palette, canvas, horizon)
    yield _shine(palette, canvas, horizon, sun)
    for number, depth in enumerate((0.24, 0.46, 0.72)):
        yield _cracks(chance, palette, canvas, horizon, depth=depth)
        yield _drift(chance, palette, canvas, horizon, number=number, depth=depth + 0.02)
    yield _drift(chance, palette, canvas, horizon, number=3, depth=0.95)


def shore(look: Look, palette: Palette, canvas: Canvas) -> Iterator[Layer]:
    """Give the near side of the water: bare ground, lit at its edge."""
    chance, depth = look.chance("shore"), 0.71
    line = wavering(chance, canvas.reach(depth), swell=canvas.unit * 0.6, octaves=4)
    tops = canvas.height * 0.71 - canvas.unit * 0.014 * line
    top = int(tops.min()) - 2
    colour = palette.land(0.0, tint=_SAND)
    image = land(
        (tops - top).astype(np.float32), canvas.height - top + 6, colour, foot=colour * 0.5,
        rim=mixed(colour, palette.light, 0.5),
    )  # fmt: skip
    yield Layer(poses=(image,), top=top, order=depth, pan=canvas.width * TRAVEL * depth)


def _sheet(look: Look, palette: Palette, canvas: Canvas, horizon: float) -> Layer:
    height, width = canvas.height - int(horizon), canvas.width
    own = palette.land(0.0, tint=_ICE)
    far, near = mixed(own, palette.low, 0.45), mixed(own, palette.low, 0.15)
    stops = ((0.0, mixed(far, palette.low, 0.3)), (0.3, far), (1.0, near * 0.9))
    shown = np.repeat(gradient(height, stops), width, 1)
    grain = clouded(look.chance("frost"), width, height, grain=((10, 40), (26, 110), (60, 200)))
    shown = shown * (0.93 + 0.14 * grain[..., None])
    return Layer(
        poses=(image_of(np.clip(shown, 0, 1), np.ones((height, width), np.float32)),),
        top=int(horizon),
        order=0.14,
    )


def _shine(palette: Palette, canvas: Canvas, horizon: float, sun: Sun) -> Layer:
    """Return the light of sun or moon in the ice: it stays below it, and does not glitter."""
    height, wide = canvas.height - int(horizon), int(sun.radius * 6)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    across = np.linspace(-1, 1, wide, dtype=np.float32)[None, :]
    strength = np.exp(-((across / (0.22 + 0.3 * down)) ** 2)) * (1 - down) ** 1.6 * 0.7
    return Layer(
        poses=(image_of(mixed(palette.light, np.ones(3, np.float32), 0.3), strength),),
        left=sun.x - wide / 2,
        top=int(horizon),
        order=0.16,
        stays=True,
    )


def _cracks(
    chance: np.random.Generator, palette: Palette, canvas: Canvas, horizon: float, *, depth: float
) -> Layer:
    width, height = canvas.reach(depth), canvas.height - int(horizon)
    starts = chance.uniform(0, 1, (7, 3))
    bends = chance.uniform(-1, 1, (7, 9))
    dark = ink(mixed(palette.land(0.0, tint=_ICE), palette.top, 0.45))[:3]
    thick = canvas.unit * (0.0012 + 0.0040 * depth)

    def draw(pen: ImageDraw.ImageDraw, scale: float) -> None:
        for (across, deep, turn), bend in zip(starts, bends, strict=True):
            x, y = across * width, height * (0.55 * depth + 0.30 * deep * depth)
            step = canvas.unit * (0.03 + 0.05 * depth) * (1 if turn > 0.5 else -1)  # noqa: PLR2004 - to either side
            points = [(x * scale, y * scale)]
            for part in bend:
                x, y = x + step, y + canvas.unit * 0.022 * depth * part
                points.append((x * scale, y * scale))
            pen.line(points, fill=(*dark, 120), width=max(1, int(thick * scale)), joint="curve")

    return Layer(
        poses=(drawn(width, height, draw),), top=int(horizon), order=depth, pan=canvas.width * TRAVEL * depth
    )


def _drift(
    chance: np.random.Generator,
    palette: Palette,
    canvas: Canvas,
    horizon: float,
    *,
    number: int,
    depth: float,
) -> Layer:
    """Return snow that lies here and there; the nearest lies everywhere."""
    base = horizon + (canvas.height - horizon) * (0.12, 0.34, 0.60, 0.86)[number]
    line = wavering(chance, canvas.reach(depth), swell=canvas.unit * (0.18 + 0.5 * depth), octaves=4)
    tall = canvas.unit * (0.010 + 0.026 * depth)
    is_nearest = number == 3  # noqa: PLR2004 - the last of the four
    top = int(base - tall - 2)
    height = canvas.height - top + 6 if is_nearest else int(2.4 * tall) + 4
    snow = palette.land(0.25 * (1 - depth), tint=_SNOW)
    image = land(
        (base - top - tall * line).astype(np.float32), height, snow, foot=snow * 0.78,
        rim=mixed(snow, palette.light, 0.4),
    )  # fmt: skip
    shown = np.asarray(image).astype(np.float32) / 255
    cover = shown[..., 3]
    if not is_nearest:
        cover = cover * _patches(line, height)
    return Layer(
        poses=(image_of(shown[..., :3], cover),), top=top, order=depth, pan=canvas.width * TRAVEL * depth
    )


def _patches(line: Pixels, height: int) -> Pixels:
    """Return where snow lies: on what stands out, thinner downwards."""
    lies = np.clip((line + 0.15) * 2.2, 0, 1)[None, :]
    down = np.clip(1.15 - np.arange(height, dtype=np.float32) / height, 0, 1)[:, None] ** 1.5
    covered: Pixels = (lies * down).astype(np.float32)
    return covered
