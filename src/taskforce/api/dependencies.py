"""What routes are given: who asks, and the services."""

import re
from typing import Annotated

from fastapi import Depends, Header, Request

from taskforce.api.doors import Doors
from taskforce.application.executor import AgentExecutor
from taskforce.application.jobs.service import JobService
from taskforce.application.missions.service import MissionService
from taskforce.application.missions.sessions import SessionService
from taskforce.application.pipelines.approvals import ApprovalService
from taskforce.application.pipelines.callbacks import StepService, TaskService
from taskforce.application.pipelines.deployments import DeploymentService
from taskforce.application.pipelines.logs import StepLogs
from taskforce.application.pipelines.outcomes import DeliveryOutcomes
from taskforce.application.pipelines.releases import ReleaseService
from taskforce.application.pipelines.service import RunService
from taskforce.core.errors import NotFound
from taskforce.core.principals import DEFAULT_PROJECT, Principal, local_principal

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


async def principal(asked_about: Annotated[str, PROJECT] = DEFAULT_PROJECT) -> Principal:
    """Give who asks. Raises NotFound for a project that there is not."""
    if asked_about != DEFAULT_PROJECT:  # paths of releases have a `project` of their own
        raise NotFound(
            "There is no such project, or it is not yours. Leave X-Project-ID out for the default one."
        )
    return local_principal()


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


Key = Annotated[str | None, Depends(idempotency_key)]
Who = Annotated[Principal, Depends(principal)]
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
Outcomes = Annotated[DeliveryOutcomes, Depends(delivery_outcomes)]
