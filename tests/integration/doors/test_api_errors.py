"""Every error has one body, and tells neither values nor internals."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.integration.doors.api_client import api

NOWHERE = "00000000-0000-7000-8000-000000000000"
SECRET = "sk-very-secret"
JSON = {"content-type": "application/json"}
EXECUTE = "/api/v1/execute"
Case = tuple[str, str, dict[str, Any], int, str, list[str]]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with api(tmp_path_factory.mktemp("home")) as opened:
        yield opened


# method, path, what else is sent | status, code, pointers of the wrong places
REFUSED: list[Case] = [
    ("GET", "/nowhere", {}, 404, "resource_not_found", []),
    ("GET", "/health/", {}, 404, "resource_not_found", []),
    ("GET", "/docs/static/../../secret", {}, 404, "resource_not_found", []),
    ("DELETE", "/health", {}, 405, "method_not_allowed", []),
    ("GET", EXECUTE, {}, 405, "method_not_allowed", []),
    ("HEAD", EXECUTE, {}, 405, "", []),
    ("GET", f"/api/v1/jobs/{NOWHERE}", {}, 404, "resource_not_found", []),
    ("GET", f"/api/v1/jobs/{NOWHERE}/events", {}, 404, "resource_not_found", []),
    ("GET", f"/api/v1/sessions/{NOWHERE}", {}, 404, "resource_not_found", []),
    ("GET", f"/api/v1/artifacts/{NOWHERE}", {}, 404, "resource_not_found", []),
    ("POST", f"/api/v1/sessions/{NOWHERE}/cancel", {}, 404, "resource_not_found", []),
    ("POST", EXECUTE, {"json": {"mission": "x", "session_id": NOWHERE}}, 404, "resource_not_found", []),
    ("GET", "/api/v1/jobs/not-an-id", {}, 400, "invalid_request", ["/job_id"]),
    ("GET", f"/api/v1/jobs/{{{NOWHERE}}}", {}, 400, "invalid_request", ["/job_id"]),
    ("GET", f"/api/v1/jobs/{NOWHERE.replace('-', '')}", {}, 400, "invalid_request", ["/job_id"]),
    ("GET", "/api/v1/jobs?limit=1000", {}, 400, "invalid_request", ["/limit"]),
    ("GET", "/api/v1/jobs?limit=0", {}, 400, "invalid_request", ["/limit"]),
    ("GET", "/api/v1/jobs?limit=1_0", {}, 400, "invalid_request", ["/limit"]),
    ("GET", "/api/v1/jobs?limit=%205", {}, 400, "invalid_request", ["/limit"]),
    ("GET", "/api/v1/jobs?limit=%2B5", {}, 400, "invalid_request", ["/limit"]),
    ("GET", "/api/v1/jobs?limit=%D9%A5", {}, 400, "invalid_request", ["/limit"]),
    ("GET", "/api/v1/jobs?limit=", {}, 400, "invalid_request", ["/limit"]),
    ("GET", f"/api/v1/jobs?offset={2**63}", {}, 400, "invalid_request", ["/offset"]),
    ("GET", f"/api/v1/jobs?offset={10**30}", {}, 400, "invalid_request", ["/offset"]),
    ("GET", "/api/v1/jobs?status=asleep", {}, 400, "invalid_request", ["/status"]),
    ("GET", "/api/v1/jobs?kind=a%00b", {}, 400, "invalid_request", ["/kind"]),
    ("GET", f"/api/v1/jobs?api_key={SECRET}", {}, 400, "invalid_request", ["/api_key"]),
    ("GET", "/api/v1/jobs?limit=5&limit=6", {}, 400, "invalid_request", ["/limit"]),
    ("GET", "/api/v1/sessions?wat=1", {}, 400, "invalid_request", ["/wat"]),
    ("GET", "/health?verbose=1", {}, 400, "invalid_request", ["/verbose"]),
    (
        "POST",
        f"{EXECUTE}?background=perhaps",
        {"json": {"mission": "x"}},
        400,
        "invalid_request",
        ["/background"],
    ),
    ("GET", "/api/v1/jobs", {"headers": {"x-project-id": "theirs"}}, 404, "resource_not_found", []),
    ("POST", EXECUTE, {}, 400, "invalid_request", [""]),
    ("POST", EXECUTE, {"json": None, "content": b"null", "headers": JSON}, 400, "invalid_request", [""]),
    ("POST", EXECUTE, {"json": []}, 400, "invalid_request", [""]),
    ("POST", EXECUTE, {"json": {}}, 400, "invalid_request", ["/mission"]),
    ("POST", EXECUTE, {"json": {"mission": ""}}, 400, "invalid_request", ["/mission"]),
    ("POST", EXECUTE, {"json": {"mission": " \n"}}, 400, "invalid_request", ["/mission"]),
    ("POST", EXECUTE, {"json": {"mission": "x" * 100_001}}, 400, "invalid_request", ["/mission"]),
    ("POST", EXECUTE, {"json": {"mission": 7}}, 400, "invalid_request", ["/mission"]),
    ("POST", EXECUTE, {"json": {"mission": "x", "token": SECRET}}, 400, "invalid_request", ["/token"]),
    ("POST", EXECUTE, {"json": {"mission": "x", "model": f"{SECRET}\n"}}, 400, "invalid_request", ["/model"]),
    ("POST", EXECUTE, {"json": {"mission": "x", "params": {"a": 1}}}, 400, "invalid_request", ["/params/a"]),
    (
        "POST",
        EXECUTE,
        {"json": {"mission": "x", "limits": {"steps": "7"}}},
        400,
        "invalid_request",
        ["/limits/steps"],
    ),
    ("POST", EXECUTE, {"json": {"mission": "x", "profile": "nobody"}}, 400, "unknown_profile", []),
    ("POST", EXECUTE, {"content": b'{"mission": "x"', "headers": JSON}, 400, "invalid_request", [""]),
    ("POST", EXECUTE, {"content": b'{"mission": NaN}', "headers": JSON}, 400, "invalid_request", [""]),
    ("POST", EXECUTE, {"content": b'{"mission": 1e999}', "headers": JSON}, 400, "invalid_request", [""]),
    ("POST", EXECUTE, {"content": b'{"mission": "\\ud800"}', "headers": JSON}, 400, "invalid_request", [""]),
    ("POST", EXECUTE, {"content": b'{"mission": "\xff"}', "headers": JSON}, 400, "invalid_request", [""]),
    (
        "POST",
        EXECUTE,
        {"content": '{"mission": "x"}'.encode("utf-16"), "headers": JSON},
        400,
        "invalid_request",
        [""],
    ),
    ("POST", EXECUTE, {"content": b"[" * 65 + b"]" * 65, "headers": JSON}, 400, "invalid_request", [""]),
    ("POST", EXECUTE, {"content": b"[" * 10**5, "headers": JSON}, 400, "invalid_request", [""]),
    ("POST", EXECUTE, {"content": b'{"mission": "x"}'}, 415, "unsupported_media_type", []),
    ("POST", EXECUTE, {"data": {"mission": "x"}}, 415, "unsupported_media_type", []),
    (
        "POST",
        EXECUTE,
        {"json": {"mission": "x"}, "headers": {"content-encoding": "gzip"}},
        415,
        "unsupported_media_type",
        [],
    ),
    ("POST", EXECUTE, {"content": b"x" * (10 * 2**20 + 1), "headers": JSON}, 413, "payload_too_large", []),
    (
        "POST",
        EXECUTE,
        {"content": b"{}", "headers": JSON | {"content-length": "-1"}},
        413,
        "payload_too_large",
        [],
    ),
    ("POST", f"/api/v1/jobs/{NOWHERE}/cancel", {"json": {"why": SECRET}}, 400, "invalid_request", [""]),
    ("GET", "/health", {"headers": {"x-long": "x" * 40_000}}, 431, "header_fields_too_large", []),
    ("GET", "/health", {"headers": {f"x-{n}": "1" for n in range(101)}}, 431, "header_fields_too_large", []),
    ("GET", f"/health?{'x' * 9000}", {}, 414, "uri_too_long", []),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case[0]} {case[1][:40]} {case[3]}")
def test_what_is_not_right_is_refused_with_a_problem(client: TestClient, case: Case) -> None:
    method, path, more, status, code, pointers = case
    before = client.get("/api/v1/jobs").json()["total"]
    response = client.request(method, path, **more)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-request-id"]
    assert SECRET not in response.text
    assert client.get("/api/v1/jobs").json()["total"] == before
    if method == "HEAD":
        assert response.text == ""
        return
    problem = response.json()
    assert problem["status"] == status
    assert problem["error"]["code"] == code
    assert problem["type"] == f"urn:taskforce:problem:{code}"
    assert problem["detail"] == problem["error"]["message"]
    assert [error["pointer"] for error in problem["errors"]] == pointers
    assert problem["request_id"] == response.headers["x-request-id"]


def test_a_chunked_body_over_the_limit_is_refused_while_it_is_read(client: TestClient) -> None:
    chunks = (b" " * 2**20 for _ in range(11))
    response = client.post(EXECUTE, content=chunks, headers=JSON)
    assert response.status_code == 413
    assert response.json()["error"]["code"] == "payload_too_large"


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/health", "GET, HEAD, OPTIONS"),
        ("/api/v1/sessions", "GET, POST, HEAD, OPTIONS"),
        (EXECUTE, "POST, OPTIONS"),
        (f"/api/v1/jobs/{NOWHERE}", "GET, HEAD, OPTIONS"),
    ],
)
def test_405_and_options_name_every_method_of_a_path(client: TestClient, path: str, allow: str) -> None:
    refused, options = client.request("PATCH", path), client.options(path)
    assert (refused.status_code, options.status_code) == (405, 204)
    assert {refused.headers["allow"], options.headers["allow"]} == {allow}


def test_head_answers_as_get_without_the_body(client: TestClient) -> None:
    got, head = client.get("/health"), client.head("/health")
    assert (head.status_code, head.content) == (200, b"")
    assert {**head.headers, "x-request-id": ""} == {**got.headers, "x-request-id": ""}


def test_an_error_that_nobody_expected_tells_nothing_of_itself(tmp_path: Path) -> None:
    with api(tmp_path) as client:

        async def broken() -> None:
            raise RuntimeError(SECRET)

        client.app.add_api_route("/broken", broken)  # type: ignore[attr-defined]
        response = client.get("/broken")
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["error"] == {
        "code": "internal_error",
        "message": "Something went wrong here. Tell whoever runs this server the request_id.",
        "details": {},
    }
    assert SECRET not in response.text


@pytest.mark.parametrize("given", ["abcd1234", "A.b_c~d-9", "x" * 128])
def test_a_request_id_comes_back(client: TestClient, given: str) -> None:
    assert client.get("/nowhere", headers={"x-request-id": given}).json()["request_id"] == given


@pytest.mark.parametrize(
    "given", ["short", "x" * 129, "has blank s", "semi;colon", "<script>alert(1)</script>"]
)
def test_a_request_id_that_is_not_right_is_replaced(client: TestClient, given: str) -> None:
    made = client.get("/health", headers={"x-request-id": given}).headers["x-request-id"]
    assert made != given
    assert made[14] == "7"


def test_every_operation_of_the_document_tells_its_problems(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert document["info"]["title"] == "Taskforce Agent API"
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(set(ids)) == len(ids)
    for operation in operations:
        assert operation["summary"]
        assert len(operation["tags"]) == 1
        assert "application/problem+json" in operation["responses"]["400"]["content"]
        assert "422" not in operation["responses"]
    referenced = json.dumps(document).split('"#/components/schemas/')[1:]
    names = {reference.split('"')[0] for reference in referenced}
    assert names <= document["components"]["schemas"].keys()
