"""Sessions: created, shown, answered, resumed, cancelled."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from taskforce.api.answers import (
    LATER,
    LISTED,
    MADE,
    TAGGED,
    AcceptedMissionView,
    accepted,
    check_match,
    links,
    replayed,
    single,
)
from taskforce.api.dependencies import Key, Sessions, Who
from taskforce.api.document.headers import IF_MATCH, IF_NONE_MATCH, taking
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import KEYED, use_case
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import MOST_OF_A_LIST, Id, ListView, Name, PageRequest
from taskforce.application.missions.replay_schemas import ReplayOf, ReplaySession, ReplayView
from taskforce.application.missions.schemas import (
    CancelSession,
    CreateSession,
    GetSession,
    GiveAnswer,
    GoOn,
    ListMessages,
    ListSessions,
    MessageView,
    MissionJobView,
    RespondSession,
    ResumeSession,
    SessionDetailView,
    SessionView,
)
from taskforce.application.missions.session_schemas import DeleteSession, ForkSession, GoOnFrom
from taskforce.application.missions.sessions import SessionService
from taskforce.core.jobs.errors import JobIsOver, JobNotOver, WaitNotOpen
from taskforce.core.missions.errors import (
    ModelNotFound,
    ModelNotReady,
    NoMission,
    NothingToResume,
    NotRecorded,
    ProfileInvalid,
    ProfileNotFound,
    SessionBusy,
    WorkspaceTooLarge,
)
from taskforce.core.shapes import shape

router = APIRouter(prefix="/api/v1/sessions", route_class=StrictRoute, tags=["missions"])

ACCEPTED = {202: LATER}
RESUMED = (*KEYED, SessionBusy, NoMission, NothingToResume, JobNotOver, ModelNotFound, ModelNotReady)
Profile = Annotated[Name | None, Query(description="Only if it is of this profile.")]


@router.get("", **use_case(SessionService.list, responses=LISTED))
async def list_sessions(
    asked: Annotated[ListSessions, Query()],
    who: Who,
    sessions: Sessions,
    request: Request,
    response: Response,
) -> Annotated[list[SessionView], shape(maxItems=MOST_OF_A_LIST)]:
    """X-Total-Count tells how many there are in all, Link where the other parts are."""
    found = await sessions.list(who, asked)
    response.headers.update(links(request, total=found.total, limit=asked.limit, offset=asked.offset))
    return list(found.items)


@router.post(
    "",
    status_code=201,
    **use_case(SessionService.create, *KEYED, ProfileNotFound, ProfileInvalid, responses=MADE),
)
async def create_session(
    asked: CreateSession, who: Who, sessions: Sessions, response: Response, *, key: Key
) -> SessionDetailView:
    """Location names it."""
    session = await sessions.create(who, asked, key=key)
    response.headers.update({"Location": f"{router.prefix}/{session.session_id}"} | replayed(session))
    return session


@router.get(
    "/{session_id}",
    response_model=SessionDetailView,
    **use_case(SessionService.get, responses=TAGGED),
    **taking(IF_NONE_MATCH),
)
async def get_session(
    session_id: Id, who: Who, sessions: Sessions, request: Request, profile: Profile = None
) -> Response:
    """With its state: what the newest mission came to, or what it waits for."""
    asked = checked(GetSession, session_id=session_id, profile=profile)
    return single(request, await sessions.get(who, asked))


@router.get("/{session_id}/messages", **use_case(SessionService.messages, responses=LISTED))
async def list_messages(
    session_id: Id,
    part: Annotated[PageRequest, Query()],
    *,
    who: Who,
    sessions: Sessions,
    request: Request,
    response: Response,
) -> ListView[MessageView]:
    """The transcript of all its missions."""
    asked = checked(ListMessages, session_id=session_id, **dict(part))
    found = await sessions.messages(who, asked)
    response.headers.update(links(request, total=found.total, limit=asked.limit, offset=asked.offset))
    return ListView.of(found, asked)


@router.post(
    "/{session_id}/fork",
    status_code=201,
    **use_case(SessionService.fork, *KEYED, SessionBusy, WorkspaceTooLarge, responses=MADE),
)
async def fork(
    session_id: Id, asked: GoOnFrom, who: Who, sessions: Sessions, response: Response, *, key: Key
) -> SessionDetailView:
    """Location names it; the body may be `{}`. An own workspace is copied, a given one is shared."""
    made = await sessions.fork(who, checked(ForkSession, session_id=session_id, **dict(asked)), key=key)
    response.headers.update({"Location": f"{router.prefix}/{made.session_id}"} | replayed(made))
    return made


@router.delete(
    "/{session_id}",
    status_code=204,
    **use_case(SessionService.delete, 412, SessionBusy),
    **taking(IF_MATCH),
)
async def delete(session_id: Id, who: Who, sessions: Sessions, request: Request) -> None:
    """Its jobs, their logs and artifacts go with it; one that is busy is refused. Asked again it is 404."""
    if "if-match" in request.headers:
        check_match(request, await sessions.get(who, checked(GetSession, session_id=session_id)))
    await sessions.delete(who, checked(DeleteSession, session_id=session_id))


@router.post("/{session_id}/respond", **use_case(SessionService.respond, WaitNotOpen, NoMission))
async def respond(session_id: Id, asked: GiveAnswer, who: Who, sessions: Sessions) -> MissionJobView:
    """A wait is answered once; a second answer is 409."""
    return await sessions.respond(who, checked(RespondSession, session_id=session_id, **dict(asked)))


@router.post(
    "/{session_id}/resume",
    status_code=202,
    response_model=AcceptedMissionView,
    **use_case(SessionService.resume, *RESUMED, responses=ACCEPTED),
)
async def resume(session_id: Id, asked: GoOn, who: Who, sessions: Sessions, *, key: Key) -> Response:
    """A new job that continues the last; the body may be `{}`."""
    request = checked(ResumeSession, session_id=session_id, **dict(asked))
    return accepted(await sessions.resume(who, request, key=key))


@router.post("/{session_id}/replay", **use_case(SessionService.replay, NoMission, NotRecorded))
async def replay(session_id: Id, asked: ReplayOf, who: Who, sessions: Sessions) -> ReplayView:
    """Nothing is run, changed or stored; the body may be `{}`."""
    return await sessions.replay(who, checked(ReplaySession, session_id=session_id, **dict(asked)))


@router.post(
    "/{session_id}/cancel",
    status_code=202,
    response_model=AcceptedMissionView,
    **use_case(SessionService.cancel, NoMission, JobIsOver, responses=ACCEPTED),
)
async def cancel(session_id: Id, who: Who, sessions: Sessions) -> Response:
    """The job ends at its next checkpoint, or within its tool call."""
    return accepted(await sessions.cancel(who, checked(CancelSession, session_id=session_id)))
