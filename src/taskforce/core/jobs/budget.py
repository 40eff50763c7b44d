"""How much a piece of work may take, and whether it has."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What has been taken so far."""

    steps: int = 0
    tokens: int = 0
    cost: float = 0.0
    seconds: float = 0.0


def overdrawn(spent: Spent, limits: Limits) -> str | None:
    """Return the code of the first limit that is used up, or None when one more step may be made."""
    pairs: tuple[tuple[str, float, float | None], ...] = (
        ("max_steps_reached", spent.steps, limits.steps),
        ("token_budget_spent", spent.tokens, limits.tokens),
        ("cost_budget_spent", spent.cost, limits.cost),
        ("timed_out", spent.seconds, limits.seconds),
    )
    return next((code for code, taken, most in pairs if most is not None and taken >= most), None)
