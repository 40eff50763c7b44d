"""Simulated runs, experiments and debriefs, as the library offers them."""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from taskforce.application.jobs.refusals import checked
from taskforce.application.scenarios.debriefs import DebriefService
from taskforce.application.scenarios.experiments import ExperimentService
from taskforce.application.scenarios.outcomes import DebriefOutcomes
from taskforce.application.scenarios.schemas import (
    ONE_PAGE,
    DebriefView,
    ExperimentView,
    GetExperiment,
    GetScenarioRun,
    ListScenarioRuns,
    RunEnqueued,
    StartExperiment,
    StartRun,
    WriteDebrief,
)
from taskforce.application.scenarios.service import ScenarioRunService
from taskforce.core.documents import JsonObject
from taskforce.core.principals import Principal
from taskforce.core.scenarios.scenario import ScenarioConfig
from taskforce.rooms.asking import asked


class ScenarioRuns:
    """The use cases of simulated runs. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: ScenarioRunService, principal: Principal) -> None:
        self._service = service
        self._principal = principal
        self.list = asked(principal, service.list, ListScenarioRuns)
        self.get = asked(principal, service.get, GetScenarioRun)
        self.results = asked(principal, service.results, GetScenarioRun)
        self.cancel = asked(principal, service.cancel, GetScenarioRun)

    async def create(
        self,
        *,
        project_id: str,
        scenario: ScenarioConfig | JsonObject,
        idempotency_key: str | None = None,
    ) -> RunEnqueued:
        """Simulate a scenario on the project's newest snapshot. Raises NoSnapshot, ScenarioUnfit."""
        request = checked(StartRun, project_id=project_id, scenario=scenario)
        return await self._service.create(self._principal, request, key=idempotency_key)


class Experiments:
    """The use cases of experiments. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: ExperimentService, principal: Principal) -> None:
        self._service = service
        self._principal = principal
        self.get = asked(principal, service.get, GetExperiment)
        self.cancel = asked(principal, service.cancel, GetExperiment)

    async def create(
        self,
        *,
        project_id: str,
        sweeps: Mapping[str, Sequence[JsonValue]],
        base: ScenarioConfig | JsonObject | None = None,
        parallelism: int = 2,
        seed_base: int = 0,
        idempotency_key: str | None = None,
    ) -> ExperimentView:
        """Simulate a scenario with each value of what is varied of it.

        Raises NoSnapshot, ScenarioUnfit, SweepsInvalid.
        """
        request = checked(
            StartExperiment,
            project_id=project_id,
            base=base or {},
            sweeps={field: list(values) for field, values in sweeps.items()},
            parallelism=parallelism,
            seed_base=seed_base,
        )
        return await self._service.create(self._principal, request, key=idempotency_key)


class Debriefs:
    """The use cases of debriefs. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: DebriefService, outcomes: DebriefOutcomes, principal: Principal) -> None:
        self._service = service
        self._outcomes = outcomes
        self._principal = principal

    async def create(
        self,
        *,
        project_id: str,
        run_id: str,
        baseline_run_id: str | None = None,
        template_id: str = ONE_PAGE,
        idempotency_key: str | None = None,
    ) -> DebriefView:
        """Write a page on a run, and wait until it is written.

        Raises RunNotFound, RunUnfinished, DebriefFailed.
        """
        words = {"run_id": run_id, "baseline_run_id": baseline_run_id, "template_id": template_id}
        request = checked(WriteDebrief, project_id=project_id, **words)
        job = await self._service.create(self._principal, request, key=idempotency_key)
        return await self._outcomes.written(self._principal, job)
