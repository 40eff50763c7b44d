"""The changes of a run, in the transaction that the connection is in."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, Text, bindparam, func, insert, or_, select, update

from taskforce.core.pipelines.changes import CreateRun, MovePhase, MoveStep, MoveTask, PlanRun
from taskforce.core.pipelines.errors import RunUnderWay, TooManyRuns, WorkNotFound
from taskforce.core.pipelines.model import RunFacts
from taskforce.core.pipelines.statuses import moved_phase, moved_step, moved_task
from taskforce.infrastructure.database.pipeline_tables import (
    pipeline_phases,
    pipeline_runs,
    pipeline_steps,
    pipeline_tasks,
)
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.database.tables import NOT_OVER, jobs
from taskforce.infrastructure.pipelines.sql_rows import (
    facts_values,
    part_rows,
    phase_from,
    step_from,
    task_from,
)


def create_run(connection: Connection, change: CreateRun) -> None:
    """Write what a run is about, unless it is there. Raises RunUnderWay, TooManyRuns."""
    if change.is_alone:
        _check_alone(connection, change.facts)
    if change.most is not None:
        _check_places(connection, change.facts, most=change.most)
    _ADD_RUN.run(connection, facts_values(change.facts))


def plan_run(connection: Connection, change: PlanRun) -> None:
    """Write the parts of a run."""
    for table, values in part_rows(change.run, change.phases):
        _ADD_PART[table].run(connection, values)


def move_phase(connection: Connection, change: MovePhase) -> None:
    """Say how a phase stands. Raises StatusRefused, WorkNotFound."""
    _PHASES.move(connection, change.phase, lambda phase: moved_phase(phase, change))


def move_task(connection: Connection, change: MoveTask) -> None:
    """Say how a task stands. Raises StatusRefused, WorkNotFound."""
    _TASKS.move(connection, change.task, lambda task: moved_task(task, change))


def move_step(connection: Connection, change: MoveStep) -> None:
    """Say how a step stands. Raises StatusRefused, WorkNotFound."""
    _STEPS.move(connection, change.step, lambda step: moved_step(step, change))


APPLIERS: dict[type, Callable[[Connection, Any], None]] = {
    CreateRun: create_run,
    PlanRun: plan_run,
    MovePhase: move_phase,
    MoveTask: move_task,
    MoveStep: move_step,
}


def _check_alone(connection: Connection, facts: RunFacts) -> None:
    about = {
        "of_project": facts.project,
        "of_repository": facts.repository,
        "of_trigger": facts.trigger_type.value,
        "commit": facts.commit_sha,
    }
    row = _OF_COMMIT.one(connection, about)
    if row is not None:
        raise RunUnderWay(row[0])


def _check_places(connection: Connection, facts: RunFacts, *, most: int) -> None:
    about = {"of_project": facts.project, "of_repository": facts.repository}
    row = _UNFINISHED.one(connection, about)
    if row is not None and row[0] >= most:
        raise TooManyRuns(facts.repository, most)


class _Parts:
    """The rows of a table of parts: found by their ids, and written as their statuses move."""

    def __init__(self, table: Table, read: Callable[[Sequence[Any]], Any], *moving: str) -> None:
        self._read = read
        self._what = table.name.removeprefix("pipeline_").removesuffix("s")
        self._moving = ("status", *moving)
        own = table.c.id == bindparam("part_id")
        self._find = Prepared(select(table).where(own).with_for_update())
        changed = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in self._moving}
        self._save = Prepared(update(table).where(own).values(changed))

    def move(self, connection: Connection, part_id: str, moved: Callable[[Any], Any]) -> None:
        row = self._find.one(connection, {"part_id": part_id})
        if row is None:
            raise WorkNotFound(self._what, part_id)
        before = self._read(row)
        after = moved(before)
        if after is not before:
            values = {f"new_{name}": getattr(after, name) for name in self._moving}
            self._save.run(connection, {"part_id": part_id, **values, "new_status": after.status.value})


_TIMES = ("started_at", "completed_at")
_PHASES = _Parts(pipeline_phases, phase_from, *_TIMES)
_TASKS = _Parts(pipeline_tasks, task_from, "error", *_TIMES)
_STEPS = _Parts(pipeline_steps, step_from, "exit_code", "error", "logs_key", *_TIMES)
_is_unfinished = (
    pipeline_runs.c.project == bindparam("of_project"),
    pipeline_runs.c.repository == bindparam("of_repository"),
    NOT_OVER,
)
_UNFINISHED = Prepared(
    select(func.count())
    .select_from(pipeline_runs)
    .join(jobs, jobs.c.id == pipeline_runs.c.id)
    .where(*_is_unfinished)
)
_OF_COMMIT = Prepared(
    select(pipeline_runs.c.id)
    .join(jobs, jobs.c.id == pipeline_runs.c.id)
    .where(
        *_is_unfinished,
        pipeline_runs.c.trigger_type == bindparam("of_trigger"),
        or_(
            pipeline_runs.c.commit_sha.startswith(bindparam("commit", type_=Text)),
            bindparam("commit", type_=Text).startswith(pipeline_runs.c.commit_sha),
        ),
    )
    .limit(1)
)
_ADD_RUN = Prepared(lambda insert: insert(pipeline_runs).on_conflict_do_nothing())
_ADD_PART = {
    table.name: Prepared(insert(table)) for table in (pipeline_phases, pipeline_tasks, pipeline_steps)
}
