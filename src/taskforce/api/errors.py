"""Errors on the wire: one table of status codes, one body for everything (RFC 9457)."""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from taskforce.application.jobs.refusals import FieldProblem, RefusalView, refusal
from taskforce.application.jobs.schemas import ErrorView, View
from taskforce.core.access.errors import CredentialsMissing
from taskforce.core.errors import (
    Conflict,
    Exhausted,
    Forbidden,
    Invalid,
    NotFound,
    TaskforceError,
    Unauthenticated,
    Unavailable,
)
from taskforce.core.jobs.requests import KeyReused, RequestUnderWay
from taskforce.core.shapes import Prose, shape, unlimited

STATUS: Mapping[type[TaskforceError], int] = {
    Invalid: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Exhausted: 429,
    Unavailable: 503,
    KeyReused: 422,
}
"""The categories, and the one error that HTTP has a status of its own for."""

WORDS: Mapping[int, tuple[str, str]] = {
    400: ("invalid_request", "The request cannot be read."),
    403: ("authorization_failed", "This is not allowed."),
    404: ("resource_not_found", "There is nothing at this path."),
    405: ("method_not_allowed", "This path does not know this method. Look at the Allow header."),
    406: ("not_acceptable", "There is no answer of a type that the Accept header names."),
    408: ("request_timeout", "The request came too slowly."),
    412: ("precondition_failed", "It has changed: If-Match names another version. Look at it again."),
    413: ("payload_too_large", "The body is over 10 MiB."),
    414: ("uri_too_long", "The path and query are over 8 KiB."),
    415: (
        "unsupported_media_type",
        "The body must be application/json in UTF-8, without a content encoding.",
    ),
    416: ("range_not_satisfiable", "The file ends before this range. Content-Range tells its size."),
    431: ("header_fields_too_large", "The headers are over 32 KiB or more than 100."),
    500: ("internal_error", "Something went wrong here. Tell whoever runs this server the request_id."),
}
"""What is wrong with HTTP itself, before or after any use case: the code and the sentence."""

MEDIA_TYPE = "application/problem+json"
REALM = 'Bearer realm="taskforce"'
TYPE = "^urn:taskforce:problem:[a-z][a-z0-9_]*$"


class Problem(View):
    """What went wrong: Problem Details (RFC 9457) with the code, the wrong places and the request's id."""

    type: Annotated[str, shape(pattern=TYPE)] = Field(description="A URN that ends in the code.")
    title: Annotated[str, shape(maxLength=100)]
    status: int = Field(ge=400, le=599)
    detail: Prose
    instance: Annotated[str, unlimited("as long as the path")] = Field(description="The path that was asked.")
    error: ErrorView
    errors: Annotated[tuple[FieldProblem, ...], unlimited("one for each wrong place")] = ()
    request_id: Annotated[str, shape(pattern="^[A-Za-z0-9._~-]{0,128}$")]


def problem_of(scope: Scope, error: Exception) -> tuple[Problem, dict[str, str]]:
    """Return what the wire tells of an error, and the headers that go with it."""
    if isinstance(error, TaskforceError) and (status := status_of(type(error))):
        return _problem(scope, status, RefusalView.of(error), title=error.title), _headers_of(error)
    if isinstance(error, HTTPException):
        return refused(scope, error.status_code), dict(error.headers or {})
    return refused(scope, 500), {}


def refused(scope: Scope, status: int) -> Problem:
    """Return the problem of a refusal by HTTP itself."""
    code, message = WORDS.get(status) or WORDS[500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 400]
    told = RefusalView(error=ErrorView(code=code, message=message))
    return _problem(scope, status, told, title=HTTPStatus(status).phrase)


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer that carries a problem."""
    return Response(
        problem.model_dump_json(),
        problem.status,
        {"Cache-Control": "no-store", **(headers or {})},
        MEDIA_TYPE,
    )


def tell_problems(app: FastAPI) -> None:
    """Let every error that reaches the app be answered with its problem."""
    app.add_exception_handler(TaskforceError, _answer)
    app.add_exception_handler(HTTPException, _answer)
    app.add_exception_handler(RequestValidationError, _answer_validation)


async def _answer(request: Request, error: Exception) -> Response:
    return problem_response(*problem_of(request.scope, error))


async def _answer_validation(request: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    invalid = refusal([(part["loc"][1:], part["type"], _told(request.scope, part)) for part in found])
    return await _answer(request, invalid)


def _told(scope: Scope, part: Mapping[str, Any]) -> str:
    """Return what would be right; of a body that is not there at all, what has to be in it."""
    if (part["loc"], part["type"]) != (("body",), "missing"):
        return str(part["msg"])
    return f"A JSON body is missing; {_needed(scope['route'].body_field.field_info.annotation)}"


def _needed(asked: type) -> str:
    """Return what a body must have at least: what is wrong with an empty one."""
    try:
        TypeAdapter(asked).validate_python({})
    except ValidationError as lacking:
        wrong = [(".".join(map(str, part["loc"])), part["msg"]) for part in lacking.errors()]
        named = ", ".join(name for name, _ in wrong if name)
        return f"it needs {named}" if named else "; ".join(why for _, why in wrong)
    return "{} will do"


def status_of(error: type[TaskforceError]) -> int | None:
    """Return the status that errors of this class are answered with; None for one that answers no request."""
    return next((STATUS[kind] for kind in error.__mro__ if kind in STATUS), None)


def _headers_of(error: TaskforceError) -> dict[str, str]:
    if isinstance(error, Exhausted | Unavailable | RequestUnderWay):
        return {"Retry-After": str(max(1, math.ceil(error.retry_after.total_seconds())))}
    return {"WWW-Authenticate": _challenge(error)} if isinstance(error, Unauthenticated) else {}


def _challenge(error: Unauthenticated) -> str:
    """Return what a client is told to show (RFC 6750, section 3)."""
    return REALM if isinstance(error, CredentialsMissing) else f'{REALM}, error="invalid_token"'


def _problem(scope: Scope, status: int, told: RefusalView, *, title: str) -> Problem:
    return Problem(
        type=f"urn:taskforce:problem:{told.error.code}",
        title=title,
        status=status,
        detail=told.error.message,
        instance=quote(scope["path"]),
        error=told.error,
        errors=told.errors,
        request_id=scope.get("state", {}).get("request_id", ""),
    )
