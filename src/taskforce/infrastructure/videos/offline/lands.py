"""Land: mountains, hills, dunes and meadows, in ridges one behind the other."""

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
    leaning,
    wavering,
)
from taskforce.infrastructure.videos.offline.look import Look
from taskforce.infrastructure.videos.offline.palettes import Palette, Pixels, ink, mixed
from taskforce.infrastructure.videos.offline.vocabulary import Weather

_RIDGES = (
    (0.15, 0.34, 0.02, 0.55, 0.34),
    (0.32, 0.25, 0.09, 0.42, 0.34),
    (0.52, 0.17, 0.18, 0.50, 0.0),
    (0.78, 0.12, 0.27, 0.60, 0.0),
)
"""Of mountains: depth, height, how far below the horizon, how long a slope, how much of it is snow."""
_HILL = 0.15
"""What is no higher has round tops."""


def mountains(look: Look, palette: Palette, canvas: Canvas, horizon: float) -> Iterator[Layer]:
    """Give peaks with snow, hills before them and pines in front."""
    chance = look.chance("mountains")
    for depth, high, below, swell, snow in _RIDGES:
        tall = canvas.unit * high
        line = _peaks(chance, canvas.reach(depth), canvas.unit * swell, sharp=high > _HILL)
        tops = horizon + canvas.height * below - tall * (0.35 + 0.65 * line)
        colour = palette.land((1 - depth) * 0.85)
        yield ridge(look, palette, canvas, depth=depth, line=tops, colour=colour, snow=tall * snow)
    yield pines(look, palette, canvas, base=canvas.height * 0.93, tall=canvas.unit * 0.22)


def meadow(look: Look, palette: Palette, canvas: Canvas, horizon: float) -> Iterator[Layer]:
    """Give rolling hills with trees, and flowers in the grass."""
    chance = look.chance("meadow")
    for number, depth in enumerate((0.14, 0.30, 0.50, 0.75)):
        base = horizon + canvas.height * (0.0, 0.07, 0.15, 0.25)[number]
        line = wavering(chance, canvas.reach(depth), swell=canvas.unit * 0.8, octaves=2)
        yield ridge(
            look, palette, canvas, depth=depth, line=base - canvas.unit * 0.055 * line,
            colour=palette.land((1 - depth) * 0.7),
        )  # fmt: skip
        if number in (1, 2):
            yield _round_trees(chance, palette, canvas, depth=depth, line=base - canvas.unit * 0.055 * line)
    yield _flowers(chance, palette, canvas)


def desert(look: Look, palette: Palette, canvas: Canvas, horizon: float) -> Iterator[Layer]:
    """Give dunes, each with a side in the light and one in the shade."""
    chance = look.chance("desert")
    for number, depth in enumerate((0.14, 0.30, 0.50, 0.78)):
        base = horizon + canvas.height * (0.02, 0.09, 0.18, 0.29)[number]
        width = canvas.reach(depth)
        line = wavering(chance, width, swell=canvas.unit * (0.5 + 0.4 * depth), octaves=2)
        tops = base - canvas.unit * (0.05 + 0.05 * depth) * (1 - np.abs(line)) * 1.6
        yield _dune(
            palette, canvas, depth=depth, line=tops.astype(np.float32), colour=palette.land((1 - depth) * 0.6)
        )


def ridge(
    look: Look,
    palette: Palette,
    canvas: Canvas,
    *,
    depth: float,
    line: Pixels,
    colour: Pixels,
    snow: float = 0.0,
) -> Layer:
    """Return a ridge along a line (rows of the whole picture), with snow so many pixels down."""
    top = int(max(line.min() - 2, 0))
    height = canvas.height - top + 8
    chance = look.chance(f"ridge {depth}")
    grain = clouded(chance, len(line), height, grain=((30, 20), (70, 50), (180, 120)))
    foot = mixed(colour, palette.low, 0.45 * (1 - depth)) * (0.75 + 0.25 * (1 - depth))
    image = land(line - top, height, colour, foot=foot, rim=mixed(colour, palette.light, 0.5), grain=grain)
    if snow and look.weather is not Weather.SNOW:
        image = _snowed(
            image, line - top, grain, snow, mixed(palette.light, palette.middle, 0.35 + 0.3 * (1 - depth))
        )
    return Layer(poses=(image,), top=top, order=depth, pan=canvas.width * TRAVEL * depth)


def _snowed(image: Image.Image, line: Pixels, grain: Pixels, deep: float, white: Pixels) -> Image.Image:
    shown = np.asarray(image).astype(np.float32) / 255
    rows = np.arange(shown.shape[0], dtype=np.float32)[:, None]
    highest = np.clip(1.1 - (line - line.min()) / (4.5 * deep), 0, 1)[None, :]
    below = rows - line[None, :]
    cover = np.clip((deep * highest * (0.35 + 1.5 * grain) - below) / 6, 0, 1)
    shade = np.clip(0.86 + leaning(line, over=61)[None, :] * 0.16 + 0.30 * (grain - 0.5), 0.55, 1.0)
    return image_of(mixed(shown[..., :3], white * shade[..., None], 0.9 * cover[..., None]), shown[..., 3])


def _peaks(chance: np.random.Generator, width: int, swell: float, *, sharp: bool) -> Pixels:
    line = wavering(chance, width, swell=swell, octaves=6)
    return (1 - 2 * np.abs(line) if sharp else line).astype(np.float32)


def _dune(palette: Palette, canvas: Canvas, *, depth: float, line: Pixels, colour: Pixels) -> Layer:
    top = int(line.min()) - 2
    height = canvas.height - top + 8
    rows = np.arange(height, dtype=np.float32)[:, None]
    below = rows - (line - top)[None, :]
    shade = np.clip(0.5 + leaning(line) * 2.2, 0, 1)[None, :, None]
    fading = np.exp(-np.clip(below, 0, None) / (0.22 * height))[..., None]
    dark, bright = colour * 0.62, mixed(colour, palette.light, 0.35)
    shown = mixed(colour, mixed(bright, dark, shade), 0.9 * fading)
    ripple = np.sin(below * (0.55 - 0.3 * depth) + np.arange(len(line))[None, :] * 0.02) * 0.015 * depth
    return Layer(
        poses=(image_of(np.clip(shown + ripple[..., None], 0, 1), np.clip(below + 0.5, 0, 1)),),
        top=top,
        order=depth,
        pan=canvas.width * TRAVEL * depth,
    )


def pines(look: Look, palette: Palette, canvas: Canvas, *, base: float, tall: float) -> Layer:
    """Return dark pines along the lower edge, close by."""
    chance = look.chance("pines")
    width, height = canvas.reach(1), int(tall * 1.5) + int(canvas.height - base) + 4
    dark = tuple(int(value * 255) for value in palette.land(0.0, tint=(0.05, 0.10, 0.11)))
    places = np.sort(chance.uniform(0, width, int(width / (tall * 0.16))))
    sizes = (
        tall
        * chance.uniform(0.35, 1.0, len(places))
        * np.abs(np.sin(places / width * 9 + chance.uniform(0, 6))) ** 0.7
    )

    def draw(pen: ImageDraw.ImageDraw, scale: float) -> None:
        ground = (height - (canvas.height - base)) * scale
        for x, size in zip(places * scale, sizes * scale, strict=True):
            _pine(pen, x, ground, size, (*dark, 255))
        pen.rectangle((0, ground - 2 * scale, width * scale, height * scale), fill=(*dark, 255))

    top = canvas.height - height
    return Layer(poses=(drawn(width, height, draw),), top=top, order=0.96, pan=canvas.width * TRAVEL)


def _pine(pen: ImageDraw.ImageDraw, x: float, ground: float, size: float, fill: tuple[int, ...]) -> None:
    for part in range(5):
        low, wide = ground - size * part * 0.17, size * (0.20 - 0.034 * part)
        pen.polygon(((x - wide, low), (x + wide, low), (x, low - size * 0.34)), fill=fill)
    pen.rectangle((x - size * 0.02, ground - size * 0.1, x + size * 0.02, ground), fill=fill)


def _round_trees(
    chance: np.random.Generator, palette: Palette, canvas: Canvas, *, depth: float, line: Pixels
) -> Layer:
    width, top = len(line), int(line.min() - canvas.unit * 0.12)
    height = int(line.max() - top) + 6
    colour = palette.land((1 - depth) * 0.6, tint=(0.12, 0.30, 0.13))
    lit = mixed(colour, palette.light, 0.35)
    places = chance.uniform(0, width, 9 + int(8 * depth))
    sizes = canvas.unit * chance.uniform(0.025, 0.055, len(places)) * (0.6 + depth)

    def draw(pen: ImageDraw.ImageDraw, scale: float) -> None:
        for x, size in zip(places, sizes, strict=True):
            ground = (line[int(x)] - top) * scale
            _tree(pen, x * scale, ground + 2 * scale, size * scale, (ink(colour), ink(lit)))

    return Layer(
        poses=(drawn(width, height, draw),), top=top, order=depth + 0.01, pan=canvas.width * TRAVEL * depth
    )


def _tree(
    pen: ImageDraw.ImageDraw,
    x: float,
    ground: float,
    size: float,
    inks: tuple[tuple[int, ...], tuple[int, ...]],
) -> None:
    pen.rectangle((x - size * 0.07, ground - size * 0.6, x + size * 0.07, ground), fill=inks[0])
    for hue, reach, up in ((inks[0], 0.55, 1.0), (inks[1], 0.40, 1.12)):
        for aside, rise, part in ((-0.32, 0.0, 0.8), (0.32, 0.05, 0.8), (0.0, 0.35, 1.0)):
            r = size * reach * part
            cx, cy = x + aside * size * reach * 1.6, ground - size * (up + rise)
            pen.ellipse((cx - r, cy - r, cx + r, cy + r), fill=hue)


def _flowers(chance: np.random.Generator, palette: Palette, canvas: Canvas) -> Layer:
    width, height = canvas.reach(1), int(canvas.height * 0.2)
    blades = chance.uniform(0, 1, (width // 3, 3))
    green = palette.land(0.0, tint=(0.14, 0.30, 0.10))
    heads = [
        ink(palette.land(0.0, tint=tint)) for tint in ((0.95, 0.3, 0.3), (1.0, 0.8, 0.25), (0.95, 0.95, 1.0))
    ]

    def draw(pen: ImageDraw.ImageDraw, scale: float) -> None:
        for number, (x, lean, tall) in enumerate(blades):
            foot, size = x * width * scale, height * (0.2 + 0.55 * tall) * scale
            tip = (foot + (lean - 0.5) * size * 0.5, height * scale - size)
            pen.line((foot, height * scale, *tip), fill=ink(green * (0.7 + 0.6 * tall)), width=int(2 * scale))
            if number % 4 == 0:
                r = canvas.unit * 0.006 * scale * (0.6 + tall)
                pen.ellipse((tip[0] - r, tip[1] - r, tip[0] + r, tip[1] + r), fill=heads[number % 3])

    return Layer(
        poses=(drawn(width, height, draw),),
        top=canvas.height - height,
        order=0.97,
        pan=canvas.width * TRAVEL,
        sway=(2.5, 3.1, 0.0),
    )
