"""Debriefs: written on a run, and on what it changes against another one."""

from fastapi import APIRouter, Request, Response

from taskforce.api.answers import accepted, created
from taskforce.api.dependencies import Debriefs, DoorsGiven, Key, Who, Written
from taskforce.api.patience import SHORT, Patience
from taskforce.api.routes.releases import DELIVERED
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import KEYED, use_case
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import ProjectId
from taskforce.application.scenarios.debriefs import DebriefService
from taskforce.application.scenarios.schemas import DebriefView, NewDebrief, WriteDebrief
from taskforce.core.scenarios.errors import DebriefFailed, RunNotFound, RunUnfinished

router = APIRouter(
    prefix="/api/v1/projects/{project_id}/debriefs", route_class=StrictRoute, tags=["scenarios"]
)


@router.post(
    "",
    status_code=201,
    response_model=DebriefView,
    **use_case(DebriefService.create, *KEYED, RunNotFound, RunUnfinished, DebriefFailed, responses=DELIVERED),
)
async def create(
    project_id: ProjectId,
    asked: NewDebrief,
    who: Who,
    debriefs: Debriefs,
    written: Written,
    *,
    doors: DoorsGiven,
    request: Request,
    key: Key,
) -> Response:
    """Waits for its page up to ten seconds, or as `Prefer: wait=N` says; then 202."""
    job = await debriefs.create(who, checked(WriteDebrief, project_id=project_id, **dict(asked)), key=key)
    patience = Patience.of(request, background=False).at_most(SHORT)
    made = await patience.wait(written.written(who, job), doors.drain)
    if made is None:
        return accepted(job, applied=patience.applied)
    return created(made, made.url, job, applied=patience.applied)
