"""Answers with their headers: accepted work, parts of lists, single resources."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from taskforce.api.document.headers import KNOWN, with_headers
from taskforce.application.access.schemas import ProjectView
from taskforce.application.jobs.log_schemas import LogView
from taskforce.application.jobs.schemas import JobView, View
from taskforce.application.marketplace.schemas import RescanView, SourceSchema
from taskforce.application.missions.schemas import MissionJobView, SessionDetailView
from taskforce.application.pipelines.approval_schemas import CreatedApprovalView
from taskforce.application.pipelines.schemas import CreatedRunView
from taskforce.application.scenarios.import_schemas import ProjectSnapshot
from taskforce.application.scenarios.schemas import ExperimentView, RunEnqueued
from taskforce.application.videos.schemas import AcceptedVideo
from taskforce.application.webhooks.schemas import WebhookSecretView
from taskforce.core.jobs.events import RecordedEvent
from taskforce.core.shapes import shape

JOBS = "/api/v1/jobs"
NO_MORE: Mapping[str, str] = {}
Address = Annotated[str, shape(format="uri-reference", maxLength=100)]
TAGGED = {200: with_headers("ETag")} | KNOWN
LISTED = {200: with_headers("X-Total-Count", "Link")}
MADE = {201: with_headers("Location", "Idempotent-Replayed")}
LATER = with_headers("Location", "Retry-After", "Link", "Preference-Applied", "Idempotent-Replayed")
"""The headers of work that was accepted."""
QUEUED = {202: with_headers("Location", "Retry-After", "Link", "Idempotent-Replayed")}
PACE = ((10, 1), (60, 2), (300, 5), (1_800, 10))
"""Up to which age of a job, in seconds, it is asked for again after how many; an older one after SLOWEST."""
SLOWEST = 30


class Places(View):
    """Where a job is looked at, and where it is watched."""

    status_url: Address
    events_url: Address


class AcceptedView(Places, JobView):
    """Work that was accepted: its job, and where it is."""


class AcceptedMissionView(Places, MissionJobView):
    """A mission that was accepted: its job and session, and where it is."""


def accepted(job: JobView, *, applied: str | None = None) -> Response:
    """Answer that work was accepted, and where it is."""
    kind = AcceptedMissionView if isinstance(job, MissionJobView) else AcceptedView
    place = f"{JOBS}/{job.id}"
    view = kind.model_validate({**dict(job), "status_url": place, "events_url": f"{place}/events"})
    links = f'<{view.status_url}>; rel="status", <{view.events_url}>; rel="monitor"'
    headers = {"Location": place, "Retry-After": "1", "Link": links}
    return _json(view, 202, headers | _preference(applied) | replayed(job))


def enqueued(view: RunEnqueued | ExperimentView | RescanView, place: str, job_id: str) -> Response:
    """Answer that what was asked for is under way: where it is, and where its job is watched."""
    links = f'<{place}>; rel="status", <{JOBS}/{job_id}/events>; rel="monitor"'
    return _json(view, 202, {"Location": place, "Retry-After": "1", "Link": links} | replayed(view))


def filming(view: AcceptedVideo) -> Response:
    """Answer that a film is being made: where it is, and where it is seen how it stands."""
    headers = {"Location": f"/api/projects/{view.project_id}", "Retry-After": "1"}
    return _json(view, 202, headers | {"Link": f'<{view.status_url}>; rel="status"'} | replayed(view))


def done(job: JobView, mission: View, *, applied: str | None = None) -> Response:
    """Answer with what a job came to."""
    return _json(mission, 200, _preference(applied) | replayed(job))


def created(view: View, place: str, job: JobView, *, applied: str | None = None) -> Response:
    """Answer with what a job has made, and where it is."""
    return _json(view, 201, {"Location": place} | _preference(applied) | replayed(job))


def replayed(
    made: JobView
    | SessionDetailView
    | WebhookSecretView
    | ProjectView
    | CreatedRunView
    | CreatedApprovalView
    | ProjectSnapshot
    | RunEnqueued
    | ExperimentView
    | SourceSchema
    | RescanView
    | AcceptedVideo,
) -> dict[str, str]:
    """Return the header that tells an answer that was given before."""
    return {"Idempotent-Replayed": "true"} if made.is_replayed else {}


def log_page(job: JobView, events: Sequence[RecordedEvent]) -> Response:
    """Answer with a page of a log, and where the next one is."""
    view = LogView.of(job, events)
    last = view.items[-1].id if view.items else job.last_event
    following = f'<{JOBS}/{job.id}/events?after={last}>; rel="next"'
    return _json(view, 200, {"Link": following} if last < job.last_event else {})


def single(request: Request, view: View, *, more: Mapping[str, str] = NO_MORE) -> Response:
    """Answer with a resource under its tag, or that it is the one the client has."""
    tag = tag_of(view)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", **more}
    if names(request.headers.getlist("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    return Response(view.model_dump_json(), 200, headers, "application/json")


def standing(request: Request, job: JobView, *, now: datetime, applied: str | None) -> Response:
    """Answer with a job as it stands, and when it is worth asking again."""
    return single(request, job, more=_pace(job, now) | _preference(applied))


def is_old_news(request: Request, job: JobView) -> bool:
    """Tell whether the client has nothing to learn from a job yet: it goes on, and has not changed."""
    known = request.headers.getlist("if-none-match")
    return not job.status.is_over and (not known or names(known, tag_of(job)))


def tag_of(view: View) -> str:
    """Return the tag of a resource: its version, or the digest of what is shown."""
    if isinstance(view, JobView):
        return f'"{view.version}"'
    return f'"{hashlib.sha256(view.model_dump_json().encode()).hexdigest()[:32]}"'


def check_match(request: Request, view: View) -> None:
    """Let a request go on whose client has seen the resource as it is, or does not say.

    Raises:
        HTTPException: 412, If-Match names other versions (RFC 9110, 13.1.1).
    """
    wanted = request.headers.getlist("if-match")
    if wanted and not names(wanted, tag_of(view), is_strong=True):
        raise HTTPException(412)


def names(headers: Sequence[str], tag: str, *, is_strong: bool = False) -> bool:
    """Tell whether a header of conditions names a tag, or any; a weak one counts unless it must be strong."""
    named = [text.strip() for text in ",".join(headers).split(",")]
    known = named if is_strong else [text.removeprefix("W/") for text in named]
    return tag in known or "*" in known


def links(request: Request, *, total: int, limit: int, offset: int) -> dict[str, str]:
    """Return the headers of a part of a list: how long it is, and where the other parts are."""
    last = max(0, (total - 1) // limit * limit)
    places = {"first": 0, "prev": max(0, offset - limit), "next": offset + limit, "last": last}
    shown = [
        f'<{_part(request, limit=limit, offset=place)}>; rel="{name}"'
        for name, place in places.items()
        if (name != "prev" or offset > 0) and (name != "next" or place < total)
    ]
    return {"X-Total-Count": str(total), "Link": ", ".join(shown)}


def _part(request: Request, *, limit: int, offset: int) -> str:
    kept = [
        (name, text) for name, text in request.query_params.multi_items() if name not in {"limit", "offset"}
    ]
    return f"{request.url.path}?{urlencode([*kept, ('limit', limit), ('offset', offset)])}"


def _pace(job: JobView, now: datetime) -> dict[str, str]:
    """Return after how many seconds to ask again: more, the older the job is; none when it is over."""
    age = (now - job.created_at).total_seconds()
    pause = next((pause for up_to, pause in PACE if age < up_to), SLOWEST)
    return {} if job.status.is_over else {"Retry-After": str(pause)}


def _preference(applied: str | None) -> dict[str, str]:
    return {"Preference-Applied": applied} if applied else {}


def _json(view: View, status: int, headers: Mapping[str, str]) -> Response:
    return Response(
        view.model_dump_json(), status, {"Cache-Control": "no-store", **headers}, "application/json"
    )
