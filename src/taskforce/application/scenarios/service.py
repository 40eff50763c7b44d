"""The use cases of simulated runs."""

from functools import partial

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.scenarios.ended_runs import EndedRuns
from taskforce.application.scenarios.plants import ScenarioPlants
from taskforce.application.scenarios.projects import check_project
from taskforce.application.scenarios.schemas import (
    ArtifactHandle,
    GetScenarioRun,
    ListScenarioRuns,
    RunEnqueued,
    RunResultsIndex,
    RunStatusView,
    StartRun,
)
from taskforce.core.identity import JobId
from taskforce.core.jobs.errors import JobIsOver
from taskforce.core.jobs.ports import JobFilter, JobStore
from taskforce.core.paging import Listing, Page
from taskforce.core.principals import Principal
from taskforce.core.scenarios.task import KIND, RunTask


class ScenarioRunService:
    """Starts runs, shows them, and ends them."""

    def __init__(
        self,
        *,
        desk: JobDesk,
        jobs: JobStore,
        runs: EndedRuns,
        plants: ScenarioPlants,
        once: Once,
    ) -> None:
        self._desk = desk
        self._jobs = jobs
        self._runs = runs
        self._plants = plants
        self._once = once

    async def create(self, principal: Principal, request: StartRun, *, key: str | None = None) -> RunEnqueued:
        """Simulate a scenario on the project's newest snapshot."""
        check_project(principal, request.project_id)

        async def make(note: Note) -> RunEnqueued:
            plant = await self._plants.for_scenarios(principal, [request.scenario])
            task = RunTask(plant=plant, scenario=request.scenario)
            job = self._desk.new(KIND, principal, task.model_dump(mode="json"), subject=None, alone=False)
            return RunEnqueued.of(await self._desk.accept(job, changes=note(job.id)))

        keyed = Keyed.of("scenario_runs.create", principal, request, key)
        return await self._once.do(keyed, make=make, again=partial(self._again, principal))

    async def list(self, principal: Principal, request: ListScenarioRuns) -> Listing[RunStatusView]:
        """List a project's runs, newest first."""
        check_project(principal, request.project_id)
        wanted = JobFilter(project=principal.project, kind=KIND)
        found = await self._jobs.list(wanted, Page(limit=request.limit, offset=request.offset))
        return Listing(items=tuple(map(RunStatusView.of, found.items)), total=found.total)

    async def get(self, principal: Principal, request: GetScenarioRun) -> RunStatusView:
        """Show how a run stands."""
        check_project(principal, request.project_id)
        return RunStatusView.of(await self._runs.find(JobId(request.run_id), project=principal.project))

    async def results(self, principal: Principal, request: GetScenarioRun) -> RunResultsIndex:
        """Show what a run came to."""
        check_project(principal, request.project_id)
        result = await self._runs.result(JobId(request.run_id), project=principal.project)
        return RunResultsIndex(artifacts=tuple(map(ArtifactHandle.of, result.files)), kpis=result.kpis)

    async def cancel(self, principal: Principal, request: GetScenarioRun) -> None:
        """Cancel a run; one that is over stays as it is."""
        check_project(principal, request.project_id)
        run = await self._runs.find(JobId(request.run_id), project=principal.project)
        try:
            await self._desk.cancel(run.id, principal)
        except JobIsOver:
            return

    async def _again(self, principal: Principal, made: str) -> RunEnqueued:
        job = await self._runs.find(JobId(made), project=principal.project)
        return RunEnqueued.of(job, is_replayed=True)
