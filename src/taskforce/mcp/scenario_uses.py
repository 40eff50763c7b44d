"""The use cases of simulated runs, experiments and debriefs as this door calls them."""

from taskforce.application.jobs.schemas import JobView
from taskforce.application.scenarios.schemas import (
    CancelledView,
    ExperimentView,
    GetExperiment,
    GetScenarioRun,
    ListScenarioRuns,
    RunEnqueued,
    RunResultsIndex,
    RunStatusesView,
    RunStatusView,
    StartExperiment,
    StartRun,
    WriteDebrief,
)
from taskforce.mcp.arguments import Experiment, Simulate, TellRun, request_in
from taskforce.mcp.services import Services
from taskforce.mcp.waiting import Tell


class ScenarioRunUses:
    """The use cases of simulated runs."""

    def __init__(self, services: Services) -> None:
        self._service = services.scenario_runs
        self._principal = services.principal

    async def create(self, asked: Simulate, tell: Tell) -> RunEnqueued:
        """Start a run."""
        request = request_in(asked, StartRun)
        return await self._service.create(self._principal, request, key=asked.idempotency_key)

    async def list(self, asked: ListScenarioRuns, tell: Tell) -> RunStatusesView:
        """List runs."""
        return RunStatusesView.of(await self._service.list(self._principal, asked), asked)

    async def get(self, asked: GetScenarioRun, tell: Tell) -> RunStatusView:
        """Show a run."""
        return await self._service.get(self._principal, asked)

    async def results(self, asked: GetScenarioRun, tell: Tell) -> RunResultsIndex:
        """Show its results."""
        return await self._service.results(self._principal, asked)

    async def cancel(self, asked: GetScenarioRun, tell: Tell) -> CancelledView:
        """Cancel a run."""
        await self._service.cancel(self._principal, asked)
        return CancelledView(id=asked.run_id)


class ExperimentUses:
    """The use cases of experiments."""

    def __init__(self, services: Services) -> None:
        self._service = services.experiments
        self._principal = services.principal

    async def create(self, asked: Experiment, tell: Tell) -> ExperimentView:
        """Start an experiment."""
        request = request_in(asked, StartExperiment)
        return await self._service.create(self._principal, request, key=asked.idempotency_key)

    async def get(self, asked: GetExperiment, tell: Tell) -> ExperimentView:
        """Show an experiment."""
        return await self._service.get(self._principal, asked)

    async def cancel(self, asked: GetExperiment, tell: Tell) -> CancelledView:
        """Cancel an experiment."""
        await self._service.cancel(self._principal, asked)
        return CancelledView(id=asked.experiment_id)


class DebriefUses:
    """The use cases of debriefs."""

    def __init__(self, services: Services) -> None:
        self._service = services.debriefs
        self._principal = services.principal

    async def create(self, asked: TellRun, tell: Tell) -> JobView:
        """Hand a debrief in."""
        request = request_in(asked, WriteDebrief)
        return await self._service.create(self._principal, request, key=asked.idempotency_key)
