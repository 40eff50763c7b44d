"""What a film costs: reckoned before, summed up after, by the prices of its providers."""

from collections.abc import Sequence
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

_CENTS = 6
"""Decimals of a dollar that are kept."""


class Spent(BaseModel):
    """Finished calls of providers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    storyboards: int = Field(default=0, ge=0)
    pictures: int = Field(default=0, ge=0)
    clip_seconds: float = Field(default=0, ge=0)
    """Of clips in the lengths that their provider makes."""

    def plus(self, other: Self) -> Self:
        """Return both together."""
        return type(self)(
            storyboards=self.storyboards + other.storyboards,
            pictures=self.pictures + other.pictures,
            clip_seconds=self.clip_seconds + other.clip_seconds,
        )


NOTHING_SPENT = Spent()


class Prices(BaseModel):
    """US dollars for one finished call, or one second."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    storyboard: float = Field(default=0, ge=0)
    picture: float = Field(default=0, ge=0)
    clip_second: float = Field(default=0, ge=0)
    clip_lengths: tuple[int, ...] = ()
    """Seconds that a clip may have, shortest first; none: whatever is ordered."""

    def ordered(self, seconds: int) -> int:
        """Return the seconds that are paid for a clip of so many."""
        return length_for(self.clip_lengths, seconds) if self.clip_lengths else seconds

    def of(self, spent: Spent) -> float:
        """Return what calls cost, to a millionth of a dollar."""
        total = (
            spent.storyboards * self.storyboard
            + spent.pictures * self.picture
            + spent.clip_seconds * self.clip_second
        )
        return round(total, _CENTS)


def length_for(lengths: Sequence[int], seconds: int) -> int:
    """Return the shortest length that is long enough, else the longest."""
    return next((length for length in lengths if length >= seconds), lengths[-1])


def expected(*, has_storyboard: bool, pictures: int, clips: int, clip_seconds: int) -> Spent:
    """Return the calls that are to be made when none fails; each clip has so many seconds."""
    return Spent(storyboards=0 if has_storyboard else 1, pictures=pictures, clip_seconds=clips * clip_seconds)
