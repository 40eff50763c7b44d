"""Running missions: to their end, in the background, or watched live."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from taskforce.api.answers import JOBS, LATER, AcceptedMissionView, accepted, done, replayed
from taskforce.api.dependencies import DoorsGiven, Executor, Key, Missions, Who, stream_slot
from taskforce.api.document.events import STREAM
from taskforce.api.document.headers import PREFER, taking, with_headers
from taskforce.api.patience import Patience
from taskforce.api.stream import EventStream
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import KEYED, operation, use_case
from taskforce.api.wire import chunks_of_views
from taskforce.application.jobs.schemas import ItemsView
from taskforce.application.missions.schemas import (
    ExecuteMission,
    MissionView,
    ModelView,
    ProfileView,
    ToolView,
)
from taskforce.application.missions.service import MissionService
from taskforce.application.missions.skill_schemas import SkillView
from taskforce.core.missions.errors import (
    ContextTooSmall,
    ModelNotFound,
    ModelNotReady,
    ModelRejected,
    ProfileInvalid,
    ProfileNotFound,
    ScriptBroken,
    SessionBusy,
    StrategyNotFound,
    ToolNotFound,
)
from taskforce.core.plugins import PluginBroken
from taskforce.core.skills import SkillInvalid, SkillNotFound

router = APIRouter(prefix="/api/v1", route_class=StrictRoute, tags=["missions"])

WORDS = "Accepted: the job, and where to look at it."
DONE = {
    200: with_headers("Preference-Applied", "Idempotent-Replayed"),
    202: {"model": AcceptedMissionView, "description": WORDS, **LATER},
}
BEGUN = {200: STREAM[200] | with_headers("Location", "Idempotent-Replayed")}
REFUSED = (
    *KEYED,
    ProfileNotFound,
    ProfileInvalid,
    ModelNotFound,
    ModelNotReady,
    ModelRejected,
    StrategyNotFound,
    ToolNotFound,
    SkillNotFound,
    SkillInvalid,
    ScriptBroken,
    PluginBroken,
    ContextTooSmall,
    SessionBusy,
)
Background = Annotated[bool, Query(description="Answer 202 at once instead of waiting for the end.")]


@router.post(
    "/execute",
    response_model=MissionView,
    **use_case(MissionService.execute, *REFUSED, responses=DONE),
    **taking(PREFER),
)
async def execute(
    asked: ExecuteMission,
    who: Who,
    executor: Executor,
    doors: DoorsGiven,
    request: Request,
    *,
    key: Key,
    background: Background = False,
) -> Response:
    """Waits for the end or a pause; 202 with `background`, `Prefer: respond-async` or after `wait=N`."""
    job = await executor.start(who, asked, key=key)
    patience = Patience.of(request, background=background)
    patience.check(job)
    mission = await patience.wait(executor.result(who, job), doors.drain)
    if mission is None:
        return accepted(job, applied=patience.applied)
    return done(job, mission, applied=patience.applied)


@router.post(
    "/execute/stream",
    status_code=200,
    response_class=EventStream,
    dependencies=[Depends(stream_slot)],
    **operation("missions.stream", "Run a mission and stream its events.", *REFUSED, responses=BEGUN),
)
async def stream(
    asked: ExecuteMission, who: Who, executor: Executor, doors: DoorsGiven, *, key: Key
) -> EventStream:
    """Ends with `complete`. The Location header names the stream of the same log, to come back to."""
    job = await executor.start(who, asked, key=key)
    headers = {"Location": f"{JOBS}/{job.id}/events"} | replayed(job)
    chunks = chunks_of_views(executor.follow(who, job))
    clock, stay = doors.container.clock(), doors.stay(who)
    return EventStream(chunks, drain=doors.drain, clock=clock, stay=stay, headers=headers)


@router.get("/tools", **use_case(MissionService.list_tools))
async def list_tools(who: Who, missions: Missions) -> ItemsView[ToolView]:
    """With each tool's risk, effect and the schema of its arguments."""
    return ItemsView.all(missions.list_tools(who))


@router.get("/skills", **use_case(MissionService.list_skills))
async def list_skills(who: Who, missions: Missions) -> ItemsView[SkillView]:
    """With what each takes and what comes with it, or why no mission is told of it."""
    return ItemsView.all(await missions.list_skills(who))


@router.get("/profiles", **use_case(MissionService.list_profiles))
async def list_profiles(who: Who, missions: Missions) -> ItemsView[ProfileView]:
    """With each profile's tools, approvals and limits."""
    return ItemsView.all(missions.list_profiles(who))


@router.get("/models", **use_case(MissionService.list_models))
async def list_models(who: Who, missions: Missions) -> ItemsView[ModelView]:
    """With what each model needs to be there, and which one is the default and why."""
    return ItemsView.all(await missions.list_models(who))
