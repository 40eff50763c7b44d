"""A request under a key makes one thing, however often and through whichever door it comes."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from taskforce import Taskforce
from taskforce.core.errors import Invalid
from taskforce.core.jobs.requests import KeyReused
from taskforce.settings import Settings
from tests.integration.doors.api_client import api, events_of, script, server
from tests.integration.processes import said
from tests.integration.records import jobs_of

EXECUTE = "/api/v1/execute"
MISSION = {"mission": "write hello to a.txt then read a.txt"}
FAILING = {"mission": "compose a sonnet about the sea"}
SLOW = {"delay": 30, "text": "At last."}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with api(tmp_path / "home") as opened:
        yield opened


def key(text: str = "once") -> dict[str, str]:
    return {"idempotency-key": text}


def total(client: TestClient) -> int:
    found: int = client.get("/api/v1/jobs").json()["total"]
    return found


def failed(client: TestClient) -> dict[str, Any]:
    done: dict[str, Any] = client.post(EXECUTE, json=FAILING).json()
    return done


def test_a_mission_under_a_key_is_run_once_and_answered_twice(client: TestClient) -> None:
    first, second = (client.post(EXECUTE, json=MISSION, headers=key()) for _ in range(2))
    assert (first.status_code, first.json()["status"]) == (200, "completed")
    assert (second.status_code, second.content) == (200, first.content)
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert total(client) == 1


def test_a_default_that_is_said_makes_no_other_request(client: TestClient) -> None:
    first = client.post(EXECUTE, json=MISSION, headers=key()).json()
    said_all: dict[str, Any] = MISSION | {"profile": "dev", "params": {}, "session_id": None}
    assert client.post(EXECUTE, json=said_all, headers=key('"once"')).json() == first


@pytest.mark.parametrize("create", ["sessions", "resume", "retry"])
def test_whatever_is_created_under_a_key_is_created_once(client: TestClient, create: str) -> None:
    last = failed(client)
    paths = {
        "sessions": ("/api/v1/sessions", {"profile": "dev"}, 201),
        "resume": (f"/api/v1/sessions/{last['session_id']}/resume", {}, 202),
        "retry": (f"/api/v1/jobs/{last['job_id']}/retry", None, 202),
    }
    path, body, status = paths[create]
    first = client.post(path, json=body, headers=key())
    count = total(client), len(client.get("/api/v1/sessions").json())
    again = [client.post(path, json=body, headers=key()) for _ in range(2)]
    assert {answer.status_code for answer in [first, *again]} == {status}
    assert {answer.headers["location"] for answer in [first, *again]} == {first.headers["location"]}
    assert [answer.headers.get("idempotent-replayed") for answer in [first, *again]] == [None, "true", "true"]
    assert (total(client), len(client.get("/api/v1/sessions").json())) == count


def test_a_key_for_another_body_is_refused_and_makes_nothing(client: TestClient) -> None:
    client.post(EXECUTE, json=MISSION, headers=key())
    other = client.post(EXECUTE, json=MISSION | {"mission": "list files"}, headers=key())
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert total(client) == 1


def test_a_key_counts_for_one_use_case(client: TestClient) -> None:
    client.post(EXECUTE, json=MISSION, headers=key())
    assert client.post("/api/v1/sessions", json={}, headers=key()).status_code == 201


@pytest.mark.parametrize("given", ["", " ", "a b", "a\tb", "x" * 256, '"', '"a', 'a"b', '""', "ä", '"a\\"b"'])
def test_a_key_that_is_none_is_refused(client: TestClient, given: str) -> None:
    answer = client.post(EXECUTE, json=MISSION, headers={b"idempotency-key": given.encode()})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")
    assert total(client) == 0


@pytest.mark.parametrize("given", ["x", "x" * 255, "!#$%&'()*+,-./:;<=>?@[]^_`{|}~", "'quoted'"])
def test_every_visible_character_may_be_in_a_key(client: TestClient, given: str) -> None:
    for spelled in (given, f'"{given}"'):
        assert client.post("/api/v1/sessions", json={}, headers=key(spelled)).status_code == 201
    assert len(client.get("/api/v1/sessions").json()) == 1


def test_two_keys_are_one_too_many(client: TestClient) -> None:
    answer = client.post(EXECUTE, json=MISSION, headers=[("idempotency-key", "a"), ("idempotency-key", "b")])
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "repeated")


def test_what_is_refused_is_not_remembered(client: TestClient) -> None:
    assert client.post(EXECUTE, json=MISSION | {"profile": "nobody"}, headers=key()).status_code == 400
    assert client.post(EXECUTE, json=MISSION, headers=key()).status_code == 200


def test_what_still_runs_is_a_conflict_for_who_waits_and_the_job_for_who_does_not(
    client: TestClient, tmp_path: Path
) -> None:
    asked = MISSION | {"model": script(tmp_path, SLOW)}
    job = client.post(f"{EXECUTE}?background=true", json=asked, headers=key()).json()
    waiting = client.post(EXECUTE, json=asked, headers=key())
    assert (waiting.status_code, waiting.headers["retry-after"]) == (409, "1")
    problem = waiting.json()["error"]
    assert (problem["code"], problem["details"]) == ("request_under_way", {"job_id": job["id"]})
    accepted = client.post(EXECUTE, json=asked, headers=key() | {"prefer": "respond-async"})
    assert (accepted.status_code, accepted.json()["id"]) == (202, job["id"])
    assert accepted.headers["idempotent-replayed"] == "true"
    client.post(f"/api/v1/jobs/{job['id']}/cancel")
    while client.get(job["status_url"]).json()["status"] == "running":
        time.sleep(0.05)
    assert client.post(EXECUTE, json=asked, headers=key()).json()["error"]["code"] == "cancelled"
    assert total(client) == 1


def test_a_stream_under_a_key_is_taken_up_again(client: TestClient, tmp_path: Path) -> None:
    asked = MISSION | {"model": script(tmp_path, {"delay": 0.5, "text": "Done."})}
    with client.stream("POST", f"{EXECUTE}/stream", json=asked, headers=key()) as first:
        job = first.headers["location"]
    with client.stream("POST", f"{EXECUTE}/stream", json=asked, headers=key()) as second:
        assert (second.headers["location"], second.headers["idempotent-replayed"]) == (job, "true")
        log = list(events_of(second.iter_lines()))
    assert (log[0].number, log[-1].data["details"]["status"]) == (1, "completed")
    assert total(client) == 1


@pytest.mark.durability
def test_a_hundred_at_once_under_one_key_make_one_job(tmp_path: Path) -> None:
    with server(tmp_path / "home") as served:
        pool = httpx2.Limits(max_connections=50)
        with httpx2.Client(base_url=served.url, limits=pool, timeout=30) as http:

            def post(_: int) -> httpx2.Response:
                return http.post(f"{EXECUTE}?background=true", json=MISSION, headers=key())

            with ThreadPoolExecutor(50) as threads:
                answers = list(threads.map(post, range(100)))
            listed = http.get("/api/v1/jobs").json()
            sessions = http.get("/api/v1/sessions").json()
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    assert (listed["total"], len(sessions)) == (1, 1)
    assert [folder.name for folder in (tmp_path / "home" / "workspaces").iterdir()] == [
        sessions[0]["session_id"]
    ]


def test_of_two_that_race_under_one_key_the_loser_leaves_no_workspace(tmp_path: Path) -> None:
    async def run() -> set[str]:
        async with Taskforce.open(Settings(home=tmp_path)) as tf:
            mission = tf.missions.execute
            await asyncio.gather(*(mission(MISSION["mission"], idempotency_key="m") for _ in range(5)))
            made = await asyncio.gather(*(tf.sessions.create(idempotency_key="s") for _ in range(5)))
            sessions = await tf.sessions.list()
            assert len({session.session_id for session in made}) == 1
            return {session.session_id for session in sessions.items}

    sessions = asyncio.run(run())

    assert len(sessions) == 2
    assert {folder.name for folder in (tmp_path / "workspaces").iterdir()} == sessions


@pytest.mark.durability
def test_a_server_that_dies_before_it_answers_is_asked_again_for_the_same_job(tmp_path: Path) -> None:
    home, asked = tmp_path / "home", MISSION | {"model": script(tmp_path, {"delay": 2, "text": "Done."})}
    with server(home) as first, ThreadPoolExecutor(1) as threads:
        asking = threads.submit(httpx2.post, first.url + EXECUTE, json=asked, headers=key(), timeout=20)
        while not (jobs := httpx2.get(f"{first.url}/api/v1/jobs").json()["items"]):
            time.sleep(0.02)
        first.process.kill()
        with pytest.raises(httpx2.TransportError):
            asking.result()
    with server(home) as second:
        while (answer := httpx2.post(second.url + EXECUTE, json=asked, headers=key())).status_code == 409:
            time.sleep(float(answer.headers["retry-after"]) / 4)
    assert (answer.status_code, answer.headers["idempotent-replayed"]) == (200, "true")
    assert (answer.json()["job_id"], answer.json()["message"]) == (jobs[0]["id"], "Done.")
    assert len(jobs_of(home)) == 1


def test_the_command_line_takes_a_key_too(tmp_path: Path) -> None:
    home, words = tmp_path / "home", ("run", "mission", "list files", "--json", "--idempotency-key")
    first, second = (said(home, *words, "once") for _ in range(2))
    assert (first.code, second.json) == (0, first.json)
    other = said(home, "run", "mission", "count files", "--json", "--idempotency-key", "once")
    assert other.code == 2
    assert '"idempotency_key_reused"' in other.err
    made = {
        said(home, "sessions", "create", "--json", "--idempotency-key", "k").json["session_id"]
        for _ in range(2)
    }
    assert len(made) == 1
    assert said(home, "sessions", "create", "--idempotency-key", "a b").code == 2
    assert len(jobs_of(home)) == 1


def test_the_library_takes_a_key_too(tmp_path: Path) -> None:
    async def run() -> None:
        async with Taskforce.open(Settings(home=tmp_path / "home")) as tf:
            first, second = [
                await tf.execute_mission(FAILING["mission"], idempotency_key="once") for _ in range(2)
            ]
            assert second == first
            events = [
                event
                async for event in tf.execute_mission_streaming(FAILING["mission"], idempotency_key="once")
            ]
            assert events[0].details["job_id"] == first.job_id
            with pytest.raises(KeyReused):
                await tf.execute_mission("list files", idempotency_key="once")
            with pytest.raises(Invalid):
                await tf.sessions.create(idempotency_key="")
            made = [await tf.sessions.create(idempotency_key="k") for _ in range(2)]
            resumed = [
                await tf.sessions.resume(session_id=first.session_id, idempotency_key="k") for _ in range(2)
            ]
            await tf.result(resumed[0])
            retried = [await tf.jobs.retry(job_id=first.job_id, idempotency_key="k") for _ in range(2)]
            handed_in = await tf.missions.execute("list files", idempotency_key="other")
            for pair in ([made[0].session_id, made[1].session_id], [job.id for job in resumed]):
                assert pair[0] == pair[1]
            assert [job.id for job in retried] == [retried[0].id] * 2
            assert [job.is_replayed for job in (*resumed, *retried)] == [False, True] * 2
            assert (await tf.result(handed_in)).status.value == "completed"
            assert (await tf.jobs.list()).total == 4

    asyncio.run(run())
