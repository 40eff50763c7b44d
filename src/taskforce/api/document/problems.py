"""Problems in the document: for each status of an operation the codes it may bear, each with an example."""

import inspect
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from taskforce.api.errors import MEDIA_TYPE, STATUS, WORDS, refused, status_of
from taskforce.core.errors import Exhausted, TaskforceError, Unauthenticated, Unavailable
from taskforce.core.jobs.errors import StoreBusy
from taskforce.core.jobs.requests import RequestUnderWay

May = int | type[TaskforceError]
"""What an operation may be answered with: an error, or the category of a status."""

ANYWHERE: tuple[May, ...] = (400, 403, 404, 406, 408, 413, 414, 415, 431, 500, 503, StoreBusy)
"""What every route may answer, whatever it is for."""
PLACE = "/api/v1"


def problems(*also: May) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses of a route that may answer with these."""
    told: dict[int, dict[str, Any]] = {}
    for status, code, title, sentence in map(_told, (*ANYWHERE, *also)):
        told.setdefault(status, {})[code] = _example(status, code, title=title, sentence=sentence)
    return {status: _response(status, examples) for status, examples in sorted(told.items())}


def _told(may: May) -> tuple[int, str, str, str]:
    """Return status, code, title and sentence."""
    if isinstance(may, int) and may in WORDS:
        problem = refused({"path": PLACE}, may)
        return may, problem.error.code, problem.title, problem.detail
    kind = may if isinstance(may, type) else next(kind for kind in STATUS if STATUS[kind] == may)
    return status_of(kind) or 500, kind.code, kind.title, (inspect.getdoc(kind) or "").splitlines()[0]


def _example(status: int, code: str, *, title: str, sentence: str) -> dict[str, Any]:
    value = {
        "type": f"urn:taskforce:problem:{code}",
        "title": title,
        "status": status,
        "detail": sentence,
        "instance": PLACE,
        "error": {"code": code, "message": sentence, "details": {}},
        "errors": [],
        "request_id": "0199a2f3-5c1e-7a40-8000-6f2d1c0b9a87",
    }
    return {"summary": sentence, "value": value}


def _response(status: int, examples: dict[str, Any]) -> dict[str, Any]:
    codes = ", ".join(f"`{code}`" for code in examples)
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in _headers(status)}
    told = {"headers": headers} if headers else {}
    description = f"{HTTPStatus(status).phrase}: {codes}."
    return {"description": description, "content": {MEDIA_TYPE: content}, **told}


def _headers(status: int) -> Iterator[str]:
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        yield "Content-Range"
    if status == STATUS[Unauthenticated]:
        yield "WWW-Authenticate"
    if status in {STATUS[Exhausted], STATUS[Unavailable], status_of(RequestUnderWay)}:
        yield "Retry-After"
