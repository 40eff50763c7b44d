"""Words move forward alone: said again they change nothing, and what has ended stays ended."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.pipelines.changes import MovePhase, MoveStep, MoveTask
from taskforce.core.pipelines.errors import StatusRefused
from taskforce.core.pipelines.identity import PhaseId, StepId, TaskId
from taskforce.core.pipelines.model import Phase, PhaseStatus, Step, Task, WorkStatus
from taskforce.core.pipelines.statuses import (
    moved_phase,
    moved_step,
    moved_task,
    phase_moves,
    step_moves,
    task_moves,
)
from tests.builders import NOON

PHASE = Phase(id=PhaseId("phase"), name="build", group_number=1)
TASK = Task(id=TaskId("task"), project_name="web")
STEP = Step(id=StepId("step"), name="compile", action="command")
PHASE_MOVES = {("pending", "running"), ("pending", "skipped"), ("running", "success"), ("running", "failed")}
WORK_MOVES = {("pending", "running"), ("running", "success"), ("running", "failed")}
LATER = NOON + timedelta(minutes=1)


@pytest.mark.parametrize("said", PhaseStatus)
@pytest.mark.parametrize("was", PhaseStatus)
def test_a_phase_makes_these_moves_and_no_others(was: PhaseStatus, said: PhaseStatus) -> None:
    if was is said or (was, said) in PHASE_MOVES:
        assert phase_moves(was, said) is (was is not said)
    else:
        with pytest.raises(StatusRefused, match=f"A phase that is {was} cannot become {said}: .+"):
            phase_moves(was, said)


@pytest.mark.parametrize(("what", "moves"), [("task", task_moves), ("step", step_moves)])
@pytest.mark.parametrize("said", WorkStatus)
@pytest.mark.parametrize("was", WorkStatus)
def test_tasks_and_steps_make_these_moves_and_no_others(
    was: WorkStatus, said: WorkStatus, what: str, moves: Callable[[WorkStatus, WorkStatus], bool]
) -> None:
    if was is said or (was, said) in WORK_MOVES:
        assert moves(was, said) is (was is not said)
    else:
        with pytest.raises(StatusRefused, match=f"A {what} that is {was} cannot become {said}: .+"):
            moves(was, said)


def test_a_refusal_says_what_may_follow() -> None:
    with pytest.raises(StatusRefused, match="what may follow is running or skipped"):
        phase_moves(PhaseStatus.PENDING, PhaseStatus.SUCCESS)
    with pytest.raises(StatusRefused, match="it has ended, and stays so"):
        step_moves(WorkStatus.FAILED, WorkStatus.RUNNING)


@given(st.lists(st.sampled_from(WorkStatus), max_size=12))
def test_a_step_starts_once_and_ends_once(words: list[WorkStatus]) -> None:
    step, changes = STEP, []
    for second, word in enumerate(words):
        move = MoveStep(step=step.id, status=word, at=NOON + timedelta(seconds=second), exit_code=second)
        try:
            after = moved_step(step, move)
        except StatusRefused:
            continue
        if after is not step:
            changes.append(word)
        step = after
    assert changes in ([], [WorkStatus.RUNNING], [WorkStatus.RUNNING, step.status])
    assert (step.started_at is None) == (step.status is WorkStatus.PENDING)
    assert (step.completed_at is None) == (step.status in {WorkStatus.PENDING, WorkStatus.RUNNING})
    assert (step.exit_code is None) == (step.completed_at is None)


@given(st.lists(st.sampled_from(PhaseStatus), max_size=12))
def test_a_phase_never_leaves_its_end(words: list[PhaseStatus]) -> None:
    phase = PHASE
    for word in words:
        before = phase
        try:
            phase = moved_phase(phase, MovePhase(phase=phase.id, status=word, at=NOON))
        except StatusRefused:
            continue
        if before.completed_at is not None:
            assert phase is before
    assert (phase.started_at is None) == (phase.status in {PhaseStatus.PENDING, PhaseStatus.SKIPPED})


def test_the_same_word_again_keeps_the_first_time() -> None:
    started = moved_task(TASK, MoveTask(task=TASK.id, status=WorkStatus.RUNNING, at=NOON))
    again = moved_task(started, MoveTask(task=TASK.id, status=WorkStatus.RUNNING, at=LATER))
    assert again is started
    assert again.started_at == NOON


def test_a_task_that_failed_says_of_what() -> None:
    started = moved_task(TASK, MoveTask(task=TASK.id, status=WorkStatus.RUNNING, at=NOON))
    failed = moved_task(
        started, MoveTask(task=TASK.id, status=WorkStatus.FAILED, at=LATER, error="compile: exit code 2")
    )
    assert (failed.status, failed.error, failed.completed_at) == (
        WorkStatus.FAILED,
        "compile: exit code 2",
        LATER,
    )


def test_a_steps_log_stays_named_when_its_end_names_none() -> None:
    started = moved_step(
        STEP, MoveStep(step=STEP.id, status=WorkStatus.RUNNING, at=NOON, logs_key="a/compile.log")
    )
    ended = moved_step(started, MoveStep(step=STEP.id, status=WorkStatus.SUCCESS, at=LATER, exit_code=0))
    assert (ended.logs_key, ended.exit_code) == ("a/compile.log", 0)
