"""Errors, methods and request ids of the app itself; what is refused, and how, `test_bad_inputs.py` shows."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.integration.doors.api_client import api

NOWHERE = "00000000-0000-7000-8000-000000000000"
SECRET = "sk-very-secret"
JSON = {"content-type": "application/json"}
EXECUTE = "/api/v1/execute"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with api(tmp_path_factory.mktemp("home")) as opened:
        yield opened


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


@pytest.mark.parametrize(
    ("path", "needed"),
    [
        (EXECUTE, "mission"),
        ("/api/v1/projects", "name"),
        ("/api/v1/marketplace/sources", "repo_url"),
    ],
)
def test_a_post_without_its_body_is_told_what_it_needs(client: TestClient, path: str, needed: str) -> None:
    told = client.post(path, headers=JSON)
    assert told.status_code == 400
    [error] = told.json()["errors"]
    assert (error["pointer"], error["code"]) == ("", "missing")
    assert error["detail"].startswith("A JSON body is missing; it needs ")
    assert needed in error["detail"]


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


def test_every_schema_that_the_document_names_is_in_it(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert document["info"]["title"] == "Taskforce Agent API"
    referenced = json.dumps(document).split('"#/components/schemas/')[1:]
    names = {reference.split('"')[0] for reference in referenced}
    assert names <= document["components"]["schemas"].keys()
