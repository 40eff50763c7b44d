"""What the door stands on: the use cases, who asks, and the word that the server stops."""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from taskforce.application.jobs.log_schemas import EventView
from taskforce.application.jobs.schemas import JobView
from taskforce.application.jobs.service import JobService
from taskforce.application.missions.schemas import MissionView
from taskforce.application.missions.service import MissionService
from taskforce.application.missions.sessions import SessionService
from taskforce.application.pipelines.approvals import ApprovalService
from taskforce.application.pipelines.deployments import DeploymentService
from taskforce.application.pipelines.releases import ReleaseService
from taskforce.application.pipelines.service import RunService
from taskforce.application.scenarios.debriefs import DebriefService
from taskforce.application.scenarios.experiments import ExperimentService
from taskforce.application.scenarios.service import ScenarioRunService
from taskforce.core.principals import Principal


class Executor(Protocol):
    """What this door needs of the AgentExecutor."""

    def follow(
        self, principal: Principal, job: JobView, *, after: int = 0
    ) -> AsyncIterator[tuple[EventView, ...]]: ...

    async def result(self, principal: Principal, job: JobView) -> MissionView: ...

    async def standing(self, principal: Principal, job: JobView) -> MissionView: ...


class Stop(Protocol):
    """The word that the server stops."""

    @abstractmethod
    def listen(self) -> AbstractContextManager[asyncio.Future[None]]:
        """Give a future of the running loop that is done when the server stops."""


class NoStop(Stop):
    """For a server that just ends, and whose clients see that."""

    @contextmanager
    def listen(self) -> Iterator[asyncio.Future[None]]:
        """Give a future that nobody sets."""
        unheard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        yield unheard
        unheard.cancel()


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The use cases, who asks, and the word that the server stops."""

    missions: MissionService
    sessions: SessionService
    jobs: JobService
    runs: RunService
    releases: ReleaseService
    deployments: DeploymentService
    approvals: ApprovalService
    scenario_runs: ScenarioRunService
    experiments: ExperimentService
    debriefs: DebriefService
    executor: Executor
    principal: Principal
    """Who asks; over HTTP each request tells its own."""
    stop: Stop
