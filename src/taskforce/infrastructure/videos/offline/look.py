"""The look of a picture: all that its text decides, before anything is drawn."""

from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np

from taskforce.infrastructure.videos.offline.labels import CLOSING, OPENING, digest
from taskforce.infrastructure.videos.offline.vocabulary import (
    EARTHLY,
    HOURS,
    SUBJECTS,
    WEATHERS,
    Hour,
    Place,
    Subject,
    Weather,
    first_named,
    hue_named,
    is_frozen,
    last_named,
    place_named,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Where, when, in what weather, who, and the seed of all that is left to chance."""

    place: Place
    hour: Hour
    weather: Weather
    subject: Subject
    seed: int
    hue: float | None
    is_frozen: bool
    """Whether its water is ice."""
    style: str
    caption: str

    @classmethod
    def of(
        cls, prompt: str, *, setting: str = "", style: str = "", seed: int = 0, caption: str | None = None
    ) -> Self:
        """Read a prompt, and where it says nothing the setting; what neither says is chosen by its digest."""
        said = _without_label(prompt)
        drawn = digest(said, seed)
        place = place_named(said) or place_named(setting) or _one_of(EARTHLY, drawn)
        hour = last_named(HOURS, said) or last_named(HOURS, setting) or _one_of(tuple(Hour), drawn >> 8)
        weather = last_named(WEATHERS, said) or last_named(WEATHERS, setting)
        subject = first_named(SUBJECTS, said) or Subject.NOTHING
        if (place, subject) == (Place.SEA, Subject.WHALE):
            place = Place.DEEP  # it is seen where it swims
        return cls(
            place=place,
            hour=Hour.NIGHT if place is Place.SPACE else hour,
            weather=weather or _one_of((Weather.CLEAR, Weather.CLOUDS), drawn >> 16),
            subject=subject,
            seed=drawn % 2**32,
            hue=hue_named(said),
            is_frozen=is_frozen(said),
            style=style,
            caption=said if caption is None else caption,
        )

    def chance(self, part: str) -> np.random.Generator:
        """Return the chance of one part of the picture, always the same for the same look."""
        return np.random.default_rng([self.seed, digest(part, 0) % 2**32])


def _without_label(prompt: str) -> str:
    """Return a prompt without the word for which picture it is: both pictures of a scene look alike."""
    said = prompt.strip()
    for label in (OPENING, CLOSING):
        said = said.removeprefix(label)
    return said.strip()


def _one_of(things: tuple[T, ...], drawn: int) -> T:
    return things[drawn % len(things)]
