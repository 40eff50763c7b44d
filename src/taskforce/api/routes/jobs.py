"""Jobs: shown, watched, cancelled, tried again."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from taskforce.api.answers import (
    LATER,
    LISTED,
    AcceptedView,
    accepted,
    is_old_news,
    links,
    log_page,
    standing,
)
from taskforce.api.dependencies import DoorsGiven, Jobs, Key, Who, watch_slot
from taskforce.api.document.events import STREAM
from taskforce.api.document.headers import IF_NONE_MATCH, KNOWN, PREFER, taking, with_headers
from taskforce.api.patience import LONGEST, Patience
from taskforce.api.stream import EventStream, cursor, first_events, first_news, wants_stream
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import KEYED, use_case
from taskforce.application.jobs.prune_schemas import PruneJobs, PruneView
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import (
    ArtifactView,
    CancelJob,
    GetJob,
    Id,
    ItemsView,
    JobView,
    ListJobs,
    ListView,
    RetryJob,
    WatchJob,
)
from taskforce.application.jobs.service import JobService
from taskforce.core.jobs.errors import JobIsOver, JobNotOver, LockHeld
from taskforce.core.marketplace.errors import RescanTooSoon, ScanOutdated
from taskforce.core.pipelines.errors import TooManyRuns
from taskforce.core.videos.errors import VideoComplete, VideoContinued

router = APIRouter(prefix="/api/v1/jobs", route_class=StrictRoute, tags=["jobs"])

DECIMAL = {"pattern": "^[0-9]{1,16}$"}
After = Annotated[
    str | None, Query(json_schema_extra=DECIMAL, description="Only events with a number above this.")
]
Last = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID",
        json_schema_extra=DECIMAL,
        description="The last event seen; goes before `after`.",
    ),
]
Wait = Annotated[
    int | None,
    Query(
        ge=0,
        le=LONGEST,
        description="Seconds to wait for a new event, a question or the end; goes before Prefer.",
    ),
]
PAGE: dict[str, Any] = {"application/json": {"schema": {"$ref": "#/components/schemas/LogView"}}}
WATCHED = {200: {**STREAM[200], "content": STREAM[200]["content"] | PAGE, **with_headers("Link")}}
STANDING = {200: with_headers("ETag", "Retry-After", "Preference-Applied")} | KNOWN
ACCEPTED: dict[int | str, dict[str, Any]] = {202: LATER}
OF_KINDS = (TooManyRuns, RescanTooSoon, ScanOutdated, VideoComplete, VideoContinued)
"""What jobs of some kinds are refused with when they are tried again."""
OVER = {204: {"description": "The job is over and there is nothing after this number."}}


@router.get("", **use_case(JobService.list, responses=LISTED))
async def list_jobs(
    asked: Annotated[ListJobs, Query()], who: Who, jobs: Jobs, request: Request, response: Response
) -> ListView[JobView]:
    """Link names the other parts."""
    found = await jobs.list(who, asked)
    response.headers.update(links(request, total=found.total, limit=asked.limit, offset=asked.offset))
    return ListView.of(found, asked)


@router.post(":prune", **use_case(JobService.prune))
async def prune(asked: PruneJobs, who: Who, jobs: Jobs) -> PruneView:
    """It is answered when all of it is gone, which may take a while; who leaves does not stop it."""
    return await jobs.prune(who, asked)


@router.get(
    "/{job_id}",
    response_model=JobView,
    **use_case(JobService.get, responses=STANDING),
    **taking(IF_NONE_MATCH, PREFER),
)
async def get_job(
    job_id: Id, who: Who, jobs: Jobs, doors: DoorsGiven, request: Request, *, wait: Wait = None
) -> Response:
    """ETag is its version; If-None-Match is answered with 304. With `wait` it is told once there is news.

    News is a new event, a question, or the end; a version that If-None-Match does not name is news, too.
    """
    asked = checked(GetJob, job_id=job_id)
    job = await jobs.get(who, asked)
    patience = Patience.for_news(request, wait=wait)
    if patience.seconds and is_old_news(request, job):
        pages = await jobs.watch(who, checked(WatchJob, job_id=job_id, after=job.last_event))
        await patience.wait(first_news(pages), doors.drain)
        job = await jobs.get(who, asked)
    return standing(request, job, now=doors.container.clock().now(), applied=patience.applied)


@router.get(
    "/{job_id}/events",
    status_code=200,
    response_class=EventStream,
    dependencies=[Depends(watch_slot)],
    **use_case(JobService.watch, responses=WATCHED | OVER),
)
async def watch(
    job_id: Id,
    who: Who,
    jobs: Jobs,
    doors: DoorsGiven,
    request: Request,
    *,
    after: After = None,
    last: Last = None,
) -> Response:
    """Server-sent events from `Last-Event-ID` on, which goes before `after`; 204 when all of it was seen.

    With `Accept: application/json` a page of the same log, and in Link the next one.
    """
    asked = checked(WatchJob, job_id=job_id, after=cursor(last_event_id=last, after=after))
    pages = await jobs.watch(who, asked)
    job = await jobs.get(who, checked(GetJob, job_id=job_id))
    if not wants_stream(request):
        return log_page(job, await first_events(pages) if asked.after < job.last_event else ())
    if job.status.is_over and asked.after == job.last_event:
        return Response(status_code=204)
    clock = doors.container.clock()
    chunks = doors.wire.chunks_of(pages, clock)
    return EventStream(chunks, drain=doors.drain, clock=clock, stay=doors.stay(who))


@router.post(
    "/{job_id}/cancel",
    status_code=202,
    response_model=AcceptedView,
    **use_case(JobService.cancel, JobIsOver, responses=ACCEPTED),
)
async def cancel(job_id: Id, who: Who, jobs: Jobs) -> Response:
    """The job ends at its next checkpoint, its children before it."""
    return accepted(await jobs.cancel(who, checked(CancelJob, job_id=job_id)))


@router.post(
    "/{job_id}/retry",
    status_code=202,
    response_model=AcceptedView,
    **use_case(JobService.retry, *KEYED, JobNotOver, LockHeld, *OF_KINDS, responses=ACCEPTED),
)
async def retry(job_id: Id, who: Who, jobs: Jobs, *, key: Key) -> Response:
    """The ended job stays as it is."""
    return accepted(await jobs.retry(who, checked(RetryJob, job_id=job_id), key=key))


@router.get("/{job_id}/artifacts", **use_case(JobService.artifacts))
async def list_artifacts(job_id: Id, who: Who, jobs: Jobs) -> ItemsView[ArtifactView]:
    """Their bytes are at /api/v1/artifacts/{id}."""
    return ItemsView.all(await jobs.artifacts(who, checked(GetJob, job_id=job_id)))
