"""What a step may do beside running a program and waiting for somebody: let another job do it."""

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, JsonValue

from taskforce.core.documents import JsonObject
from taskforce.core.errors import Invalid
from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.changes import Change

COMMAND = "command"
EXTERNAL = "external"
OF_CAPABILITIES: Mapping[str, str] = {
    "mission": "missions",
    "scenario": "scenarios",
    "video": "videos",
    "scan": "marketplace",
}
"""The actions of Taskforce's other capabilities, and which of them each needs."""


class UnknownAction(Invalid):
    """No step can do this here."""

    code = "unknown_action"
    title = "Unknown action"

    def __init__(self, action: str, known: Collection[str]) -> None:
        needed = OF_CAPABILITIES.get(action)
        why = f" It needs the capability {needed}, which is not there." if needed else ""
        names = ", ".join(sorted({COMMAND, EXTERNAL, *known}))
        super().__init__(f"No action {action!r} is known here.{why} Known are {names}; plugins give more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAction:
    """What a step asks of an action."""

    run: JobId
    project: ProjectId
    created_by: str
    folder: Path
    """The project's folder in the run's working tree."""
    arguments: JsonObject
    """The step's `with`."""


class ActionWork(BaseModel):
    """The job that does it; recorded, so that a replay starts the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    input: dict[str, JsonValue]
    subject: str | None = None
    notes: dict[str, JsonValue] = {}
    """What the action's `changes` need."""


class StepAction(Protocol):
    """Turns what a step says in `with` into a job of another capability, or of a plugin's program."""

    name: ClassVar[str]

    @abstractmethod
    async def prepare(self, asked: AskedAction) -> ActionWork:
        """Return the job to start. Raises Invalid when the step's `with` is not right."""

    def changes(self, work: ActionWork) -> Sequence[Change]:
        """Return what is to be written beside the job; nothing, unless an action says otherwise."""
        return ()


class ActionSource(Protocol):
    """Knows the actions."""

    @abstractmethod
    def get(self, name: str) -> StepAction:
        """Return an action. Raises UnknownAction, PluginBroken."""
