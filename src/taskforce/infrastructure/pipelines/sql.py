"""Runs in a SQL database."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.model import JobStatus
from taskforce.core.paging import Listing, Page
from taskforce.core.pipelines.changes import MoveStep, MoveTask
from taskforce.core.pipelines.errors import RunNotFound, WorkNotFound
from taskforce.core.pipelines.identity import StepId, TaskId
from taskforce.core.pipelines.model import Phase, Run, RunFacts, RunStatus, Step, Task, run_status
from taskforce.core.pipelines.ports import PlacedTask, RunFilter, RunStore
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.database.pipeline_tables import (
    pipeline_phases,
    pipeline_runs,
    pipeline_steps,
    pipeline_tasks,
)
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.database.tables import NOT_OVER, jobs
from taskforce.infrastructure.pipelines.sql_changes import move_step, move_task
from taskforce.infrastructure.pipelines.sql_rows import (
    phase_from,
    run_from,
    select_runs,
    step_from,
    task_from,
)


class SqlRunStore(RunStore):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, run_id: JobId, *, project: ProjectId) -> Run:
        return (await self._database.read(lambda connection: _run(connection, run_id, project))).settled()

    async def list(self, wanted: RunFilter, page: Page) -> Listing[Run]:
        return await self._database.read(lambda connection: _listed(connection, wanted, page))

    async def latest(self, facts: RunFacts) -> Run:
        about = {
            "of_project": facts.project,
            "of_repository": facts.repository,
            "of_commit": facts.commit_sha,
            "of_trigger": facts.trigger_type.value,
        }
        row = await self._database.read(lambda connection: _LATEST.one(connection, about))
        if row is None:
            raise RunNotFound(facts.id)
        return run_from(row)

    async def over(self, runs: Sequence[JobId]) -> frozenset[JobId]:
        def read(connection: Connection) -> frozenset[JobId]:
            going = (run for run in runs if _GOES_ON.one(connection, {"run": run}) is not None)
            return frozenset(runs) - frozenset(going)

        return await self._database.read(read)

    async def task(self, task_id: TaskId, *, project: ProjectId) -> PlacedTask:
        return await self._database.read(lambda connection: _placed(connection, task_id, project))

    async def task_of_step(self, step_id: StepId, *, project: ProjectId) -> PlacedTask:
        def read(connection: Connection) -> PlacedTask:
            row = _TASK_OF_STEP.one(connection, {"of_step": step_id})
            if row is None:
                raise WorkNotFound("step", step_id)
            try:
                return _placed(connection, row[0], project)
            except WorkNotFound as hidden:
                raise WorkNotFound("step", step_id) from hidden

        return await self._database.read(read)

    async def report(self, move: MoveStep | MoveTask) -> None:
        if isinstance(move, MoveStep):
            step = move
            await self._database.write(lambda connection: move_step(connection, step))
        else:
            task = move
            await self._database.write(lambda connection: move_task(connection, task))


def _run(connection: Connection, run_id: JobId, project: ProjectId) -> Run:
    row = _GET.one(connection, {"run": run_id, "of_project": project})
    if row is None:
        raise RunNotFound(run_id)
    about = {"of_run": run_id}
    steps: dict[str, list[Step]] = defaultdict(list)
    for each in _STEPS.all(connection, about):
        steps[each[1]].append(step_from(each))
    tasks: dict[str, list[Task]] = defaultdict(list)
    for each in _TASKS.all(connection, about):
        tasks[each[1]].append(task_from(each, tuple(steps[each[0]])))
    phases: list[Phase] = [phase_from(each, tuple(tasks[each[0]])) for each in _PHASES.all(connection, about)]
    return run_from(row, tuple(phases))


def _placed(connection: Connection, task_id: TaskId, project: ProjectId) -> PlacedTask:
    row = _PLACE.one(connection, {"of_task": task_id, "of_project": project})
    if row is None:
        raise WorkNotFound("task", task_id)
    *task, run, phase = row
    steps = _STEPS_OF_TASK.all(connection, {"of_task": task_id})
    found = task_from(task, tuple(map(step_from, steps)))
    ended = _ENDED.one(connection, {"run": run})
    return PlacedTask(run=run, phase=phase, task=found if ended is None else found.settled(ended[0]))


def _listed(connection: Connection, wanted: RunFilter, page: Page) -> Listing[Run]:
    runs = pipeline_runs.c
    conditions = [runs.project == wanted.project, runs.repository == wanted.repository]
    if wanted.branch is not None:
        conditions.append(runs.branch == wanted.branch)
    counted = select(func.count()).select_from(pipeline_runs)
    if wanted.status is not None:
        conditions.append(stands_at(wanted.status))
        counted = counted.join(jobs, jobs.c.id == runs.id)
    total = connection.scalar(counted.where(*conditions))
    query = select_runs().where(*conditions).order_by(runs.created_at.desc(), runs.id.desc())
    rows = connection.execute(query.limit(page.limit).offset(page.offset))
    return Listing(items=tuple(run_from(row) for row in rows), total=total or 0)


def stands_at(status: RunStatus) -> ColumnElement[bool]:
    """Return the condition under which the job of a run stands so."""
    at_it: list[ColumnElement[bool]] = []
    for has_started in (False, True):
        known = [of.value for of in JobStatus if run_status(of, has_started=has_started) is status]
        started = jobs.c.started_at.is_not(None) if has_started else jobs.c.started_at.is_(None)
        if known:
            at_it.append(and_(jobs.c.status.in_(known), started))
    return or_(*at_it)


_this_run = pipeline_runs.c.id == bindparam("run"), pipeline_runs.c.project == bindparam("of_project")
_GET = Prepared(select_runs().where(*_this_run))
_PHASES = Prepared(
    select(pipeline_phases)
    .where(pipeline_phases.c.run == bindparam("of_run"))
    .order_by(pipeline_phases.c.position)
)
_TASKS = Prepared(
    select(pipeline_tasks)
    .join(pipeline_phases, pipeline_phases.c.id == pipeline_tasks.c.phase)
    .where(pipeline_phases.c.run == bindparam("of_run"))
    .order_by(pipeline_tasks.c.position)
)
_STEPS = Prepared(
    select(pipeline_steps)
    .join(pipeline_tasks, pipeline_tasks.c.id == pipeline_steps.c.task)
    .join(pipeline_phases, pipeline_phases.c.id == pipeline_tasks.c.phase)
    .where(pipeline_phases.c.run == bindparam("of_run"))
    .order_by(pipeline_steps.c.position)
)
_PLACE = Prepared(
    select(pipeline_tasks, pipeline_phases.c.run, pipeline_phases.c.name)
    .join(pipeline_phases, pipeline_phases.c.id == pipeline_tasks.c.phase)
    .join(pipeline_runs, pipeline_runs.c.id == pipeline_phases.c.run)
    .where(pipeline_tasks.c.id == bindparam("of_task"), pipeline_runs.c.project == bindparam("of_project"))
)
_STEPS_OF_TASK = Prepared(
    select(pipeline_steps)
    .where(pipeline_steps.c.task == bindparam("of_task"))
    .order_by(pipeline_steps.c.position)
)
_TASK_OF_STEP = Prepared(select(pipeline_steps.c.task).where(pipeline_steps.c.id == bindparam("of_step")))
_LATEST = Prepared(
    select_runs()
    .where(
        pipeline_runs.c.project == bindparam("of_project"),
        pipeline_runs.c.repository == bindparam("of_repository"),
        pipeline_runs.c.commit_sha == bindparam("of_commit"),
        pipeline_runs.c.trigger_type == bindparam("of_trigger"),
    )
    .order_by(pipeline_runs.c.created_at.desc(), pipeline_runs.c.id.desc())
    .limit(1)
)
_GOES_ON = Prepared(select(jobs.c.id).where(jobs.c.id == bindparam("run"), NOT_OVER))
_ENDED = Prepared(select(jobs.c.ended_at).where(jobs.c.id == bindparam("run"), jobs.c.ended_at.is_not(None)))
