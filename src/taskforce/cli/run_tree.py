"""A run as a tree of phases, tasks and steps, as its events tell it; and how long each took."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from taskforce.application.jobs.log_schemas import EventView
from taskforce.application.pipelines.schemas import RunView
from taskforce.cli.terminal import clean
from taskforce.core.documents import JsonObject

PENDING = "pending"
MARKS = {"pending": "·", "running": "▸", "success": "✓", "failed": "✗", "skipped": "-"}
RELEASES = "after/release"
"""Where the tree holds the releases that follow a run: no phase is named so."""
KEPT_LINES = 20
"""Of what a step prints, how many lines are shown when it fails."""


@dataclass(slots=True)
class Part:
    """A phase, a task or a step."""

    name: str
    status: str = PENDING
    begun: datetime | None = None
    ended: datetime | None = None
    error: str = ""
    parts: dict[str, "Part"] = field(default_factory=dict)
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT_LINES))
    is_amid_a_line: bool = False

    def print(self, text: str) -> None:
        """Keep the last lines of what it prints; a piece may end in the middle of one."""
        if self.is_amid_a_line and self.tail:
            text = self.tail.pop() + text
        self.tail.extend(text.splitlines())
        self.is_amid_a_line = not text.endswith("\n")

    def took(self, now: datetime) -> timedelta | None:
        """Return how long it takes, or took; None before it has begun."""
        return None if self.begun is None else (self.ended or now) - self.begun

    def walk(self, depth: int = 0) -> Iterator[tuple[int, "Part"]]:
        """Yield it and what is below it, each with its depth."""
        yield depth, self
        for part in self.parts.values():
            yield from part.walk(depth + 1)


class RunTree:
    """The tree of a run; the root is the run itself."""

    def __init__(self) -> None:
        self.root = Part("")

    def take(self, event: EventView) -> Part | None:
        """Take in what happened, and return the part that it happened to."""
        if event.event_type == "run.planned":
            self._plan(event.details)
            return None
        if event.event_type == "release.completed":
            return self._release(event)
        part = self._part(event.details)
        if part is None:
            return None
        kind = event.event_type.rpartition(".")[2]
        if kind == "output":
            part.print(clean(event.message))
        elif kind == "started":
            part.status, part.begun = "running", event.timestamp
        elif kind == "completed":
            part.status = str(event.details.get("status", "success"))
            part.ended, part.error = event.timestamp, str(event.details.get("error", ""))
        return part

    @classmethod
    def of(cls, run: RunView) -> "RunTree":
        """Return the tree of a run as it stands."""
        tree = cls()
        for phase in run.phases:
            top = Part(phase.name, phase.status.value, phase.started_at, phase.completed_at)
            tree.root.parts[phase.name] = top
            for task in phase.tasks:
                middle = Part(
                    task.project_name, task.status.value, task.started_at, task.completed_at, task.error
                )
                top.parts[task.project_name] = middle
                for step in task.steps:
                    middle.parts[step.name] = Part(
                        step.name, step.status.value, step.started_at, step.completed_at, step.error
                    )
        return tree

    def _plan(self, details: JsonObject) -> None:
        for phase in _objects(details, "phases"):
            top = self.root.parts.setdefault(str(phase["name"]), Part(str(phase["name"])))
            for task in _objects(phase, "tasks"):
                name = str(task["project"])
                steps = task.get("steps")
                parts = {str(step): Part(str(step)) for step in steps} if isinstance(steps, list) else {}
                top.parts[name] = Part(name, parts=parts)

    def _release(self, event: EventView) -> Part:
        """Take in what a release came to, which shows at once when it is over."""
        top = self.root.parts.setdefault(RELEASES, Part("release", status="success"))
        project, number = str(event.details.get("project")), event.details.get("release_number")
        part = Part(
            f"{project} {number}" if number else project,
            status=str(event.details.get("status")),
            error=str(event.details.get("error", "")),
        )
        top.status = part.status if part.status == "failed" else top.status
        top.parts[project] = part
        return part

    def _part(self, details: JsonObject) -> Part | None:
        part: Part | None = self.root
        for level in ("phase", "project", "step"):
            name = details.get(level)
            if name is not None and part is not None:
                part = part.parts.get(str(name))
        return None if part is self.root else part


def duration(took: timedelta | None) -> str:
    """Return a duration for people: `0.4 s`, `12 s`, `3 m 05 s`; empty for none."""
    if took is None:
        return ""
    seconds = max(took.total_seconds(), 0.0)
    if seconds < 10:  # noqa: PLR2004 - from here on a tenth says nothing
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} m {rest:02d} s" if minutes else f"{rest} s"


def _objects(details: JsonObject, name: str) -> list[JsonObject]:
    found = details.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
