"""Answers with their headers: accepted work, parts of lists, single resources."""

import hashlib
from collections.abc import Mapping
from typing import Self
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from taskforce.application.jobs.schemas import JobView, View
from taskforce.core.missions.task import KIND, session_of

JOBS = "/api/v1/jobs"
KNOWN = {304: {"description": "It is the one that If-None-Match names."}}


class AcceptedView(JobView):
    """Work that was accepted: its job, and where to look at it and watch it."""

    session_id: str | None
    status_url: str
    events_url: str

    @classmethod
    def of_job(cls, job: JobView) -> Self:
        """Show a job that was accepted."""
        urls = {"status_url": f"{JOBS}/{job.id}", "events_url": f"{JOBS}/{job.id}/events"}
        session_id = session_of(job.subject) if job.kind == KIND else None
        return cls.model_validate({**dict(job), "session_id": session_id, **urls})


def accepted(job: JobView, *, applied: str | None = None) -> Response:
    """Answer that work was accepted, and where it is."""
    view = AcceptedView.of_job(job)
    preference = {"Preference-Applied": applied} if applied else {}
    return _json(view, 202, {"Location": view.status_url, "Retry-After": "1", **preference})


def done(view: View, *, applied: str | None = None) -> Response:
    """Answer with what work came to."""
    return _json(view, 200, {"Preference-Applied": applied} if applied else {})


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


def _json(view: View, status: int, headers: Mapping[str, str]) -> Response:
    return Response(
        view.model_dump_json(), status, {"Cache-Control": "no-store", **headers}, "application/json"
    )
