"""What routes are given: who asks, and the services."""

import re
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, nullcontext
from typing import Annotated

from fastapi import Depends, Header, Request

from taskforce.api.doors import Doors
from taskforce.api.stream import wants_stream
from taskforce.application.access.keys import KeyService
from taskforce.application.access.members import MemberService
from taskforce.application.access.projects import ProjectService
from taskforce.application.executor import AgentExecutor
from taskforce.application.jobs.service import JobService
from taskforce.application.marketplace.artifacts import SourceArtifactService
from taskforce.application.marketplace.collection import CollectionService
from taskforce.application.marketplace.scans import ScanService
from taskforce.application.marketplace.service import SourceService
from taskforce.application.missions.service import MissionService
from taskforce.application.missions.sessions import SessionService
from taskforce.application.pipelines.approvals import ApprovalService
from taskforce.application.pipelines.callbacks import StepService, TaskService
from taskforce.application.pipelines.deployments import DeploymentService
from taskforce.application.pipelines.logs import StepLogs
from taskforce.application.pipelines.outcomes import DeliveryOutcomes
from taskforce.application.pipelines.receiving import GithubReceiver
from taskforce.application.pipelines.releases import ReleaseService
from taskforce.application.pipelines.service import RunService
from taskforce.application.scenarios.debriefs import DebriefService
from taskforce.application.scenarios.experiments import ExperimentService
from taskforce.application.scenarios.imports import ScenarioImportService
from taskforce.application.scenarios.outcomes import DebriefOutcomes
from taskforce.application.scenarios.service import ScenarioRunService
from taskforce.application.videos.files import VideoFileService
from taskforce.application.videos.forks import VideoForkService
from taskforce.application.videos.service import VideoService
from taskforce.application.webhooks.service import WebhookService
from taskforce.core.principals import Principal

PROJECT = Header(alias="X-Project-ID", max_length=128, description="The project that is asked about.")

QUOTED = re.compile('".*"')
KEY = Header(
    alias="Idempotency-Key",
    json_schema_extra={"pattern": r'^([!#-~]{1,255}|"[!#-~]{1,255}")$'},
    description="Sent again with the same body, the request makes nothing new and is answered as before.",
)


async def doors(request: Request) -> Doors:
    """Give what the app stands on."""
    found: Doors = request.app.state.doors
    return found


DoorsGiven = Annotated[Doors, Depends(doors)]


async def principal(
    request: Request,
    _asked_about: Annotated[str | None, PROJECT] = None,  # told in the document, read by the gate
) -> Principal:
    """Give who asks, whom the gate has let in before the request was read."""
    found: Principal = request.state.principal
    return found


Who = Annotated[Principal, Depends(principal)]


async def signer(request: Request) -> Principal:
    """Give who signed the request; its project is a setting, and no header names another."""
    return await principal(request)


Signer = Annotated[Principal, Depends(signer)]


async def stream_slot(who: Who, doors: DoorsGiven) -> AsyncIterator[None]:
    """Hold a stream's place until the answer has ended. Raises TooManyStreams, StreamsTaken."""
    with slot(doors, who):
        yield


async def watch_slot(request: Request, who: Who, doors: DoorsGiven) -> AsyncIterator[None]:
    """Hold a stream's place if a stream is asked for, and no page. Raises TooManyStreams, StreamsTaken."""
    with slot(doors, who) if wants_stream(request) else nullcontext():
        yield


def slot(doors: Doors, who: Principal) -> AbstractContextManager[None]:
    """Return a stream's place, to be held while it is open."""
    settings = doors.settings
    return doors.slots.hold(who.name, most=settings.streams_per_principal, most_in_all=settings.streams)


async def idempotency_key(given: Annotated[str | None, KEY] = None) -> str | None:
    """Give the request's key, without the quotes that it may be in."""
    is_quoted = given is not None and QUOTED.fullmatch(given)
    return given[1:-1] if given is not None and is_quoted else given


async def executor(request: Request) -> AgentExecutor:
    """Give what runs missions."""
    return (await doors(request)).executor


async def missions(request: Request) -> MissionService:
    """Give the use cases of missions."""
    return (await doors(request)).services.missions()


async def sessions(request: Request) -> SessionService:
    """Give the use cases of sessions."""
    return (await doors(request)).services.sessions()


async def jobs(request: Request) -> JobService:
    """Give the use cases of jobs."""
    return (await doors(request)).services.jobs()


async def runs(request: Request) -> RunService:
    """Give the use cases of runs."""
    return (await doors(request)).services.runs()


async def tasks(request: Request) -> TaskService:
    """Give what takes reports of tasks."""
    return (await doors(request)).services.tasks()


async def steps(request: Request) -> StepService:
    """Give what takes reports of steps."""
    return (await doors(request)).services.steps()


async def step_logs(request: Request) -> StepLogs:
    """Give what opens logs by their signed addresses."""
    return (await doors(request)).services.step_logs()


async def releases(request: Request) -> ReleaseService:
    """Give the use cases of releases."""
    return (await doors(request)).services.releases()


async def deployments(request: Request) -> DeploymentService:
    """Give the use cases of deployments."""
    return (await doors(request)).services.deployments()


async def approvals(request: Request) -> ApprovalService:
    """Give the use cases of approvals."""
    return (await doors(request)).services.approvals()


async def delivery_outcomes(request: Request) -> DeliveryOutcomes:
    """Give what waits for releases and deployments."""
    return (await doors(request)).services.delivery_outcomes()


async def scenario_imports(request: Request) -> ScenarioImportService:
    """Give the use cases of imports."""
    return (await doors(request)).services.scenario_imports()


async def scenario_runs(request: Request) -> ScenarioRunService:
    """Give the use cases of simulated runs."""
    return (await doors(request)).services.scenario_runs()


async def experiments(request: Request) -> ExperimentService:
    """Give the use cases of experiments."""
    return (await doors(request)).services.experiments()


async def debriefs(request: Request) -> DebriefService:
    """Give the use cases of debriefs."""
    return (await doors(request)).services.debriefs()


async def debrief_outcomes(request: Request) -> DebriefOutcomes:
    """Give what waits for debriefs."""
    return (await doors(request)).services.debrief_outcomes()


async def sources(request: Request) -> SourceService:
    """Give the use cases of sources."""
    return (await doors(request)).services.marketplace_sources()


async def source_artifacts(request: Request) -> SourceArtifactService:
    """Give the use cases of what was found in sources."""
    return (await doors(request)).services.source_artifacts()


async def collection(request: Request) -> CollectionService:
    """Give the use cases of the collection."""
    return (await doors(request)).services.collection()


async def scans(request: Request) -> ScanService:
    """Give the use case of scans that stand alone."""
    return (await doors(request)).services.scans()


async def videos(request: Request) -> VideoService:
    """Give the use cases of video projects."""
    return (await doors(request)).services.videos()


async def video_forks(request: Request) -> VideoForkService:
    """Give what makes video projects of others."""
    return (await doors(request)).services.video_forks()


async def video_files(request: Request) -> VideoFileService:
    """Give what opens films, clips and pictures."""
    return (await doors(request)).services.video_files()


async def github(request: Request) -> GithubReceiver:
    """Give what takes webhooks of GitHub."""
    return (await doors(request)).services.github()


async def keys(request: Request) -> KeyService:
    """Give the use cases of API keys."""
    return (await doors(request)).services.keys()


async def projects(request: Request) -> ProjectService:
    """Give the use cases of projects."""
    return (await doors(request)).services.projects()


async def members(request: Request) -> MemberService:
    """Give the use cases of a project's members."""
    return (await doors(request)).services.members()


async def webhooks(request: Request) -> WebhookService:
    """Give the use cases of webhooks."""
    return (await doors(request)).services.webhooks()


Key = Annotated[str | None, Depends(idempotency_key)]
Executor = Annotated[AgentExecutor, Depends(executor)]
Missions = Annotated[MissionService, Depends(missions)]
Sessions = Annotated[SessionService, Depends(sessions)]
Jobs = Annotated[JobService, Depends(jobs)]
Runs = Annotated[RunService, Depends(runs)]
Tasks = Annotated[TaskService, Depends(tasks)]
Steps = Annotated[StepService, Depends(steps)]
Logs = Annotated[StepLogs, Depends(step_logs)]
Releases = Annotated[ReleaseService, Depends(releases)]
Deployments = Annotated[DeploymentService, Depends(deployments)]
Approvals = Annotated[ApprovalService, Depends(approvals)]
ScenarioImports = Annotated[ScenarioImportService, Depends(scenario_imports)]
ScenarioRuns = Annotated[ScenarioRunService, Depends(scenario_runs)]
Experiments = Annotated[ExperimentService, Depends(experiments)]
Debriefs = Annotated[DebriefService, Depends(debriefs)]
Written = Annotated[DebriefOutcomes, Depends(debrief_outcomes)]
Sources = Annotated[SourceService, Depends(sources)]
SourceArtifacts = Annotated[SourceArtifactService, Depends(source_artifacts)]
Collection = Annotated[CollectionService, Depends(collection)]
Scans = Annotated[ScanService, Depends(scans)]
Outcomes = Annotated[DeliveryOutcomes, Depends(delivery_outcomes)]
Videos = Annotated[VideoService, Depends(videos)]
Forks = Annotated[VideoForkService, Depends(video_forks)]
Files = Annotated[VideoFileService, Depends(video_files)]
Github = Annotated[GithubReceiver, Depends(github)]
Keys = Annotated[KeyService, Depends(keys)]
Projects = Annotated[ProjectService, Depends(projects)]
Members = Annotated[MemberService, Depends(members)]
Webhooks = Annotated[WebhookService, Depends(webhooks)]
