"""Streams: the wire's form, coming back at every position, pauses, the end, the drain."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from tests.integration.doors.api_client import Event, api, events_of, script, server

EXECUTE = "/api/v1/execute"
STREAM = f"{EXECUTE}/stream"
SLOW = {"delay": 60, "text": "At last."}
ASKS = {"calls": [{"tool": "ask_user", "arguments": {"question": "Red or blue?"}}]}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[TestClient]:
    with api(home) as opened:
        yield opened


def run(client: TestClient, model: str = "local:planner") -> list[Event]:
    asked = {"mission": "write hello to a.txt then read a.txt", "model": model}
    with client.stream("POST", STREAM, json=asked) as response:
        assert response.status_code == 200
        return list(events_of(response.iter_lines()))


def read(client: TestClient, job: str, **headers: str) -> list[Event]:
    with client.stream("GET", f"/api/v1/jobs/{job}/events", headers=headers) as response:
        return [] if response.status_code == 204 else list(events_of(response.iter_lines()))


def stored(events: list[Event]) -> list[Event]:
    return [event for event in events if event.number is not None]


@pytest.fixture(scope="module")
def finished(client: TestClient) -> list[Event]:
    return run(client)


def test_a_stream_is_numbered_without_gaps_and_ends_with_complete(finished: list[Event]) -> None:
    numbers = [event.number for event in stored(finished)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert (finished[0].type, finished[-1].type) == ("started", "complete")
    assert finished[-1].data["details"]["status"] == "completed"
    for event in finished:
        assert event.data.keys() == {"timestamp", "event_type", "message", "details"}
        assert event.data["event_type"] == event.type


def test_live_output_carries_no_number(finished: list[Event]) -> None:
    assert {event.type for event in finished if event.number is None} <= {"token", "tool_output"}


def test_what_a_program_prints_is_seen_while_it_runs(client: TestClient, home: Path) -> None:
    command = "echo begun; until test -e seen; do sleep 0.01; done; echo ended"
    model = script(home, {"calls": [{"tool": "shell", "arguments": {"command": command}}]}, {"text": "Done."})
    told, workspace = [], Path()
    with client.stream("POST", STREAM, json={"mission": "look", "model": model}) as response:
        for event in events_of(response.iter_lines()):
            told.append((event.type, event.data["message"].strip()))
            if event.type == "started":
                workspace = Path(event.data["details"]["workspace"])
            if event.type == "tool_output":
                (workspace / "seen").touch()
    live = [message for kind, message in told if kind == "tool_output"]
    assert (live[0], live[-1]) == ("begun", "ended")
    assert told[-1][0] == "complete"


def test_a_streams_headers_and_first_bytes(client: TestClient) -> None:
    with client.stream("POST", STREAM, json={"mission": "list files"}) as response:
        assert response.headers["content-type"] == "text/event-stream"
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-accel-buffering"] == "no"
        assert "connection" not in response.headers
        assert next(response.iter_raw()) == b"retry: 2000\n: ok\n\n"
        assert client.get(response.headers["location"].removesuffix("/events")).status_code == 200


def test_a_finished_log_goes_on_after_every_position(client: TestClient, finished: list[Event]) -> None:
    job, log = finished[0].data["details"]["job_id"], stored(finished)
    assert read(client, job) == log
    for seen in range(len(log)):
        assert read(client, job, **{"last-event-id": str(seen)}) == log[seen:]
    response = client.get(f"/api/v1/jobs/{job}/events?after=3", headers={"last-event-id": str(len(log))})
    assert (response.status_code, response.content) == (204, b"")


def test_the_number_that_a_client_brings_goes_before_the_parameter(
    client: TestClient, finished: list[Event]
) -> None:
    job, log = finished[0].data["details"]["job_id"], stored(finished)
    with client.stream(
        "GET", f"/api/v1/jobs/{job}/events?after=1", headers={"last-event-id": "5"}
    ) as response:
        assert list(events_of(response.iter_lines())) == log[5:]


@pytest.mark.parametrize("number", ["abc", "-1", "1.5", "", "1_0", "9" * 17, "\u0665", "999999"])
@pytest.mark.parametrize("place", ["header", "query"])
def test_a_position_that_is_none_is_refused(
    client: TestClient, finished: list[Event], number: str, place: str
) -> None:
    path = f"/api/v1/jobs/{finished[0].data['details']['job_id']}/events"
    if place == "header":
        response = client.get(path, headers={b"last-event-id": number.encode()})
    elif number == "":
        return
    else:
        response = client.get(path, params={"after": number})
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "invalid_request"


def test_head_of_a_stream_is_answered_at_once(client: TestClient, finished: list[Event]) -> None:
    response = client.head(f"/api/v1/jobs/{finished[0].data['details']['job_id']}/events")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/event-stream")


def test_the_stream_of_a_mission_that_asks_ends_as_paused_and_the_log_goes_on(
    client: TestClient, tmp_path: Path
) -> None:
    paused = run(client, script(tmp_path, ASKS, {"text": "Blue it is."}))
    assert (paused[-1].type, paused[-1].number) == ("complete", None)
    assert paused[-1].data["details"] == {"status": "paused"}
    question = next(event for event in paused if event.type == "ask_user")
    session = paused[0].data["details"]["session_id"]
    answered = client.post(
        f"/api/v1/sessions/{session}/respond",
        json={"wait_id": question.data["details"]["wait_id"], "answer": "Blue"},
    )
    assert answered.status_code == 200, answered.text
    seen = stored(paused)[-1].number
    rest = read(client, paused[0].data["details"]["job_id"], **{"last-event-id": str(seen)})
    assert stored(rest)[0].number == (seen or 0) + 1
    assert rest[-1].data["details"]["status"] == "completed"


def test_a_client_that_leaves_does_not_stop_the_job(client: TestClient, tmp_path: Path) -> None:
    model = script(tmp_path, {"delay": 0.5, "text": "Done."})
    with client.stream("POST", STREAM, json={"mission": "x", "model": model}) as response:
        job = response.headers["location"].removesuffix("/events")
    log = read(client, job.rpartition("/")[2])
    assert log[-1].data["details"]["status"] == "completed"
    assert client.get(job).json()["status"] == "succeeded"


@pytest.mark.durability
def test_sigterm_ends_open_streams_with_a_word_and_the_process_within_five_seconds(tmp_path: Path) -> None:
    with server(tmp_path / "home") as served:
        asked: dict[str, Any] = {"mission": "x", "model": script(tmp_path, SLOW)}
        job = httpx2.post(f"{served.url}{EXECUTE}?background=true", json=asked).json()
        ends = asyncio.run(_drained(served.url + job["events_url"], served.stop, streams=50))
        seconds, logged = ends.pop()
    assert seconds < 5
    assert served.process.returncode == 0
    assert '"event": "api_stopped"' in logged
    assert ends == ["draining"] * 50


async def _drained(url: str, stop: Any, *, streams: int) -> list[Any]:  # noqa: ANN401 - a method
    opened: asyncio.Queue[None] = asyncio.Queue()

    async def last_word() -> str:
        words: list[str] = []
        async with httpx2.AsyncClient(timeout=20) as client, client.stream("GET", url) as response:
            async for line in response.aiter_lines():
                if line.startswith("event: "):
                    words.append(line.removeprefix("event: "))
                if words == ["started"]:
                    opened.put_nowait(None)
        return words[-1]

    tasks = [asyncio.create_task(last_word()) for _ in range(streams)]
    for _ in tasks:
        await opened.get()
    stopped = await asyncio.to_thread(stop)
    return [*await asyncio.gather(*tasks), stopped]


@pytest.mark.durability
def test_a_request_that_waits_for_its_mission_is_given_the_job_when_the_server_stops(tmp_path: Path) -> None:
    asked = {"mission": "x", "model": script(tmp_path, SLOW)}
    with server(tmp_path / "home") as served, ThreadPoolExecutor(1) as threads:
        asking = threads.submit(httpx2.post, f"{served.url}{EXECUTE}", json=asked, timeout=20)
        while not httpx2.get(f"{served.url}/api/v1/jobs").json()["total"]:
            time.sleep(0.05)
        served.stop()
        response = asking.result()
    assert response.status_code == 202
    assert response.headers["location"] == response.json()["status_url"]


@pytest.mark.durability
def test_a_stream_is_taken_up_by_the_next_server(tmp_path: Path) -> None:
    model = script(tmp_path, {"delay": 2, "text": "Done."})
    with server(tmp_path / "home", module="taskforce.api.server") as first:
        asked = {"mission": "x", "model": model}
        job = httpx2.post(f"{first.url}{EXECUTE}?background=true", json=asked).json()
        first.stop()
    with server(tmp_path / "home") as second:
        begun = time.monotonic()
        with httpx2.stream("GET", second.url + job["events_url"], timeout=30) as response:
            log = list(events_of(response.iter_lines()))
        assert time.monotonic() - begun < 15
    assert [event.number for event in stored(log)] == list(range(1, len(stored(log)) + 1))
    assert log[-1].data["details"]["status"] == "completed"


def test_a_client_that_posts_json_and_asks_for_it_is_streamed_to(client: TestClient) -> None:
    asked = {"mission": "list files"}
    with client.stream("POST", STREAM, json=asked, headers={"accept": "application/json"}) as response:
        assert response.headers["content-type"] == "text/event-stream"
        assert list(events_of(response.iter_lines()))[-1].type == "complete"
