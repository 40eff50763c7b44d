"""One request is known by one id and one trace: in the answer, both logs, and the row of its job."""

import json
from pathlib import Path

import httpx2
import pytest

from tests.integration.doors.api_client import server
from tests.integration.records import job_of

pytestmark = pytest.mark.durability

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
FAILING = {"mission": "compose a sonnet about the sea"}


@pytest.mark.parametrize("given", [TRACE, "00-0-0-00", None])
def test_a_request_id_reaches_every_log_and_the_job(tmp_path: Path, given: str | None) -> None:
    home, log = tmp_path / "home", tmp_path / "log"
    headers = {"x-request-id": "request-0123"} | ({"traceparent": given} if given else {})
    with server(home, log_to=log) as served:
        answer = httpx2.post(f"{served.url}/api/v1/execute", json=FAILING, headers=headers, timeout=30)
        served.stop()
    assert answer.headers["x-request-id"] == "request-0123"
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    mine = [line for line in lines if line.get("request_id") == "request-0123"]
    by_event = {line["event"]: line for line in mine}
    assert by_event["request"]["path"] == "/api/v1/execute"
    assert by_event["job_failed"]["job_id"] == answer.json()["job_id"]
    origin = job_of(home).origin
    assert origin.request_id == "request-0123"
    assert {line["trace_id"] for line in mine} == {origin.traceparent.split("-")[1]}
    told = {event: by_event[event].get("principal") for event in ("request", "job_failed")}
    assert told == {"request": "local", "job_failed": "local"}
    assert (origin.traceparent == TRACE) == (given == TRACE)
