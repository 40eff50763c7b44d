"""What routes are given: who asks, and the services."""

import re
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, nullcontext
from typing import Annotated

from fastapi import Depends, Header, Request

from taskforce.api.doors import Doors
from taskforce.api.limits import count_failure, count_request
from taskforce.api.stream import wants_stream
from taskforce.application.executor import AgentExecutor
from taskforce.application.jobs.service import JobService
from taskforce.application.missions.service import MissionService
from taskforce.application.missions.sessions import SessionService
from taskforce.core.errors import NotFound, Unauthenticated
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


async def principal(request: Request, project: Annotated[str, PROJECT] = DEFAULT_PROJECT) -> Principal:
    """Give who asks, and count the request. Raises NotFound, TooManyRequests, TooManyFailures."""
    ours = await doors(request)
    try:
        who = _admitted(project)
    except Unauthenticated:
        await count_failure(ours, request.scope)
        raise
    await count_request(ours, request.scope, who)
    return who


def _admitted(project: str) -> Principal:
    if project != DEFAULT_PROJECT:
        raise NotFound(
            "There is no such project, or it is not yours. Leave X-Project-ID out for the default one."
        )
    return local_principal()


Who = Annotated[Principal, Depends(principal)]


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


Key = Annotated[str | None, Depends(idempotency_key)]
Executor = Annotated[AgentExecutor, Depends(executor)]
Missions = Annotated[MissionService, Depends(missions)]
Sessions = Annotated[SessionService, Depends(sessions)]
Jobs = Annotated[JobService, Depends(jobs)]
