"""One table says which status each category of errors has."""

from datetime import timedelta

import pytest

from taskforce.api.errors import WORDS, problem_of, refused
from taskforce.core.access.errors import CredentialsMissing, CredentialsRefused
from taskforce.core.errors import (
    Conflict,
    Exhausted,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    TaskforceError,
    Unavailable,
)
from taskforce.core.jobs.errors import JobIsOver, JobNotFound, KeyUsedTwice, StoreBusy
from taskforce.core.jobs.requests import KeyReused, RequestUnderWay

REALM = 'Bearer realm="taskforce"'
INVALID_TOKEN = f'{REALM}, error="invalid_token"'
SCOPE = {"path": "/api/v1/jobs/ä b", "state": {"request_id": "request-1"}}


@pytest.mark.parametrize(
    ("error", "status", "code", "headers"),
    [
        (Invalid("no"), 400, "invalid_request", {}),
        (CredentialsMissing(), 401, "authentication_failed", {"WWW-Authenticate": REALM}),
        (CredentialsRefused("no"), 401, "authentication_failed", {"WWW-Authenticate": INVALID_TOKEN}),
        (Forbidden("no"), 403, "authorization_failed", {}),
        (NotFound("no"), 404, "resource_not_found", {}),
        (Conflict("no"), 409, "resource_conflict", {}),
        (Exhausted("no", retry_after=timedelta(seconds=7.2)), 429, "rate_limited", {"Retry-After": "8"}),
        (Unavailable("no"), 503, "unavailable", {"Retry-After": "1"}),
        (Unavailable("no", retry_after=timedelta(0)), 503, "unavailable", {"Retry-After": "1"}),
        (JobNotFound("no"), 404, "resource_not_found", {}),
        (JobIsOver("7", "failed"), 409, "job_is_over", {}),
        (StoreBusy("locked"), 503, "store_busy", {"Retry-After": "2"}),
        (KeyReused(), 422, "idempotency_key_reused", {}),
        (RequestUnderWay("7"), 409, "request_under_way", {"Retry-After": "1"}),
    ],
)
def test_an_error_is_told_by_its_category(
    error: TaskforceError, status: int, code: str, headers: dict[str, str]
) -> None:
    problem, told = problem_of(SCOPE, error)
    assert (problem.status, problem.error.code, told) == (status, code, headers)
    assert problem.detail == problem.error.message == error.message
    assert (problem.type, problem.title) == (f"urn:taskforce:problem:{code}", error.title)
    assert (problem.instance, problem.request_id) == ("/api/v1/jobs/%C3%A4%20b", "request-1")


@pytest.mark.parametrize("error", [KeyUsedTwice("secret"), RuntimeError("secret"), KeyError("secret")])
def test_what_belongs_to_no_category_tells_nothing(error: Exception) -> None:
    problem, _ = problem_of(SCOPE, error)
    assert (problem.status, problem.error.code) == (500, "internal_error")
    assert "secret" not in problem.model_dump_json()


def test_wrong_places_are_named() -> None:
    error = Invalid("no", errors=[FieldError(pointer="/a~1b", code="missing", detail="must be there")])
    problem, _ = problem_of(SCOPE, error)
    assert problem.model_dump()["errors"] == (
        {"pointer": "/a~1b", "code": "missing", "detail": "must be there"},
    )


@pytest.mark.parametrize("status", [*WORDS, 418, 502])
def test_a_refusal_by_http_itself_has_its_words(status: int) -> None:
    problem = refused(SCOPE, status)
    assert problem.status == status
    assert problem.detail
