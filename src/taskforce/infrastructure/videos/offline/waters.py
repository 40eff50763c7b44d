"""Water: the sea with its waves and the glitter of the light, and what is below it."""

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
from taskforce.infrastructure.videos.offline.palettes import Palette, Pixels, mixed
from taskforce.infrastructure.videos.offline.skies import Sun
from taskforce.infrastructure.videos.offline.vocabulary import LANDSMEN, Weather

_NEAREST = 0.9
"""A wave that is nearer goes down to the lower edge; the others fade into the next."""


def sea(look: Look, palette: Palette, canvas: Canvas, horizon: float, sun: Sun) -> Iterator[Layer]:
    """Give the water, the path of light on it, and waves that swing against each other."""
    chance = look.chance("sea")
    deep = palette.land(0.0)
    near, far = mixed(deep, palette.top, 0.25), mixed(deep, palette.low, 0.65)
    yield _water(look, palette, canvas, horizon, far=far, near=near)
    if look.weather is not Weather.RAIN:
        yield from _glitter(chance, palette, canvas, horizon, sun)
    rough = 2.4 if look.weather is Weather.RAIN else 1.0
    waves = (0.22, 0.38, 0.56, 0.78, 0.95)
    for number, depth in enumerate(waves[:3] if look.subject in LANDSMEN else waves):  # else to the shore
        base = horizon + (canvas.height - horizon) * (0.08, 0.24, 0.44, 0.66, 0.88)[number]
        swell = canvas.unit * (0.10 + 0.22 * depth)
        line = wavering(chance, canvas.reach(depth) + 80, swell=swell, octaves=3)
        tall = canvas.unit * (0.006 + 0.016 * depth) * rough
        colour = mixed(far, near, depth)
        top = int(base - tall - 2)
        is_last = depth > _NEAREST
        height = canvas.height - top + 12 if is_last else int((canvas.height - horizon) * 0.24 + 3 * tall)
        image = land(
            (base - top + tall * line).astype(np.float32), height, mixed(colour, palette.light, 0.10),
            foot=colour * 0.92, rim=mixed(colour, palette.light, 0.62),
        )  # fmt: skip
        shown = np.asarray(image).astype(np.float32) / 255
        fading = np.clip(1.4 - np.arange(height) / (height * 0.72), 0, 1)[:, None] ** 0.8
        yield Layer(
            poses=(image_of(shown[..., :3], shown[..., 3] * (1.0 if is_last else fading)),),
            left=-40,
            top=top,
            order=depth,
            pan=canvas.width * TRAVEL * depth * 0.8,
            sway=(canvas.unit * (0.012 + 0.02 * depth), 3.6 + 1.1 * number, number * 0.37),
        )


def islands(look: Look, palette: Palette, canvas: Canvas, horizon: float) -> Layer:
    """Return the land on the other side."""
    chance = look.chance("islands")
    width = canvas.reach(0.1)
    line = wavering(chance, width, swell=canvas.unit * 0.5, octaves=5)
    tops = np.minimum(horizon - canvas.unit * 0.12 * (line - 0.15), horizon + 8)
    top = int(tops.min()) - 2
    colour = palette.land(0.75, tint=(0.22, 0.26, 0.36))
    image = land(
        (tops - top).astype(np.float32), int(horizon) - top + 4, colour,
        foot=mixed(colour, palette.low, 0.5), rim=mixed(colour, palette.light, 0.4),
    )  # fmt: skip
    return Layer(poses=(image,), top=top, order=0.12, pan=canvas.width * TRAVEL * 0.08)


def _water(
    look: Look, palette: Palette, canvas: Canvas, horizon: float, *, far: Pixels, near: Pixels
) -> Layer:
    height, width = canvas.height - int(horizon), canvas.width + 80
    shown = np.repeat(
        gradient(height, ((0.0, mixed(far, palette.low, 0.35)), (0.25, far), (1.0, near))), width, 1
    )
    grain = clouded(look.chance("water"), width, height, grain=((14, 60), (30, 130), (70, 240)))
    shown = shown * (0.9 + 0.2 * grain[..., None])
    return Layer(
        poses=(image_of(np.clip(shown, 0, 1), np.ones((height, width), np.float32)),),
        left=-40,
        top=int(horizon),
        order=0.14,
        sway=(14.0, 9.0, 0.0),
    )


def _glitter(
    chance: np.random.Generator, palette: Palette, canvas: Canvas, horizon: float, sun: Sun
) -> Iterator[Layer]:
    height = int((canvas.height - horizon) * 0.92)
    bright = mixed(palette.light, np.ones(3, np.float32), 0.4)
    ink = tuple(int(value * 255) for value in bright)
    for number, order in enumerate((0.16, 0.46, 0.70)):
        streaks = chance.uniform(0, 1, (95, 3))
        spread = sun.radius * 5.0

        def draw(pen: ImageDraw.ImageDraw, scale: float) -> None:
            for across, down, size in streaks:  # noqa: B023 - drawn at once, within the same turn
                y = height * down**1.4
                reach = spread * (0.16 + 0.34 * down) * (across - 0.5) * 2  # noqa: B023 - the same
                x, half = spread + reach, sun.radius * (0.08 + 0.5 * size * (0.3 + down))  # noqa: B023 - the same
                thick = max(1.0, canvas.unit * 0.0018 * (1 + 2.2 * down))
                strength = int(215 * (1 - down) ** 0.7 * (1 - abs(across - 0.5)))
                box = ((x - half) * scale, (y - thick) * scale, (x + half) * scale, (y + thick) * scale)
                pen.ellipse(box, fill=(*ink, strength))

        yield Layer(
            poses=(drawn(int(2 * spread), height, draw),),
            left=sun.x - spread,
            top=horizon,
            order=order,
            sway=(sun.radius * 0.14, 2.3 + number * 0.9, number / 3),
            stays=True,
        )


def deep(look: Look, palette: Palette, canvas: Canvas) -> Iterator[Layer]:
    """Give rays from above, rocks and weeds in the blue, a shoal of fish and bubbles."""
    chance = look.chance("deep")
    yield _rays(chance, palette, canvas)
    for number, depth in enumerate((0.2, 0.42, 0.75)):
        line = wavering(chance, canvas.reach(depth), swell=canvas.unit * 0.45, octaves=5)
        base = canvas.height * (0.76, 0.86, 0.97)[number]
        tops = base - canvas.unit * (0.12, 0.11, 0.08)[number] * line
        top = int(tops.min()) - 2
        colour = mixed(palette.land(0.0), palette.middle, (0.62, 0.36, 0.06)[number])
        image = land(
            (tops - top).astype(np.float32), canvas.height - top + 6, colour, foot=colour * 0.6,
            rim=mixed(colour, palette.light, 0.3),
        )  # fmt: skip
        yield Layer(poses=(image,), top=top, order=depth, pan=canvas.width * TRAVEL * depth)
        yield _weeds(chance, colour * 0.85, canvas, base=base, depth=depth)
    yield from _shoals(chance, palette, canvas)
    yield _bubbles(chance, canvas)


def _rays(chance: np.random.Generator, palette: Palette, canvas: Canvas) -> Layer:
    width, height = canvas.width + 160, canvas.height
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    source = width * chance.uniform(0.3, 0.7)
    angle = (columns - source) / (rows + 0.55 * height)
    beams = wavering(chance, 2048, swell=70, octaves=3)
    strength = np.interp(angle, np.linspace(-1.8, 1.8, 2048), np.clip(beams, 0, 1) ** 1.3).astype(np.float32)
    fading = np.clip(1 - rows / (0.9 * height), 0, 1) ** 1.4
    return Layer(
        poses=(image_of(mixed(palette.light, palette.low, 0.3), 0.55 * strength * fading),),
        left=-80,
        order=0.1,
        sway=(46.0, 8.0, 0.0),
    )


def _weeds(
    chance: np.random.Generator, colour: Pixels, canvas: Canvas, *, base: float, depth: float
) -> Layer:
    width, height = canvas.reach(depth) + 60, int(canvas.unit * (0.22 + 0.22 * depth))
    ink = tuple(int(np.clip(value, 0, 1) * 255) for value in colour)
    stalks = chance.uniform(0, 1, (int(10 + 8 * depth), 3))

    def draw(pen: ImageDraw.ImageDraw, scale: float) -> None:
        for place, tall, bend in stalks:
            points = []
            for step in range(24):
                up = step / 23
                x = place * width + np.sin(up * 7 + bend * 6) * height * 0.05 * up
                points.append((x * scale, (height - up * height * (0.35 + 0.6 * tall)) * scale))
            for number in range(23):
                thick = canvas.unit * (0.006 + 0.014 * depth) * (1.05 - number / 23) * scale
                pen.line((points[number], points[number + 1]), fill=(*ink, 255), width=max(1, int(thick)))

    return Layer(
        poses=(drawn(width, height, draw),), left=-30, top=base - height * 0.72, order=depth - 0.01,
        pan=canvas.width * TRAVEL * depth, sway=(canvas.unit * 0.012, 4.2 + depth, depth),
    )  # fmt: skip


def _shoals(chance: np.random.Generator, palette: Palette, canvas: Canvas) -> Iterator[Layer]:
    for number, order in enumerate((0.3, 0.6)):
        places = chance.normal(0, 1, (14, 2))
        size = canvas.unit * (0.012, 0.020)[number]
        width, height = int(canvas.unit * 0.5), int(canvas.unit * 0.24)
        ink = tuple(int(v * 255) for v in mixed(palette.light, palette.middle, (0.65, 0.35)[number]))

        def draw(pen: ImageDraw.ImageDraw, scale: float) -> None:
            for across, down in places:  # noqa: B023 - drawn at once, within the same turn
                x = float(np.clip(0.5 + 0.17 * across, 0.08, 0.92)) * width * scale  # noqa: B023 - the same
                y = float(np.clip(0.5 + 0.17 * down, 0.08, 0.92)) * height * scale  # noqa: B023 - the same
                r = size * scale  # noqa: B023 - the same
                pen.ellipse((x - r, y - r * 0.42, x + r, y + r * 0.42), fill=(*ink, 255))  # noqa: B023 - the same
                tail = ((x - r * 0.7, y), (x - r * 1.6, y - r * 0.5), (x - r * 1.6, y + r * 0.5))
                pen.polygon(tail, fill=(*ink, 255))  # noqa: B023 - the same

        yield Layer(
            poses=(drawn(width, height, draw),),
            left=canvas.width * chance.uniform(0.0, 0.7),
            top=canvas.height * chance.uniform(0.18, 0.5),
            order=order,
            drift=canvas.width * (0.03, 0.055)[number],
            bob=(canvas.unit * 0.012, 5.0, number / 2),
        )


def _bubbles(chance: np.random.Generator, canvas: Canvas) -> Layer:
    places = chance.uniform(0, 1, (46, 3))

    def draw(pen: ImageDraw.ImageDraw, scale: float) -> None:
        for x, y, size in places:
            r = canvas.unit * (0.003 + 0.010 * size**3) * scale
            cx, cy = x * canvas.width * scale, y * canvas.height * scale
            pen.ellipse((cx - r, cy - r, cx + r, cy + r), outline=(230, 245, 255, 130), width=int(scale))

    return Layer(
        poses=(drawn(canvas.width, canvas.height, draw),),
        order=0.9,
        fall=-canvas.height * 0.09,
        sway=(6.0, 3.0, 0.0),
    )
