"""The ids of what pipelines keep beside jobs; those of a run's parts follow from the run and their names."""

from typing import NewType
from uuid import UUID, uuid5

from taskforce.core.identity import JobId

PhaseId = NewType("PhaseId", str)
TaskId = NewType("TaskId", str)
StepId = NewType("StepId", str)
ApprovalId = NewType("ApprovalId", str)


def phase_id(run: JobId, phase: str) -> PhaseId:
    """Return the id of a run's phase: always the same (UUIDv5, RFC 9562)."""
    return PhaseId(_named(run, phase))


def task_id(run: JobId, phase: str, project_name: str) -> TaskId:
    """Return the id of a task: what a project does in a phase of a run."""
    return TaskId(_named(run, f"{phase}/{project_name}"))


def step_id(run: JobId, phase: str, project_name: str, step: str) -> StepId:
    """Return the id of a step of a task."""
    return StepId(_named(run, f"{phase}/{project_name}/{step}"))


def _named(run: JobId, path: str) -> str:
    return str(uuid5(UUID(run), path))
