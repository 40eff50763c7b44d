"""The use cases of experiments."""

from functools import partial

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.scenarios.ended_runs import result_of
from taskforce.application.scenarios.plants import ScenarioPlants
from taskforce.application.scenarios.projects import check_project
from taskforce.application.scenarios.schemas import (
    MOST_RUNS,
    ExperimentRunView,
    ExperimentView,
    GetExperiment,
    RunStatusView,
    StartExperiment,
)
from taskforce.core.identity import JobId
from taskforce.core.jobs.errors import JobIsOver, JobNotFound
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import JobFilter, JobStore
from taskforce.core.paging import Page
from taskforce.core.principals import Principal
from taskforce.core.scenarios.errors import ExperimentNotFound, ScenarioUnfit
from taskforce.core.scenarios.kinds import EXPERIMENT
from taskforce.core.scenarios.model import RunStatus
from taskforce.core.scenarios.sweeps import swept
from taskforce.core.scenarios.task import ExperimentTask, RunTask


class ExperimentService:
    """Starts experiments, shows them, and ends them."""

    def __init__(self, *, desk: JobDesk, jobs: JobStore, plants: ScenarioPlants, once: Once) -> None:
        self._desk = desk
        self._jobs = jobs
        self._plants = plants
        self._once = once

    async def create(
        self, principal: Principal, request: StartExperiment, *, key: str | None = None
    ) -> ExperimentView:
        """Simulate a scenario with each value of what is varied of it."""
        check_project(principal, request.project_id)

        async def make(note: Note) -> ExperimentView:
            scenarios = swept(request.base, request.sweeps, seed_base=request.seed_base, most=MOST_RUNS)
            try:
                plant = await self._plants.for_scenarios(principal, scenarios)
            except ScenarioUnfit as unfit:
                raise unfit.below(partial(_pointer, request)) from None
            task = ExperimentTask(plant=plant, scenarios=scenarios, parallelism=request.parallelism)
            job = self._desk.new(
                EXPERIMENT, principal, task.model_dump(mode="json"), subject=None, alone=False
            )
            return self._view(await self._desk.accept(job, changes=note(job.id)), [])

        keyed = Keyed.of("experiments.create", principal, request, key)
        return await self._once.do(keyed, make=make, again=partial(self._again, principal))

    async def get(self, principal: Principal, request: GetExperiment) -> ExperimentView:
        """Show how an experiment and its runs stand."""
        check_project(principal, request.project_id)
        job = await self._find(principal, request.experiment_id)
        return self._view(job, await self._below(job))

    async def cancel(self, principal: Principal, request: GetExperiment) -> None:
        """Cancel an experiment and its runs; one that is over stays as it is."""
        check_project(principal, request.project_id)
        job = await self._find(principal, request.experiment_id)
        try:
            await self._desk.cancel(job.id, principal)
        except JobIsOver:
            return

    async def _find(self, principal: Principal, experiment_id: str) -> Job:
        try:
            job = await self._jobs.get(JobId(experiment_id), project=principal.project)
        except JobNotFound as missing:
            raise ExperimentNotFound(experiment_id) from missing
        if job.kind != EXPERIMENT:
            raise ExperimentNotFound(experiment_id)
        return job

    async def _again(self, principal: Principal, made: str) -> ExperimentView:
        job = await self._find(principal, made)
        return self._view(job, await self._below(job)).model_copy(update={"is_replayed": True})

    async def _below(self, job: Job) -> list[Job]:
        """Return the jobs of its runs, in the order of their seeds."""
        wanted = JobFilter(project=job.project, parent=job.id)
        found = await self._jobs.list(wanted, Page(limit=MOST_RUNS))
        return sorted(found.items, key=lambda run: RunTask.model_validate(run.input).number)

    def _view(self, job: Job, runs: list[Job]) -> ExperimentView:
        stands = RunStatusView.of(job)
        total = len(ExperimentTask.model_validate(job.input).scenarios)
        return ExperimentView(
            experiment_id=job.id,
            project_id=job.project,
            status=stands.status,
            started_at=stands.started_at,
            finished_at=stands.finished_at,
            progress_pct=max(stands.progress_pct, sum(map(_percent, runs)) / total),
            message=stands.message,
            total=total,
            runs=tuple(map(_run_view, runs)),
            version=job.version + sum(run.version for run in runs),
        )


def _pointer(request: StartExperiment, where: str) -> str:
    """Return where a field of a scenario comes from."""
    field = where.split("/")[1] if where else ""
    return f"/sweeps/{field}" if field in request.sweeps else f"/base{where}"


def _percent(run: Job) -> float:
    return 100.0 if run.status.is_over else run.progress.percent


def _run_view(job: Job) -> ExperimentRunView:
    stands = RunStatusView.of(job)
    scenario = RunTask.model_validate(job.input).scenario
    is_done = stands.status is RunStatus.COMPLETED
    return ExperimentRunView(
        run_id=job.id,
        status=stands.status,
        seed=scenario.seed,
        name=scenario.name,
        progress_pct=stands.progress_pct,
        message=stands.message,
        kpis=result_of(job).kpis if is_done else None,
    )
