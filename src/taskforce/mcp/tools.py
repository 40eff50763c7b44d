"""The tools that MCP clients are offered: a line each, its words and schemas taken from the use case."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, get_type_hints

from mcp.types import Tool, ToolAnnotations

from taskforce.application.jobs.schemas import Request, View
from taskforce.application.jobs.service import JobService
from taskforce.application.missions.service import MissionService
from taskforce.application.missions.sessions import SessionService
from taskforce.application.pipelines.approvals import ApprovalService
from taskforce.application.pipelines.deployments import DeploymentService
from taskforce.application.pipelines.releases import ReleaseService
from taskforce.application.pipelines.service import RunService
from taskforce.application.scenarios.debriefs import DebriefService
from taskforce.application.scenarios.experiments import ExperimentService
from taskforce.application.scenarios.service import ScenarioRunService
from taskforce.core.access.permissions import name_of
from taskforce.mcp.delivery_uses import ApprovalUses, DeploymentUses, ReleaseUses
from taskforce.mcp.scenario_uses import DebriefUses, ExperimentUses, ScenarioRunUses
from taskforce.mcp.services import Services
from taskforce.mcp.uses import JobUses, MissionUses, RunUses, SessionUses
from taskforce.mcp.waiting import Tell

OfPipelines = type[RunUses] | type[ReleaseUses] | type[DeploymentUses] | type[ApprovalUses]
OfScenarios = type[ScenarioRunUses] | type[ExperimentUses] | type[DebriefUses]
Room = type[MissionUses] | type[SessionUses] | type[JobUses] | OfPipelines | OfScenarios


class Hints(Enum):
    """What a client may tell its user of a call: read only, destructive, idempotent, open to the world."""

    LOOKS = (True, False, True, False)
    MAKES = (False, False, False, False)
    STOPS = (False, True, True, False)
    DECIDES = (False, True, True, True)
    """A call that waited may run: what it does is the mission's doing, but a wait is answered once."""
    RUNS = (False, True, False, True)
    """What a mission does with its tools is the profile's to allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A use case as a tool."""

    method: Callable[..., object]
    """The use case itself, whose name and sentence the tool bears."""
    room: Room
    hints: Hints
    advice: str = ""

    @property
    def use_case(self) -> str:
        """Return the operation's id."""
        return name_of(self.method)

    @property
    def name(self) -> str:
        """Return the operation's id, spelled as a tool's name."""
        return self.use_case.replace(".", "_")

    @property
    def asked(self) -> type[Request]:
        """Return what it takes."""
        kind: type[Request] = get_type_hints(self._use)["asked"]
        return kind

    @property
    def shown(self) -> type[View]:
        """Return what it returns."""
        kind: type[View] = get_type_hints(self._use)["return"]
        return kind

    @property
    def _use(self) -> Callable[..., Awaitable[View]]:
        use: Callable[..., Awaitable[View]] = getattr(self.room, self.method.__name__)
        return use

    async def call(self, services: Services, asked: Request, tell: Tell) -> View:
        """Do it."""
        return await self._use(self.room(services), asked, tell)

    def tool(self) -> Tool:
        """Return how clients are told of it."""
        line = (inspect.getdoc(self.method) or "").splitlines()[0]
        reads, destroys, repeats, opens = self.hints.value
        return Tool(
            name=self.name,
            description=f"{line} {self.advice}".rstrip(),
            input_schema=schema(self.asked, mode="validation"),
            output_schema=schema(self.shown, mode="serialization"),
            annotations=ToolAnnotations(
                title=line.removesuffix("."),
                read_only_hint=reads,
                destructive_hint=destroys,
                idempotent_hint=repeats,
                open_world_hint=opens,
            ),
        )


WAITS = (
    "Waits up to wait_seconds. Status in_progress: follow it with jobs_watch. "
    "Status paused: it asks; answer with sessions_respond."
)

FOLLOWED = "Returns at once; its events are those of the job of the same id: jobs_watch."

SIMULATED = f"{FOLLOWED} Once it is completed, scenario_runs_results tells its KPIs."

HANDED_IN = "Returns its job at once: follow it with jobs_watch, and see what it came to with jobs_get."

OFFERS = (
    Offer(method=MissionService.execute, room=MissionUses, hints=Hints.RUNS, advice=WAITS),
    Offer(method=MissionService.list_tools, room=MissionUses, hints=Hints.LOOKS),
    Offer(method=MissionService.list_skills, room=MissionUses, hints=Hints.LOOKS),
    Offer(method=MissionService.list_profiles, room=MissionUses, hints=Hints.LOOKS),
    Offer(method=MissionService.list_models, room=MissionUses, hints=Hints.LOOKS),
    Offer(method=SessionService.list, room=SessionUses, hints=Hints.LOOKS),
    Offer(method=SessionService.get, room=SessionUses, hints=Hints.LOOKS),
    Offer(method=SessionService.create, room=SessionUses, hints=Hints.MAKES),
    Offer(method=SessionService.fork, room=SessionUses, hints=Hints.MAKES),
    Offer(method=SessionService.delete, room=SessionUses, hints=Hints.STOPS),
    Offer(method=SessionService.messages, room=SessionUses, hints=Hints.LOOKS),
    Offer(method=SessionService.respond, room=SessionUses, hints=Hints.DECIDES, advice=WAITS),
    Offer(method=SessionService.resume, room=SessionUses, hints=Hints.RUNS, advice=WAITS),
    Offer(method=SessionService.replay, room=SessionUses, hints=Hints.LOOKS),
    Offer(method=SessionService.cancel, room=SessionUses, hints=Hints.STOPS),
    Offer(method=JobService.list, room=JobUses, hints=Hints.LOOKS),
    Offer(method=JobService.get, room=JobUses, hints=Hints.LOOKS),
    Offer(
        method=JobService.watch,
        room=JobUses,
        hints=Hints.LOOKS,
        advice="Returns the events after a number: up to the end or a question, or those there are within "
        "wait_seconds. Go on with `after` set to the last id.",
    ),
    Offer(method=JobService.cancel, room=JobUses, hints=Hints.STOPS),
    Offer(method=JobService.retry, room=JobUses, hints=Hints.RUNS),
    Offer(method=JobService.prune, room=JobUses, hints=Hints.STOPS),
    Offer(method=JobService.artifacts, room=JobUses, hints=Hints.LOOKS),
    Offer(method=RunService.create, room=RunUses, hints=Hints.RUNS, advice=FOLLOWED),
    Offer(method=RunService.list, room=RunUses, hints=Hints.LOOKS),
    Offer(method=RunService.get, room=RunUses, hints=Hints.LOOKS),
    Offer(method=RunService.cancel, room=RunUses, hints=Hints.STOPS),
    Offer(method=RunService.rerun, room=RunUses, hints=Hints.RUNS, advice=FOLLOWED),
    Offer(method=ReleaseService.create, room=ReleaseUses, hints=Hints.RUNS, advice=HANDED_IN),
    Offer(method=ReleaseService.list, room=ReleaseUses, hints=Hints.LOOKS),
    Offer(method=ReleaseService.get, room=ReleaseUses, hints=Hints.LOOKS),
    Offer(method=ReleaseService.alias, room=ReleaseUses, hints=Hints.STOPS),
    Offer(method=ReleaseService.unalias, room=ReleaseUses, hints=Hints.STOPS),
    Offer(method=DeploymentService.create, room=DeploymentUses, hints=Hints.RUNS, advice=HANDED_IN),
    Offer(method=DeploymentService.current, room=DeploymentUses, hints=Hints.LOOKS),
    Offer(method=DeploymentService.history, room=DeploymentUses, hints=Hints.LOOKS),
    Offer(method=ApprovalService.create, room=ApprovalUses, hints=Hints.MAKES),
    Offer(method=ApprovalService.get, room=ApprovalUses, hints=Hints.LOOKS),
    Offer(method=ApprovalService.revoke, room=ApprovalUses, hints=Hints.STOPS),
    Offer(method=ScenarioRunService.create, room=ScenarioRunUses, hints=Hints.MAKES, advice=SIMULATED),
    Offer(method=ScenarioRunService.list, room=ScenarioRunUses, hints=Hints.LOOKS),
    Offer(method=ScenarioRunService.get, room=ScenarioRunUses, hints=Hints.LOOKS),
    Offer(method=ScenarioRunService.results, room=ScenarioRunUses, hints=Hints.LOOKS),
    Offer(method=ScenarioRunService.cancel, room=ScenarioRunUses, hints=Hints.STOPS),
    Offer(method=ExperimentService.create, room=ExperimentUses, hints=Hints.MAKES, advice=FOLLOWED),
    Offer(method=ExperimentService.get, room=ExperimentUses, hints=Hints.LOOKS),
    Offer(method=ExperimentService.cancel, room=ExperimentUses, hints=Hints.STOPS),
    Offer(method=DebriefService.create, room=DebriefUses, hints=Hints.MAKES, advice=HANDED_IN),
)
BY_NAME: Mapping[str, Offer] = {offer.name: offer for offer in OFFERS}


@cache
def tools() -> tuple[Tool, ...]:
    """Return all tools as clients are told of them."""
    return tuple(offer.tool() for offer in OFFERS)


def schema(kind: type[Request | View], *, mode: Any) -> dict[str, Any]:  # noqa: ANN401 - pydantic's literal
    """Return the schema of a model."""
    return kind.model_json_schema(mode=mode)
