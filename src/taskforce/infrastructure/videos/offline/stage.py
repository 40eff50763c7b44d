"""A stage: everything of one picture in layers, seen by a camera at a moment."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property, lru_cache

import numpy as np
from PIL import Image

from taskforce.infrastructure.videos.offline import banks, lands, shapes, skies, spaces, subjects, waters
from taskforce.infrastructure.videos.offline.canvas import Canvas, Layer, gradient, image_of
from taskforce.infrastructure.videos.offline.cities import city
from taskforce.infrastructure.videos.offline.look import Look
from taskforce.infrastructure.videos.offline.palettes import palette_of
from taskforce.infrastructure.videos.offline.vocabulary import LANDSMEN, Place
from taskforce.infrastructure.videos.offline.woods import woods

_HORIZONS = {
    Place.MOUNTAINS: 0.62, Place.SEA: 0.56, Place.CITY: 0.80, Place.FOREST: 0.66, Place.DESERT: 0.60,
    Place.MEADOW: 0.62,
}  # fmt: skip
"""In heights of the picture."""


KEPT = 2
"""Stages that a process keeps: the end of one scene is the begin of the next."""


class Stage:
    """Builds the layers of a look once, and paints them as often as is asked."""

    def __init__(self, look: Look, canvas: Canvas) -> None:
        self._look = look
        self._canvas = canvas
        self._palette = palette_of(look)
        self._horizon = canvas.height * _HORIZONS.get(look.place, 0.6)
        self._sun = skies.sun_of(look, canvas, self._horizon)

    @cached_property
    def background(self) -> Image.Image:
        """Return what is behind everything, and stays in place."""
        if self._look.place is Place.SPACE:
            return spaces.nebula(self._look, self._palette, self._canvas)
        if self._look.place is Place.ABSTRACT:
            return shapes.field(self._look, self._canvas)
        if self._look.place is Place.DEEP:
            return self._depths()
        return skies.sky(self._look, self._palette, self._canvas, self._horizon, self._sun)

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """Return what moves before it, from far to near."""
        return tuple(sorted(self._layers(), key=lambda layer: layer.order))

    def _layers(self) -> Iterator[Layer]:
        look, palette, canvas = self._look, self._palette, self._canvas
        if look.place is Place.SPACE:
            yield from spaces.bodies(look, canvas)
        elif look.place is Place.ABSTRACT:
            yield from shapes.shapes(look, canvas)
        elif look.place is Place.DEEP:
            yield from waters.deep(look, palette, canvas)
        else:
            yield from self._earth()
        yield from subjects.subject(look, palette, canvas)

    def _earth(self) -> Iterator[Layer]:
        look, palette, canvas = self._look, self._palette, self._canvas
        yield from skies.clouds(look, palette, canvas, self._horizon)
        if look.place is Place.SEA:
            yield from self._water()
        elif look.place is Place.CITY:
            yield from city(look, palette, canvas)
        elif look.place is Place.FOREST:
            yield from woods(look, palette, canvas, self._sun)
        else:
            grounds = {Place.DESERT: lands.desert, Place.MEADOW: lands.meadow}
            yield from grounds.get(look.place, lands.mountains)(look, palette, canvas, self._horizon)
        yield from skies.falling(look, palette, canvas)

    def _water(self) -> Iterator[Layer]:
        look, palette, canvas = self._look, self._palette, self._canvas
        yield waters.islands(look, palette, canvas, self._horizon)
        if look.is_frozen:
            yield from banks.ice(look, palette, canvas, self._horizon, self._sun)
            return
        yield from waters.sea(look, palette, canvas, self._horizon, self._sun)
        if look.subject in LANDSMEN:
            yield from banks.shore(look, palette, canvas)

    def _depths(self) -> Image.Image:
        palette, canvas = self._palette, self._canvas
        blue = palette.ground * (0.5 + 0.5 * palette.ambient)
        stops = (
            (0.0, np.clip(blue * 3.4 + palette.light * 0.12, 0, 1)),
            (0.4, blue * 2.0),
            (1.0, blue * 0.7),
        )
        return image_of(np.repeat(gradient(canvas.height, stops), canvas.width, axis=1))


def stage_of(look: Look, canvas: Canvas) -> Stage:
    """Return the stage of a look, whatever its caption; it may have been built before."""
    return _built(replace(look, caption=""), canvas)


@lru_cache(maxsize=KEPT)
def _built(look: Look, canvas: Canvas) -> Stage:
    return Stage(look, canvas)
