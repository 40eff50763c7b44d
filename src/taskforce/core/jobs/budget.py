"""How much a piece of work may take, and whether it has."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from taskforce.core.shapes import Count, unlimited

SUMMED_UP = unlimited("summed up from what the providers of models tell")


class Limits(BaseModel):
    """The most that a piece of work may take; None is no limit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: int | None = Field(default=50, ge=1, le=100_000, strict=True)
    """Turns of the loop."""
    tokens: int | None = Field(default=None, ge=1, le=10**12, strict=True)
    """Tokens in and out together."""
    cost: float | None = Field(default=None, gt=0, le=1e9, strict=True)
    """US dollars."""
    seconds: float | None = Field(default=None, gt=0, le=1e9, strict=True)
    """Time on the wall since the first step, waiting for people left out."""

    def changed_by(self, given: "Limits | None") -> "Limits":
        """Return these limits with those that were named in their place; if none was, the defaults."""
        if given is None:
            return self
        named = given.model_dump(exclude_unset=True)
        return self.model_copy(update=named) if named else given

    def stricter(self, other: "Limits") -> "Limits":
        """Return the lower of both, limit by limit."""
        pairs = {name: (getattr(self, name), getattr(other, name)) for name in Limits.model_fields}
        return Limits(
            **{
                name: min((most for most in pair if most is not None), default=None)
                for name, pair in pairs.items()
            }
        )

    def left_after(self, spent: "Spent") -> "Limits | None":
        """Return what is left of them; None when one is used up."""
        if overdrawn(spent, self) is not None:
            return None
        rest = {
            name: None if most is None else most - getattr(spent, name)
            for name, most in self.model_dump().items()
        }
        return Limits(**rest)

    def shared_by(self, count: int) -> "Limits | None":
        """Return an equal part of them for each of so many; None when there is not enough."""
        if any(most is not None and most < count for most in (self.steps, self.tokens)):
            return None
        return Limits(
            steps=None if self.steps is None else self.steps // count,
            tokens=None if self.tokens is None else self.tokens // count,
            cost=None if self.cost is None else self.cost / count,
            seconds=None if self.seconds is None else self.seconds / count,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What has been taken so far."""

    steps: Count = 0
    tokens: Annotated[int, SUMMED_UP] = 0
    cost: Annotated[float, SUMMED_UP] = 0.0
    seconds: Annotated[float, unlimited("a mission has the time that its limits give it")] = 0.0

    def plus(self, other: "Spent") -> "Spent":
        """Return both together."""
        return Spent(
            steps=self.steps + other.steps,
            tokens=self.tokens + other.tokens,
            cost=self.cost + other.cost,
            seconds=self.seconds + other.seconds,
        )


def overdrawn(spent: Spent, limits: Limits) -> str | None:
    """Return the code of the first limit that is used up, or None when one more step may be made."""
    pairs: tuple[tuple[str, float, float | None], ...] = (
        ("max_steps_reached", spent.steps, limits.steps),
        ("token_budget_spent", spent.tokens, limits.tokens),
        ("cost_budget_spent", spent.cost, limits.cost),
        ("timed_out", spent.seconds, limits.seconds),
    )
    return next((code for code, taken, most in pairs if most is not None and taken >= most), None)
