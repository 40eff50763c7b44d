"""A still: a picture with the recipe it was drawn by, so that a clip can set it in motion again."""

import io
from functools import cached_property
from typing import Self

from PIL import Image, PngImagePlugin
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from taskforce.infrastructure.videos.offline.canvas import Canvas, Layer
from taskforce.infrastructure.videos.offline.captions import caption
from taskforce.infrastructure.videos.offline.look import Look
from taskforce.infrastructure.videos.offline.pictures import read_png
from taskforce.infrastructure.videos.offline.stage import stage_of
from taskforce.infrastructure.videos.offline.vocabulary import Hour, Place, Subject, Weather

MADE_BY = "Drawn by program, no model made it (Taskforce offline)"
_RECIPE = "taskforce-recipe"
_LONGEST = 8_000
"""Letters of a recipe."""


class Recipe(BaseModel):
    """All that a picture is drawn by."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: Place
    hour: Hour
    weather: Weather
    subject: Subject
    seed: int = Field(ge=0, lt=2**32)
    hue: float | None = Field(ge=0, le=1)
    is_frozen: bool
    style: str = Field(max_length=500)
    caption: str = Field(max_length=_LONGEST)
    camera: float = Field(ge=0, le=1)
    """Where on its way the camera is."""

    @classmethod
    def of(cls, look: Look, *, camera: float) -> Self:
        """Return what is to be drawn when the camera is there."""
        return cls(
            place=look.place, hour=look.hour, weather=look.weather, subject=look.subject, seed=look.seed,
            hue=look.hue, is_frozen=look.is_frozen, style=look.style, caption=look.caption, camera=camera,
        )  # fmt: skip

    @property
    def look(self) -> Look:
        """Return the look without the place of the camera."""
        return Look(
            place=self.place, hour=self.hour, weather=self.weather, subject=self.subject, seed=self.seed,
            hue=self.hue, is_frozen=self.is_frozen, style=self.style, caption=self.caption,
        )  # fmt: skip


class Still:
    """A picture that can be painted: by its recipe in layers, or a photograph that has none."""

    def __init__(
        self, canvas: Canvas, *, recipe: Recipe | None, photograph: Image.Image | None = None
    ) -> None:
        self.canvas = canvas
        self.recipe = recipe
        self._photograph = photograph
        self._stage = None if recipe is None else stage_of(recipe.look, canvas)

    @classmethod
    def of(cls, png: bytes, canvas: Canvas, *, what: str) -> Self:
        """Read a picture, whoever made it. Raises MediaBroken."""
        picture = read_png(png, what=what)
        recipe = _read(picture.info.get(_RECIPE))
        photograph = None if recipe else _filled(picture.convert("RGB"), canvas)
        return cls(canvas, recipe=recipe, photograph=photograph)

    @cached_property
    def background(self) -> Image.Image:
        """Return what is behind everything."""
        if self._photograph is not None:
            return self._photograph
        return (
            Image.new("RGB", (self.canvas.width, self.canvas.height))
            if self._stage is None
            else self._stage.background
        )

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Return what moves before it, from far to near."""
        return () if self._stage is None else self._stage.layers

    @cached_property
    def caption(self) -> Layer | None:
        """Return the words."""
        return None if self.recipe is None else caption(self.recipe.caption, self.canvas)

    @property
    def camera(self) -> float:
        """Return where the camera is."""
        return 0.0 if self.recipe is None else self.recipe.camera

    def is_like(self, other: Self) -> bool:
        """Tell whether the other shows the same things, from elsewhere."""
        return self.recipe is not None and other.recipe is not None and self.recipe.look == other.recipe.look

    def png(self) -> bytes:
        """Paint it, and write it with its recipe."""
        picture = self.background.copy()
        for layer in self.layers:
            layer.paint(picture, camera=self.camera, moment=0.0)
        if self.caption is not None:
            self.caption.paint(picture, camera=0.0, moment=0.0)
        told = PngImagePlugin.PngInfo()
        told.add_text("Software", MADE_BY)
        if self.recipe is not None:
            told.add_itxt(_RECIPE, self.recipe.model_dump_json())
        held = io.BytesIO()
        picture.save(held, format="PNG", pnginfo=told, compress_level=4)
        return held.getvalue()


def _read(told: object) -> Recipe | None:
    """Return a recipe; one that another program wrote under our name is none."""
    if not isinstance(told, str) or len(told) > 2 * _LONGEST:
        return None
    try:
        return Recipe.model_validate_json(str(told))
    except ValidationError:
        return None


def _filled(picture: Image.Image, canvas: Canvas) -> Image.Image:
    """Return a picture that fills the canvas; what is too wide or too tall is cut off on both sides."""
    larger = max(canvas.width / picture.width, canvas.height / picture.height)
    wide, tall = canvas.width / larger, canvas.height / larger
    left, top = (picture.width - wide) / 2, (picture.height - tall) / 2
    box = (left, top, left + wide, top + tall)
    return picture.resize((canvas.width, canvas.height), Image.Resampling.LANCZOS, box=box)
