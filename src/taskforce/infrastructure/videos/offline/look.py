"""The look of a picture: all that its text decides, before anything is drawn."""

import hashlib
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from taskforce.infrastructure.videos.offline.vocabulary import (
    HOURS,
    PLACES,
    SUBJECTS,
    WEATHERS,
    Hour,
    Place,
    Subject,
    Weather,
    first_named,
    hue_named,
    last_named,
)

QUOTES = ("“", "”")
"""What stands between them in a prompt is the caption."""
EARTHLY = (Place.MOUNTAINS, Place.SEA, Place.CITY, Place.FOREST, Place.DESERT, Place.MEADOW)
NO_SKY = (Place.SPACE, Place.DEEP, Place.ABSTRACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Where, when, in what weather, who, and the seed of all that is left to chance."""

    place: Place
    hour: Hour
    weather: Weather
    subject: Subject
    seed: int
    hue: float | None
    style: str
    caption: str

    @classmethod
    def of(cls, prompt: str, *, style: str = "", seed: int = 0) -> Self:
        """Read a prompt; what it does not say is chosen by its digest."""
        caption, setting = _parted(prompt)
        drawn = digest(prompt if not setting else setting + caption, seed)
        place = last_named(PLACES, setting) or last_named(PLACES, caption) or _one_of(EARTHLY, drawn)
        told = f"{caption} {setting}"
        hour = last_named(HOURS, told) or _one_of(tuple(Hour), drawn >> 8)
        return cls(
            place=place,
            hour=Hour.NIGHT if place is Place.SPACE else hour,
            weather=last_named(WEATHERS, told) or _one_of((Weather.CLEAR, Weather.CLOUDS), drawn >> 16),
            subject=first_named(SUBJECTS, caption) or first_named(SUBJECTS, setting) or Subject.NOTHING,
            seed=drawn % 2**32,
            hue=hue_named(told),
            style=style,
            caption=caption,
        )

    def chance(self, part: str) -> np.random.Generator:
        """Return the chance of one part of the picture, always the same for the same look."""
        return np.random.default_rng([self.seed, digest(part, 0) % 2**32])

    def without_caption(self) -> Self:
        """Return the same picture without words."""
        return replace(self, caption="")


def digest(text: str, seed: int) -> int:
    """Return a number that the text and the seed decide, everywhere the same."""
    return int.from_bytes(hashlib.sha256(f"{seed}\n{text}".encode()).digest()[:8], "big")


def _parted(prompt: str) -> tuple[str, str]:
    """Return the caption and what is said around it; a prompt without quotes is its own caption."""
    begin, end = prompt.find(QUOTES[0]), prompt.rfind(QUOTES[1])
    if 0 <= begin < end:
        return prompt[begin + 1 : end].strip(), f"{prompt[:begin]} {prompt[end + 1 :]}"
    return prompt.strip(), ""


def _one_of(things: tuple[Place, ...] | tuple[Hour, ...] | tuple[Weather, ...], drawn: int):  # type: ignore[no-untyped-def]
    return things[drawn % len(things)]
