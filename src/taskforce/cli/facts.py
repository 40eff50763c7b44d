"""What events say, in words: plans, models, artifacts, what was used."""

from taskforce.application.jobs.log_schemas import EventView
from taskforce.cli.terminal import one_line
from taskforce.core.documents import JsonObject

WIDTH = 100
"""Columns that a line of something long takes."""
PLANNER = "planner"
"""The tool whose calls are shown by the plan that they make."""
MARKS = {"pending": "·", "in_progress": "▸", "completed": "✓", "failed": "✗", "skipped": "-"}


def name_of(key: str) -> str:
    """Return how people call an artifact: a file by its path, anything else by its key."""
    return key.partition("/files/")[2] or key


def limits_not_held(event: EventView) -> str:
    """Return which limits nothing holds for the programs of a mission that started, "" if all are held."""
    found = event.details.get("not_held")
    return "; ".join(map(str, found)) if isinstance(found, list) else ""


def items_of(details: JsonObject) -> list[JsonObject]:
    """Return the items of a plan."""
    items = details.get("items")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def plan_of(details: JsonObject) -> dict[int, str]:
    """Return a plan as lines by position."""
    return {
        place: f"{item.get('position')}. [{item.get('status')}] {one_line(str(item.get('description')))}"
        for place, item in enumerate(items_of(details), start=1)
    }


def model_of(model: object, chosen_by: object) -> str:
    """Return a model, and what settled that it is this one."""
    return f"{model} (by {chosen_by})" if chosen_by else str(model)


def fact_of(started: EventView, name: str) -> object:
    """Return what a mission runs with, as its first event tells it; None when it does not."""
    value = started.details.get(name)
    return model_of(value, started.details.get("model_from")) if name == "model" else value


def tokens_of(details: JsonObject) -> tuple[int, int, float]:
    """Return what a model call took: tokens in and out, and its price."""
    taken = [details.get(name) for name in ("input_tokens", "output_tokens", "cost")]
    into, out, cost = (value if isinstance(value, int | float) else 0 for value in taken)
    return int(into), int(out), float(cost)


class Usage:
    """Adds up what the model calls took."""

    def __init__(self) -> None:
        self._into, self._out, self._cost, self._calls = 0, 0, 0.0, 0

    def take(self, details: JsonObject) -> None:
        """Add a call."""
        into, out, cost = tokens_of(details)
        self._into, self._out, self._cost, self._calls = (
            self._into + into,
            self._out + out,
            self._cost + cost,
            self._calls + 1,
        )

    def __str__(self) -> str:
        price = f", ${self._cost:.4f}" if self._cost else ""
        calls = f"{self._calls} model call{'' if self._calls == 1 else 's'}"
        tokens = f", {self._into:,} tokens in, {self._out:,} out" if self._into or self._out else ""
        return f"{calls}{tokens}{price}" if self._calls else ""
