"""Answers with their headers: accepted work, parts of lists, single resources."""

import hashlib
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from taskforce.application.jobs.log_schemas import LogView
from taskforce.application.jobs.schemas import JobView, View
from taskforce.application.missions.schemas import MissionJobView, SessionDetailView
from taskforce.application.pipelines.approval_schemas import CreatedApprovalView
from taskforce.application.pipelines.schemas import CreatedRunView
from taskforce.core.jobs.events import RecordedEvent

JOBS = "/api/v1/jobs"
KNOWN = {304: {"description": "It is the one that If-None-Match names."}}


class Places(View):
    """Where a job is looked at, and where it is watched."""

    status_url: str
    events_url: str


class AcceptedView(Places, JobView):
    """Work that was accepted: its job, and where it is."""


class AcceptedMissionView(Places, MissionJobView):
    """A mission that was accepted: its job and session, and where it is."""


def accepted(job: JobView, *, applied: str | None = None) -> Response:
    """Answer that work was accepted, and where it is."""
    kind = AcceptedMissionView if isinstance(job, MissionJobView) else AcceptedView
    place = f"{JOBS}/{job.id}"
    view = kind.model_validate({**dict(job), "status_url": place, "events_url": f"{place}/events"})
    return _json(view, 202, {"Location": place, "Retry-After": "1"} | _preference(applied) | replayed(job))


def done(job: JobView, mission: View, *, applied: str | None = None) -> Response:
    """Answer with what a job came to."""
    return _json(mission, 200, _preference(applied) | replayed(job))


def created(view: View, place: str, job: JobView, *, applied: str | None = None) -> Response:
    """Answer with what a job has made, and where it is."""
    return _json(view, 201, {"Location": place} | _preference(applied) | replayed(job))


def replayed(made: JobView | SessionDetailView | CreatedRunView | CreatedApprovalView) -> dict[str, str]:
    """Return the header that tells an answer that was given before."""
    return {"Idempotent-Replayed": "true"} if made.is_replayed else {}


def log_page(job: JobView, events: Sequence[RecordedEvent]) -> Response:
    """Answer with a page of a log, and where the next one is."""
    view = LogView.of(job, events)
    last = view.items[-1].id if view.items else job.last_event
    following = f'<{JOBS}/{job.id}/events?after={last}>; rel="next"'
    return _json(view, 200, {"Link": following} if last < job.last_event else {})


def single(request: Request, view: View, *, version: int | None = None) -> Response:
    """Answer with a resource under its tag, or that it is the one the client has."""
    body = view.model_dump_json()
    tag = f'"{version if version is not None else hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if _is_known(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, "application/json")


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


def _is_known(request: Request, tag: str) -> bool:
    known = [text.strip().removeprefix("W/") for text in request.headers.get("if-none-match", "").split(",")]
    return tag in known or "*" in known


def _preference(applied: str | None) -> dict[str, str]:
    return {"Preference-Applied": applied} if applied else {}


def _json(view: View, status: int, headers: Mapping[str, str]) -> Response:
    return Response(
        view.model_dump_json(), status, {"Cache-Control": "no-store", **headers}, "application/json"
    )
