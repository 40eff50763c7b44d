"""The plan of a mission: a list of things to do that the agent makes, revises and shows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from pydantic import Field, model_validator

from taskforce.core.missions.model import Frozen


class TodoStatus(StrEnum):
    """How an item stands."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"


class TodoItem(Frozen):
    """One thing to do."""

    position: int = Field(ge=1, strict=True, description="Its number, from 1.")
    description: str = Field(min_length=1, max_length=2_000, description="What is to be done.")
    acceptance_criteria: str = Field(
        default="", max_length=2_000, description="How one sees that it is done."
    )
    dependencies: tuple[int, ...] = Field(default=(), description="Positions that must be done before.")
    status: TodoStatus = TodoStatus.PENDING
    attempts: int = Field(default=0, ge=0, strict=True, description="How often it was tried.")


class TodoList(Frozen):
    """The whole plan; positions are unique, dependencies exist and make no circle."""

    items: tuple[TodoItem, ...] = Field(default=(), max_length=200)

    @model_validator(mode="after")
    def _is_in_order(self) -> "TodoList":
        graph = {item.position: item.dependencies for item in self.items}
        if len(graph) != len(self.items):
            raise ValueError("each position may be used once")
        missing = {needed for needs in graph.values() for needed in needs} - graph.keys()
        if missing:
            raise ValueError(f"dependencies on positions that are not in the plan: {sorted(missing)}")
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as circle:
            raise ValueError(f"dependencies make a circle: {circle.args[1]}") from circle
        return self

    @property
    def current(self) -> TodoItem | None:
        """Return the item that is under way."""
        return next((item for item in self.items if item.status is TodoStatus.IN_PROGRESS), None)

    @property
    def due(self) -> TodoItem | None:
        """Return the first pending item whose dependencies are all completed."""
        done = {item.position for item in self.items if item.status is TodoStatus.COMPLETED}
        waiting = sorted(
            (item for item in self.items if item.status is TodoStatus.PENDING), key=lambda item: item.position
        )
        return next((item for item in waiting if done.issuperset(item.dependencies)), None)

    def having(self, positions: Iterable[int], **changes: TodoStatus | int) -> "TodoList":
        """Return the plan with items changed."""
        changed = set(positions)
        items = (item.model_copy(update=changes) if item.position in changed else item for item in self.items)
        return TodoList(items=tuple(items))

    def with_status(self, status: TodoStatus) -> tuple[TodoItem, ...]:
        """Return the items that stand so."""
        return tuple(item for item in self.items if item.status is status)

    def as_text(self) -> str:
        """Return the plan as the model reads it: a line an item."""
        return "\n".join(f"{item.position}. [{item.status}] {item.description}" for item in self.items)


class Phase(StrEnum):
    """Where a mission is that follows a plan."""

    BEGUN = "begun"
    PLANNING = "planning"
    WORKING = "working"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Course:
    """What a mission's strategy keeps: the plan, and where it is."""

    plan: TodoList = field(default_factory=TodoList)
    phase: Phase = Phase.BEGUN
    plans: int = 0
    """How many plans were asked for."""
