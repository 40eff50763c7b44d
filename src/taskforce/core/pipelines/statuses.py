"""How phases, tasks and steps move from word to word.

Asked by whoever writes a status: the stores that apply a run's changes, and the reports of workers outside.
A word said again changes nothing, so what is said twice around a crash counts once; what has ended stays so.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from taskforce.core.pipelines.changes import MovePhase, MoveStep, MoveTask
from taskforce.core.pipelines.errors import StatusRefused
from taskforce.core.pipelines.model import Phase, PhaseStatus, Step, Task, WorkStatus

Word = TypeVar("Word", PhaseStatus, WorkStatus)

_PHASE: Mapping[PhaseStatus, tuple[PhaseStatus, ...]] = {
    PhaseStatus.PENDING: (PhaseStatus.RUNNING, PhaseStatus.SKIPPED),
    PhaseStatus.RUNNING: (PhaseStatus.SUCCESS, PhaseStatus.FAILED),
}
_WORK: Mapping[WorkStatus, tuple[WorkStatus, ...]] = {
    WorkStatus.PENDING: (WorkStatus.RUNNING,),
    WorkStatus.RUNNING: (WorkStatus.SUCCESS, WorkStatus.FAILED),
}
"""What may come after a word; nothing comes after one that is not named."""


def phase_moves(was: PhaseStatus, said: PhaseStatus) -> bool:
    """Tell whether a word changes a phase: False when it is said again. Raises StatusRefused."""
    return _moves("phase", was, said, _PHASE.get(was, ()))


def task_moves(was: WorkStatus, said: WorkStatus) -> bool:
    """Tell whether a word changes a task: False when it is said again. Raises StatusRefused."""
    return _moves("task", was, said, _WORK.get(was, ()))


def step_moves(was: WorkStatus, said: WorkStatus) -> bool:
    """Tell whether a word changes a step: False when it is said again. Raises StatusRefused."""
    return _moves("step", was, said, _WORK.get(was, ()))


def moved_phase(phase: Phase, move: MovePhase) -> Phase:
    """Return the phase after a move, with its times. Raises StatusRefused."""
    if not phase_moves(phase.status, move.status):
        return phase
    if move.status is PhaseStatus.RUNNING:
        return replace(phase, status=move.status, started_at=move.at)
    return replace(phase, status=move.status, completed_at=move.at)


def moved_task(task: Task, move: MoveTask) -> Task:
    """Return the task after a move, with its times and what went wrong. Raises StatusRefused."""
    if not task_moves(task.status, move.status):
        return task
    if move.status is WorkStatus.RUNNING:
        return replace(task, status=move.status, started_at=move.at)
    return replace(task, status=move.status, completed_at=move.at, error=move.error)


def moved_step(step: Step, move: MoveStep) -> Step:
    """Return the step after a move, with its times and what it came to. Raises StatusRefused.

    A log may be named as soon as the step runs; its end names another, or leaves it as it is.
    """
    if not step_moves(step.status, move.status):
        return step
    logs_key = step.logs_key if move.logs_key is None else move.logs_key
    if move.status is WorkStatus.RUNNING:
        return replace(step, status=move.status, started_at=move.at, logs_key=logs_key)
    return replace(
        step,
        status=move.status,
        completed_at=move.at,
        exit_code=move.exit_code,
        error=move.error,
        logs_key=logs_key,
    )


def _moves(what: str, was: Word, said: Word, allowed: tuple[Word, ...]) -> bool:
    if said is was:
        return False
    if said in allowed:
        return True
    raise StatusRefused(f"A {what} that is {was} cannot become {said}: {_after(allowed)}.")


def _after(allowed: tuple[Word, ...]) -> str:
    return f"what may follow is {' or '.join(allowed)}" if allowed else "it has ended, and stays so"
