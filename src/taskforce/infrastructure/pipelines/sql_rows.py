"""What the rows of pipelines are in core's words, and the other way round."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Select, select

from taskforce.core.jobs.model import JobStatus
from taskforce.core.pipelines.model import (
    Phase,
    PhaseStatus,
    Run,
    RunFacts,
    Step,
    Task,
    TriggerType,
    WorkStatus,
    run_status,
)
from taskforce.infrastructure.database.pipeline_tables import (
    pipeline_phases,
    pipeline_runs,
    pipeline_steps,
    pipeline_tasks,
)
from taskforce.infrastructure.database.rows import Values
from taskforce.infrastructure.database.tables import jobs

_OF_JOBS = (jobs.c.status, jobs.c.started_at, jobs.c.ended_at, jobs.c.failure)


def select_runs() -> "Select[Any]":
    """Return a query whose rows `run_from` reads."""
    return select(pipeline_runs, *_OF_JOBS).join(jobs, jobs.c.id == pipeline_runs.c.id)


def run_from(row: Sequence[Any], phases: tuple[Phase, ...] = ()) -> Run:
    """Return the run of a row of `select_runs`, as its job's row says that it stands."""
    id, project, repository, branch, commit_sha, trigger, by, created_at, *of_job = row
    status, started, ended, failure = of_job
    facts = RunFacts(
        id=id,
        project=project,
        repository=repository,
        branch=branch,
        commit_sha=commit_sha,
        trigger_type=TriggerType(trigger),
        triggered_by=by,
        created_at=created_at,
    )
    return Run(
        facts=facts,
        status=run_status(JobStatus(status), has_started=started is not None),
        started_at=started,
        completed_at=ended,
        error="" if failure is None else failure["message"],
        phases=phases,
    )


def facts_values(facts: RunFacts) -> Values:
    """Return the row of what a run is about."""
    return {**asdict(facts), "trigger_type": facts.trigger_type.value}


def part_rows(run: str, phases: Sequence[Phase]) -> Iterator[tuple[str, Values]]:
    """Yield the rows of a run's parts, and the names of their tables, each after the row it refers to."""
    for place, phase in enumerate(phases):
        yield pipeline_phases.name, _values(phase, run=run, position=place)
        for position, task in enumerate(phase.tasks):
            yield pipeline_tasks.name, _values(task, phase=phase.id, position=position)
            for number, step in enumerate(task.steps):
                yield pipeline_steps.name, _values(step, task=task.id, position=number)


def phase_from(row: Sequence[Any], tasks: tuple[Task, ...] = ()) -> Phase:
    """Return the phase of a row of its table."""
    id, _, _, name, group_number, required, status, started_at, completed_at = row
    return Phase(
        id=id,
        name=name,
        group_number=group_number,
        required=bool(required),
        status=PhaseStatus(status),
        started_at=started_at,
        completed_at=completed_at,
        tasks=tasks,
    )


def task_from(row: Sequence[Any], steps: tuple[Step, ...] = ()) -> Task:
    """Return the task of a row of its table."""
    id, _, _, project_name, status, error, started_at, completed_at = row
    return Task(
        id=id,
        project_name=project_name,
        status=WorkStatus(status),
        error=error,
        started_at=started_at,
        completed_at=completed_at,
        steps=steps,
    )


def step_from(row: Sequence[Any]) -> Step:
    """Return the step of a row of its table."""
    id, _, _, name, action, status, exit_code, error, logs_key, started_at, completed_at = row
    return Step(
        id=id,
        name=name,
        action=action,
        status=WorkStatus(status),
        exit_code=exit_code,
        error=error,
        logs_key=logs_key,
        started_at=started_at,
        completed_at=completed_at,
    )


def _values(part: Phase | Task | Step, **place: object) -> Values:
    parts = {"tasks", "steps"}
    own = {name: getattr(part, name) for name in part.__slots__ if name not in parts}
    return {**own, "status": part.status.value, **place}
