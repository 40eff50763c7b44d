"""The rules of HTTP on every path of the document: methods, types, versions, lists, and when to ask again."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from scripts.contract.comparing import operations
from taskforce.core.access.permissions import SIGNED
from tests.integration.doors.api_client import api, script
from tests.integration.doors.conformance import document
from tests.integration.processes import until

EXECUTE = "/api/v1/execute"
NOWHERE = "00000000-0000-7000-8000-000000000000"
ASKS = {"calls": [{"tool": "ask_user", "arguments": {"question": "Red or blue?"}}]}
SLOW = {"delay": 60, "text": "At last."}
OF_SOURCES = "/api/v1/marketplace"
"""They need a repository: tests/integration/marketplace has them."""
BYTES = "jobs.artifact"
"""What is shown as it was stored, whatever it is."""
OTHER_BYTES = {"runs.logs", "runs.signed_log", "source_artifacts.read"}
"""They need a run or a repository: tests/integration/{pipelines,marketplace} have them, and lists of /v1."""
OF_RUNS = "/v1/"
OF_VIDEOS = "/api/projects/"
"""tests/integration/videos tells of those."""
OF_SCENARIOS = ("/api/v1/projects/{project_id}/runs", "/api/v1/projects/{project_id}/experiments")
"""They need a plant: tests/integration/scenarios has them."""
OPERATIONS = [(path, method.upper(), operation) for path, method, operation in operations(document())]
PATHS = sorted({path for path, _, _ in OPERATIONS})
BY_ID = {
    operation["operationId"]: (path, method)
    for path, method, operation in OPERATIONS
    if operation["operationId"] not in SIGNED  # nothing is read before the signature: test_github_door
}
LISTS = [
    path
    for path, _, operation in OPERATIONS
    if "X-Total-Count" in operation["responses"].get("200", {}).get("headers", {})
]
OTHERS = ["/docs", "/docs/static/redoc.standalone.js", "/openapi.json", "/mcp"]
"""What is no operation, and keeps the rules too."""
MADE = ("200", "201", "202")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[TestClient]:
    with api(home) as opened:
        yield opened


@pytest.fixture(scope="module")
def ids(client: TestClient) -> dict[str, str]:
    """What the places of paths stand for: a mission that has ended well, and its file."""
    done = client.post(EXECUTE, json={"mission": "write hello to a.txt"}).json()
    client.post("/api/v1/keys", json={"name": "nightly"})
    client.put("/api/v1/projects/default/members/oidc:anna", json={"role": "viewer"})
    told = client.post("/api/v1/webhooks", json={"url": "https://hooks.example/a"}).json()
    return {
        "webhook_id": told["id"],
        "session_id": done["session_id"],
        "job_id": done["job_id"],
        "artifact_id": done["artifacts"][0]["id"],
    }


def filled(path: str, ids: dict[str, str]) -> str:
    """A path with ids in its places; the project is one that is there, for the gate asks that first."""
    return re.sub(r"\{(\w+)\}", lambda found: ({"project_id": "default"} | ids).get(found[1], NOWHERE), path)


def methods_of(path: str) -> set[str]:
    return {method for known, method, _ in OPERATIONS if known == path}


# ------------------------------------------------------------ methods


@pytest.mark.parametrize("path", PATHS)
def test_options_names_the_methods_that_are_there(client: TestClient, path: str) -> None:
    answer = client.options(filled(path, {}))
    head = {"HEAD"} if "GET" in methods_of(path) else set()
    assert (answer.status_code, answer.content) == (204, b"")
    assert set(answer.headers["allow"].split(", ")) == methods_of(path) | head | {"OPTIONS"}


@pytest.mark.parametrize("path", [*PATHS, *OTHERS])
def test_a_method_that_is_not_there_is_told_those_that_are(client: TestClient, path: str) -> None:
    place = filled(path, {})
    allowed = client.options(place).headers["allow"]
    others = {"DELETE", "GET", "PATCH", "POST", "PUT", "TRACE", "BREW"} - set(allowed.split(", "))
    assert "TRACE" in others
    for method in others:
        answer = client.request(method, place)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed), method
        assert answer.json()["error"]["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/docs", "GET, HEAD, OPTIONS"),
        ("/docs/static/redoc.standalone.js", "GET, HEAD, OPTIONS"),
        ("/openapi.json", "GET, HEAD, OPTIONS"),
        ("/mcp", "DELETE, GET, POST, OPTIONS"),
    ],
)
def test_what_is_no_operation_allows_what_it_knows(client: TestClient, path: str, allowed: str) -> None:
    assert client.options(path).headers["allow"] == allowed


def test_a_path_that_is_not_there_has_no_methods(client: TestClient) -> None:
    for method in ("GET", "POST", "OPTIONS", "BREW"):
        answer = client.request(method, "/api/v1/nothing")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "resource_not_found")


@pytest.mark.parametrize("path", [path for path in PATHS if "GET" in methods_of(path)])
def test_head_is_get_without_the_body(client: TestClient, ids: dict[str, str], path: str) -> None:
    place = filled(path, ids)
    got, head = client.get(place), client.head(place)
    assert (head.status_code, head.content) == (got.status_code, b"")
    same = ("content-type", "etag", "link", "x-total-count", "repr-digest", "cache-control", "location")
    assert {name: head.headers.get(name) for name in same} == {name: got.headers.get(name) for name in same}
    if path != "/metrics":  # asked, it counts that it was asked
        assert head.headers.get("content-length") == got.headers.get("content-length")


# ------------------------------------------------------------ what the client takes


@pytest.mark.parametrize("operation_id", BY_ID)
def test_a_type_that_nobody_makes_is_not_acceptable(
    client: TestClient, ids: dict[str, str], operation_id: str
) -> None:
    path, method = BY_ID[operation_id]
    if operation_id == BYTES:
        assert client.get(filled(path, ids), headers={"accept": "text/plain"}).status_code == 200
        return
    if operation_id in OTHER_BYTES:
        return
    told = document()["paths"][path][method.lower()]["responses"]
    if not any(
        "content" in told.get(status, {}) for status in MADE
    ):  # nothing is made, so nothing can be wrong
        return
    answer = client.request(method, filled(path, {}), headers={"accept": "image/tiff"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (406, "not_acceptable")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "accept", ["*/*", "application/*", "application/json;q=0.5, image/png", "no type at all", ""]
)
def test_what_can_be_made_of_what_is_taken_is_made(client: TestClient, accept: str) -> None:
    assert client.get("/health", headers={"accept": accept}).status_code == 200


def test_a_log_is_a_stream_or_a_page_as_the_client_takes_it(client: TestClient, ids: dict[str, str]) -> None:
    place = filled("/api/v1/jobs/{job_id}/events", ids)
    kinds = {
        "text/event-stream": "text/event-stream",
        "application/json": "application/json",
        "*/*": "text/event-stream",
    }
    for accept, kind in kinds.items():
        assert client.get(place, headers={"accept": accept}).headers["content-type"] == kind


@pytest.mark.parametrize("operation_id", BY_ID)
def test_a_parameter_that_nobody_knows_is_refused(client: TestClient, operation_id: str) -> None:
    path, method = BY_ID[operation_id]
    answer = client.request(method, f"{filled(path, {})}?nothing=1")
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"pointer": "/nothing", "code": "extra_forbidden", "detail": "there is no such parameter"}
    ]


# ------------------------------------------------------------ versions


TAGGED = [
    "/api/v1/jobs/{job_id}",
    "/api/v1/sessions/{session_id}",
    "/api/v1/artifacts/{artifact_id}",
    "/api/v1/webhooks/{webhook_id}",
    "/api/v1/projects/{project_id}",
]


def test_each_single_resource_has_a_tag() -> None:
    told = {path for path, _, operation in OPERATIONS if "304" in operation["responses"]}
    others = (OF_RUNS, OF_SOURCES, *OF_SCENARIOS, OF_VIDEOS)
    assert {path for path in told if not path.startswith(others)} == set(TAGGED)


@pytest.mark.parametrize("path", TAGGED)
def test_who_has_a_version_is_not_sent_it_again(client: TestClient, ids: dict[str, str], path: str) -> None:
    place = filled(path, ids)
    tag = client.get(place).headers["etag"]
    assert re.fullmatch('"[0-9a-f]+"', tag)
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = client.get(place, headers={"if-none-match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag), known
    for other in ('"other"', tag.strip('"'), ""):
        assert client.get(place, headers={"if-none-match": other}).status_code == 200, other


def test_a_session_that_has_changed_is_not_deleted(client: TestClient) -> None:
    place = client.post("/api/v1/sessions", json={}).headers["location"]
    tag = client.get(place).headers["etag"]
    for other in ('"other"', f"W/{tag}"):
        refused = client.delete(place, headers={"if-match": other})
        assert (refused.status_code, refused.json()["error"]["code"]) == (412, "precondition_failed")
    assert client.get(place).status_code == 200
    assert client.delete(place, headers={"if-match": f'"other", {tag}'}).status_code == 204
    assert client.delete(place, headers={"if-match": "*"}).status_code == 404


# ------------------------------------------------------------ lists


def parts_of(link: str) -> dict[str, str]:
    return {name: place for place, name in re.findall(r'<([^>]+)>; rel="(\w+)"', link)}


def test_lists_are_those_that_take_a_limit() -> None:
    takes = [
        path
        for path, _, operation in OPERATIONS
        if "limit" in {given["name"] for given in operation.get("parameters", ())}
    ]
    assert takes == LISTS


@pytest.mark.parametrize(
    "path", [path for path in LISTS if not path.startswith((OF_RUNS, f"{OF_SOURCES}/sources/"))]
)
def test_links_lead_through_a_list_and_back(client: TestClient, ids: dict[str, str], path: str) -> None:
    client.post("/api/v1/sessions", json={})
    first = client.get(f"{filled(path, ids)}?limit=1")
    total = int(first.headers["x-total-count"])
    if not total:
        assert parts_of(first.headers["link"]).keys() == {"first", "last"}
        return
    seen, links = 1, parts_of(first.headers["link"])
    assert "prev" not in links
    while "next" in links:
        answer = client.get(links["next"])
        seen, links = seen + 1, parts_of(answer.headers["link"])
        assert client.get(links["prev"]).status_code == 200
    assert seen == total
    assert urlsplit(links["last"]).query == f"limit=1&offset={total - 1}"


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "part",
    ["limit=0", "limit=101", "limit=1_0", "limit=%205", "offset=-1", "offset=1000001", "limit=1&limit=2"],
)
def test_a_part_that_is_not_there_is_refused_and_not_made_fit(
    client: TestClient, path: str, part: str
) -> None:
    assert client.get(f"{filled(path, {})}?{part}").status_code == 400


# ------------------------------------------------------------ work that goes on


@pytest.fixture
def asking(client: TestClient, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A job that waits for an answer."""
    paused = client.post(EXECUTE, json={"mission": "ask", "model": script(tmp_path, ASKS, {"text": "Blue."})})
    yield paused.json()
    client.post(f"/api/v1/jobs/{paused.json()['job_id']}/cancel")


@pytest.fixture
def slow(client: TestClient, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A job whose model takes its time, and has told that it begins: the job as it is now stays so."""
    asked = {"mission": "wait", "model": script(tmp_path, SLOW)}
    job = client.post(f"{EXECUTE}?background=true", json=asked).json()
    until(lambda: client.get(job["status_url"]).json()["last_event"] == 1, what="a worker")
    yield job
    client.post(f"/api/v1/jobs/{job['id']}/cancel")


def test_accepted_work_says_where_it_is_and_when_to_ask(client: TestClient, slow: dict[str, Any]) -> None:
    answer = client.post(f"/api/v1/jobs/{slow['id']}/cancel")
    assert answer.status_code == 202
    place = f"/api/v1/jobs/{slow['id']}"
    assert (answer.headers["location"], answer.headers["retry-after"]) == (place, "1")
    assert answer.headers["link"] == f'<{place}>; rel="status", <{place}/events>; rel="monitor"'
    assert (answer.json()["status_url"], answer.json()["events_url"]) == (place, f"{place}/events")


def test_who_asks_for_work_that_goes_on_is_told_when_to_ask_again(
    client: TestClient, slow: dict[str, Any], ids: dict[str, str]
) -> None:
    going = client.get(slow["status_url"])
    assert (going.status_code, going.headers["retry-after"]) == (200, "1")
    known = client.get(slow["status_url"], headers={"if-none-match": going.headers["etag"]})
    assert known.headers["retry-after"] == "1"
    assert "retry-after" not in client.get(f"/api/v1/jobs/{ids['job_id']}").headers


def test_a_question_is_no_reason_to_wait(client: TestClient, asking: dict[str, Any]) -> None:
    begun = time.monotonic()
    answer = client.get(f"/api/v1/jobs/{asking['job_id']}?wait=30")
    assert (answer.json()["status"], time.monotonic() - begun < 10) == ("waiting", True)


def test_work_that_is_over_is_not_waited_for(client: TestClient, ids: dict[str, str]) -> None:
    begun = time.monotonic()
    answer = client.get(f"/api/v1/jobs/{ids['job_id']}?wait=30")
    assert (answer.json()["status"], time.monotonic() - begun < 10) == ("succeeded", True)


def test_who_waits_is_told_at_once_when_there_is_news(client: TestClient, slow: dict[str, Any]) -> None:
    with ThreadPoolExecutor(1) as threads:
        begun = time.monotonic()
        waiting = threads.submit(client.get, f"{slow['status_url']}?wait=30")
        time.sleep(0.5)
        client.post(f"/api/v1/jobs/{slow['id']}/cancel")
        answer = waiting.result()
    assert (answer.json()["status"], time.monotonic() - begun < 15) == ("cancelled", True)


def test_who_waits_for_nothing_is_answered_in_time(client: TestClient, slow: dict[str, Any]) -> None:
    begun = time.monotonic()
    answer = client.get(slow["status_url"], headers={"prefer": "wait=1"})
    assert (answer.status_code, answer.headers["preference-applied"]) == (200, "wait=1")
    assert 1 <= time.monotonic() - begun < 10
    known = client.get(f"{slow['status_url']}?wait=1", headers={"if-none-match": answer.headers["etag"]})
    assert (known.status_code, "preference-applied" in known.headers) == (304, False)


def test_a_version_that_the_client_lacks_is_news(client: TestClient, slow: dict[str, Any]) -> None:
    begun = time.monotonic()
    answer = client.get(f"{slow['status_url']}?wait=30", headers={"if-none-match": '"0"'})
    assert (answer.status_code, time.monotonic() - begun < 10) == (200, True)


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("wait=999999", "wait=60"),
        ("wait=-1", None),
        ("wait=soon", None),
        ("respond-async", None),
        ("return=minimal", None),
    ],
)
def test_a_preference_is_told_when_it_counts(
    client: TestClient, ids: dict[str, str], prefer: str, applied: str | None
) -> None:
    answer = client.get(f"/api/v1/jobs/{ids['job_id']}", headers={"prefer": prefer})
    assert (answer.status_code, answer.headers.get("preference-applied")) == (200, applied)


@pytest.mark.parametrize("wait", ["-1", "61", "1.5", "soon", ""])
def test_a_wait_that_is_too_long_or_none_is_refused(
    client: TestClient, ids: dict[str, str], wait: str
) -> None:
    answer = client.get(f"/api/v1/jobs/{ids['job_id']}?wait={wait}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/wait")
