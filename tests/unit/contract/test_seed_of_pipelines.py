"""Seed 002 as a table: each of its endpoints, fields, status words and codes is in the document of the API.

What the API answers is compared with its document wherever tests ask it, so what stands there holds.
How a field is written is told in `reading`.
"""

from typing import Any

import pytest

from tests.unit.contract.reading import at, check, operation, properties, query_and_body, read, resolved

RUN = "pending | running | success | failed | cancelled"
PHASE = "pending | running | success | failed | skipped"
WORK = "pending | running | success | failed"
REPORT = "status: running | success | failed"
TRIGGER = "trigger_type: push | pull_request | manual"
ENVIRONMENT = "environment: dev | staging | production"
APPROVAL = "status: active | expired | revoked"
ARTIFACT = ("name", "tracking_oci_uri", "primary_published_uri")
PART = ("total", "limit", "offset")
PAGE = ("limit?", "offset?")
TYPES = "type: container | binary | archive"

SEED: dict[str, tuple[int, tuple[str, ...], tuple[str, ...]]] = {
    # endpoint: code | what is asked, of the query or the body | what is answered
    "POST /v1/runs": (
        201,
        ("repository", "branch", "commit_sha", "triggered_by", TRIGGER),
        ("id", f"status: {RUN}", "started_at"),
    ),
    "GET /v1/runs/{run_id}": (
        200,
        (),
        (
            *("id", "repository", "branch", "commit_sha", f"status: {RUN}", "triggered_by", TRIGGER),
            *("started_at", "completed_at"),
            *(f"phases[].{one}" for one in ("id", "name", "group_number", f"status: {PHASE}")),
            *("phases[].started_at", "phases[].completed_at"),
            *(f"phases[].tasks[].{one}" for one in ("id", "project_name", f"status: {WORK}")),
            *(f"phases[].tasks[].steps[].{one}" for one in ("id", "name", f"status: {WORK}")),
            *("phases[].tasks[].steps[].exit_code", "phases[].tasks[].steps[].logs_url"),
        ),
    ),
    "GET /v1/runs": (
        200,
        ("repository", "branch?", *PAGE),
        (*(f"runs[].{one}" for one in ("id", "repository", "commit_sha", "status", "started_at")), *PART),
    ),
    "DELETE /v1/runs/{run_id}": (204, (), ()),
    "PUT /v1/tasks/{task_id}/status": (200, (REPORT, "error?"), ("id", f"status: {WORK}")),
    "PUT /v1/steps/{step_id}/status": (
        200,
        (REPORT, "exit_code?", "logs_s3_key?"),
        ("id", f"status: {WORK}", "exit_code", "logs_url"),
    ),
    "POST /v1/releases": (
        201,
        (
            *("pipeline_run_id?", "repository", "project", "commit_sha"),
            *(f"artifacts[].{one}" for one in (*ARTIFACT, TYPES)),
        ),
        ("id", "release_number", "oci_uri", "canonical_id", "created_at"),
    ),
    "GET /v1/releases/{repo}/{project}/{release_id}": (
        200,
        (),
        (
            *("id", "repository", "project", "commit_sha", "release_number", "oci_uri", "oci_digest"),
            *("created_at", "created_by"),
            *(f"artifacts[].{one}" for one in (*ARTIFACT, TYPES)),
            *("aliases[].alias", "aliases[].alias_type: numeric | branch | tag | custom"),
            "trigger.trigger_type: branch_push | tag | manual",
            *("trigger.branch", "trigger.triggered_by"),
        ),
    ),
    "GET /v1/releases/{repo}/{project}": (
        200,
        PAGE,
        (*(f"releases[].{one}" for one in ("id", "commit_sha", "release_number", "created_at")), *PART),
    ),
    "POST /v1/deployments": (
        201,
        ("release_id", ENVIRONMENT, "approval_id?"),
        ("id", "deployment_id", "gitops_commit_sha", "status"),
    ),
    "GET /v1/deployments/{environment}/{repo}/{project}": (
        200,
        (),
        (
            *("deployment_id", "release_id", "release_number", ENVIRONMENT, "deployed_at", "deployed_by"),
            *("status: pending | active | superseded | failed", "gitops_commit_sha"),
        ),
    ),
    "GET /v1/deployments/{environment}/{repo}/{project}/history": (
        200,
        PAGE,
        (
            *(f"deployments[].{one}" for one in ("id", "release_number", "deployed_at", "deployed_by")),
            *("deployments[].status: pending | active | superseded | failed", *PART),
        ),
    ),
    "POST /v1/approvals": (
        201,
        ("release_id", ENVIRONMENT, "justification"),
        ("approval_id", "approver", "approved_at", "expires_at", APPROVAL),
    ),
    "GET /v1/approvals/{release_id}/{environment}": (
        200,
        (),
        ("approval_id", "approver", "approved_at", "expires_at", APPROVAL, "justification"),
    ),
}
CONTRACT = {
    # what the contract adds to the seed
    "POST /v1/runs/{run_id}/rerun": (201, ("failed?",), ("id", f"status: {RUN}", "started_at")),
    "POST /v1/releases/{repo}/{project}/aliases": (201, ("release_id", "alias"), ("aliases[].alias",)),
    "DELETE /v1/releases/{repo}/{project}/aliases/{alias}": (204, (), ()),
    "DELETE /v1/approvals/{approval_id}": (204, (), ()),
}
ENDPOINTS = SEED | CONTRACT
ALWAYS = {"400": "invalid_request", "401": "authentication_failed", "403": "authorization_failed"}
AT_TIMES = {"404": "resource_not_found", "409": "resource_conflict"}
CONFLICTS = {  # which of them tell a conflict, by the seed's "duplicate" and by the contract
    *("POST /v1/runs", "DELETE /v1/runs/{run_id}", "POST /v1/runs/{run_id}/rerun"),
    *("PUT /v1/tasks/{task_id}/status", "PUT /v1/steps/{step_id}/status"),
    *("POST /v1/releases", "POST /v1/deployments", "POST /v1/approvals"),
    "POST /v1/releases/{repo}/{project}/aliases",
    *("GET /v1/releases/{repo}/{project}/{release_id}", "GET /v1/approvals/{release_id}/{environment}"),
}
DEFAULTS = {"limit": 20, "offset": 0}


@pytest.fixture(scope="module")
def document() -> Any:  # noqa: ANN401 - any JSON
    return read()


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_an_endpoint_takes_and_gives_what_the_seed_says(document: Any, endpoint: str) -> None:  # noqa: ANN401 - the same
    code, asked, answered = ENDPOINTS[endpoint]
    found = operation(document, endpoint)
    assert {name for name in found["responses"] if name.startswith("2")} - {"202"} == {str(code)}
    check(document, query_and_body(document, found), asked, is_request=True)
    content = found["responses"][str(code)].get("content")
    assert (content is None) == (not answered)
    if content is not None:
        check(document, content["application/json"]["schema"], answered, is_request=False)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_an_endpoint_tells_the_errors_of_the_seed(document: Any, endpoint: str) -> None:  # noqa: ANN401 - the same
    responses = operation(document, endpoint)["responses"]
    assert ALWAYS.keys() <= responses.keys()
    if "{" in endpoint.replace("{repo}/{project}", "") or "_id" in str(ENDPOINTS[endpoint][1]):
        assert "404" in responses
    assert ("409" in responses) is (endpoint in CONFLICTS)


@pytest.mark.parametrize("endpoint", [name for name in ENDPOINTS if "limit?" in ENDPOINTS[name][1]])
def test_a_list_has_the_defaults_of_the_seed(document: Any, endpoint: str) -> None:  # noqa: ANN401 - the same
    parameters = operation(document, endpoint)["parameters"]
    said = {one["name"]: one["schema"].get("default") for one in parameters}
    assert {name: said[name] for name in DEFAULTS} == DEFAULTS


def test_the_error_of_the_seed_is_in_every_error(document: Any) -> None:  # noqa: ANN401 - the same
    for endpoint in ENDPOINTS:
        for code, response in operation(document, endpoint)["responses"].items():
            if code[0] in "45":
                (content,) = (resolved(document, response)["content"]).values()
                error = at(document, content["schema"], "error")
                assert {"code", "message", "details"} <= properties(document, error).keys()
