"""Runs in memory."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.model import Job
from taskforce.core.paging import Listing, Page
from taskforce.core.pipelines.changes import CreateRun, MovePhase, MoveStep, MoveTask, PlanRun
from taskforce.core.pipelines.errors import RunNotFound, RunUnderWay, TooManyRuns, WorkNotFound
from taskforce.core.pipelines.identity import PhaseId, StepId, TaskId
from taskforce.core.pipelines.model import Phase, Run, RunFacts, Task, run_status
from taskforce.core.pipelines.ports import PlacedTask, RunFilter, RunStore
from taskforce.core.pipelines.statuses import moved_phase, moved_step, moved_task
from taskforce.infrastructure.jobs.memory import MemoryJobStore


class MemoryRuns:
    """What runs are about and their parts, which a job store's changes write; `job_of` finds a run's job."""

    def __init__(self, job_of: Callable[[JobId], Job | None]) -> None:
        self._job_of = job_of
        self.facts: dict[JobId, RunFacts] = {}
        self.phases: dict[JobId, tuple[Phase, ...]] = {}

    @property
    def appliers(self) -> Mapping[type, Callable[[Any], None]]:
        """Return what writes each change."""
        return {
            CreateRun: self.create,
            PlanRun: self.plan,
            MovePhase: self.move_phase,
            MoveTask: self.move_task,
            MoveStep: self.move_step,
        }

    def create(self, change: CreateRun) -> None:
        """Keep what a run is about, unless it is there. Raises RunUnderWay, TooManyRuns."""
        unfinished = self._unfinished(change.facts)
        for other in unfinished:
            if change.is_alone and other.is_of_same_commit(change.facts):
                raise RunUnderWay(other.id)
        if change.most is not None and len(unfinished) >= change.most:
            raise TooManyRuns(change.facts.repository, change.most)
        self.facts.setdefault(change.facts.id, change.facts)

    def plan(self, change: PlanRun) -> None:
        """Keep the parts of a run."""
        self.phases[change.run] = change.phases

    def move_phase(self, change: MovePhase) -> None:
        """Say how a phase stands."""
        run, phase = self._phase(change.phase)
        self._put(run, moved_phase(phase, change))

    def move_task(self, change: MoveTask) -> None:
        """Say how a task stands."""
        run, phase = next(
            ((run, phase) for run, phase in self._all() for task in phase.tasks if task.id == change.task),
            (None, None),
        )
        if run is None or phase is None:
            raise WorkNotFound("task", change.task)
        tasks = [moved_task(task, change) if task.id == change.task else task for task in phase.tasks]
        self._put(run, replace(phase, tasks=tuple(tasks)))

    def move_step(self, change: MoveStep) -> None:
        """Say how a step stands."""
        run, phase, index = self.place_of(change.step)
        task = phase.tasks[index]
        steps = [moved_step(step, change) if step.id == change.step else step for step in task.steps]
        tasks = [*phase.tasks]
        tasks[index] = replace(task, steps=tuple(steps))
        self._put(run, replace(phase, tasks=tuple(tasks)))

    def place_of(self, step_id: StepId) -> tuple[JobId, Phase, int]:
        """Return the run and phase of a step, and the position of its task. Raises WorkNotFound."""
        for run, phase in self._all():
            for index, task in enumerate(phase.tasks):
                if any(step.id == step_id for step in task.steps):
                    return run, phase, index
        raise WorkNotFound("step", step_id)

    def _unfinished(self, facts: RunFacts) -> Sequence[RunFacts]:
        about = facts.project, facts.repository
        others = [each for each in self.facts.values() if (each.project, each.repository) == about]
        jobs = [(each, self._job_of(each.id)) for each in others]
        return [each for each, job in jobs if job is not None and not job.status.is_over]

    def _phase(self, phase_id: PhaseId) -> tuple[JobId, Phase]:
        for run, phase in self._all():
            if phase.id == phase_id:
                return run, phase
        raise WorkNotFound("phase", phase_id)

    def _all(self) -> Iterator[tuple[JobId, Phase]]:
        for run, phases in self.phases.items():
            for phase in phases:
                yield run, phase

    def _put(self, run: JobId, phase: Phase) -> None:
        self.phases[run] = tuple(phase if one.id == phase.id else one for one in self.phases[run])


class MemoryRunStore(RunStore):
    """Runs over the jobs that play them."""

    def __init__(self, runs: MemoryRuns, jobs: MemoryJobStore) -> None:
        self._runs = runs
        self._jobs = jobs

    async def get(self, run_id: JobId, *, project: ProjectId) -> Run:
        for run in self._all(project):
            if run.facts.id == run_id:
                return replace(run, phases=self._runs.phases.get(run_id, ())).settled()
        raise RunNotFound(run_id)

    async def list(self, wanted: RunFilter, page: Page) -> Listing[Run]:
        found = [
            run
            for run in self._all(wanted.project)
            if run.facts.repository == wanted.repository
            and wanted.branch in {None, run.facts.branch}
            and wanted.status in {None, run.status}
        ]
        found.sort(key=lambda run: (run.facts.created_at, run.facts.id), reverse=True)
        return Listing(items=tuple(found[page.offset : page.offset + page.limit]), total=len(found))

    async def latest(self, facts: RunFacts) -> Run:
        same = [run for run in self._all(facts.project) if run.facts.lock == facts.lock]
        if not same:
            raise RunNotFound(facts.id)
        return max(same, key=lambda run: (run.facts.created_at, run.facts.id))

    async def over(self, runs: Sequence[JobId]) -> frozenset[JobId]:
        going = {job.id for job in self._jobs.jobs() if not job.status.is_over}
        return frozenset(runs) - going

    async def task(self, task_id: TaskId, *, project: ProjectId) -> PlacedTask:
        for run in self._all(project):
            for phase in self._runs.phases.get(run.facts.id, ()):
                for task in phase.tasks:
                    if task.id == task_id:
                        return _placed(run, phase, task)
        raise WorkNotFound("task", task_id)

    async def task_of_step(self, step_id: StepId, *, project: ProjectId) -> PlacedTask:
        of_run, phase, index = self._runs.place_of(step_id)
        for run in self._all(project):
            if run.facts.id == of_run:
                return _placed(run, phase, phase.tasks[index])
        raise WorkNotFound("step", step_id)

    async def report(self, move: MoveStep | MoveTask) -> None:
        self._runs.appliers[type(move)](move)

    def _all(self, project: ProjectId) -> Iterator[Run]:
        for job in self._jobs.jobs():
            facts = self._runs.facts.get(job.id)
            if facts is not None and facts.project == project:
                yield _run(facts, job)


def _placed(run: Run, phase: Phase, task: Task) -> PlacedTask:
    found = task.settled(run.completed_at) if run.status.is_over else task
    return PlacedTask(run=run.facts.id, phase=phase.name, task=found)


def _run(facts: RunFacts, job: Job) -> Run:
    failure = job.outcome.failure if job.outcome else None
    return Run(
        facts=facts,
        status=run_status(job.status, has_started=job.started_at is not None),
        started_at=job.started_at,
        completed_at=job.ended_at,
        error=failure.message if failure else "",
    )
