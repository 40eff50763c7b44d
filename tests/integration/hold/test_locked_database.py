"""Another process holds the database for ten seconds: requests are told so soon, and nothing is lost."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.integration.hold.creations import CREATIONS, prepared
from tests.integration.hold.served import Served, served

pytestmark = pytest.mark.durability

LOCKED = 10.0
"""Seconds at least; it is held until all that were asked meanwhile have their answers."""
PATIENCE = 30.0
MISSIONS = 8


@contextmanager
def locked(home: Path) -> Iterator[float]:
    """Hold the database's only write lock; give the moment since when."""
    with closing(sqlite3.connect(home / "taskforce.db", timeout=20, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        yield begun
        time.sleep(max(0.0, begun + LOCKED - time.monotonic()))
        other.execute("ROLLBACK")


def test_ten_seconds_of_a_locked_database_refuse_what_is_new_and_lose_nothing(tmp_path: Path) -> None:
    teller = {"count": 400, "rate": 100.0}
    with (
        served(tmp_path / "home", tells=(teller,), workers=2) as server,
        server.client(connections=30) as http,
    ):
        there = prepared(server, *CREATIONS.values())
        before = accepted(http, MISSIONS, "before")
        with ThreadPoolExecutor(20) as threads, locked(server.home) as begun:
            asked = {
                name: threads.submit(creation.ask, http, there, f"during/{name}")
                for name, creation in CREATIONS.items()
            }
            late = threads.submit(delayed, http, 3.0)
            assert http.get("/health").status_code == 200
            ready = until_ready_is(http, 503)
            assert ready.headers["retry-after"]
            assert "store" in ready.json()["detail"]
            assert http.get(f"/api/v1/jobs/{before['before/0']}").status_code == 200
            answers = {name: answer.result() for name, answer in asked.items()}
            assert time.monotonic() - begun < LOCKED  # the store's patience is half of that
            for answer in (*answers.values(), late.result()):
                assert (answer.status_code, answer.json()["error"]["code"]) == (503, "store_busy")
                assert int(answer.headers["retry-after"]) >= 1
        until_ready_is(http, 200)
        for name, creation in CREATIONS.items():
            while (answer := creation.ask(http, there, f"during/{name}")).status_code == 409:
                time.sleep(0.1)  # the session has another job, which goes first
            assert answer.is_success, answer.text
            assert "idempotent-replayed" not in answer.headers
        assert accepted(http, MISSIONS, "before") == before
        all_ended(server)
        assert [server.get(f"/api/v1/jobs/{job}")["status"] for job in before.values()] == [
            "succeeded"
        ] * MISSIONS
        (told,) = server.get("/api/v1/jobs?subject=tells/0")["items"]
        assert (told["status"], told["last_event"]) == ("succeeded", teller["count"] + 2)
        assert "Traceback" not in server.said


def accepted(http: httpx2.Client, count: int, name: str) -> dict[str, str]:
    """Hand missions in, each under a key; return the job of each."""
    jobs = {}
    for number in range(count):
        headers = {"idempotency-key": f"{name}/{number}"}
        path = "/api/v1/execute?background=true"
        answer = http.post(path, json={"mission": "list files"}, headers=headers)
        assert answer.status_code == 202, answer.text
        jobs[headers["idempotency-key"]] = answer.json()["id"]
    return jobs


def delayed(http: httpx2.Client, seconds: float) -> httpx2.Response:
    """Ask for something new after a while."""
    time.sleep(seconds)
    return http.post("/api/v1/sessions", json={})


def until_ready_is(http: httpx2.Client, status: int) -> httpx2.Response:
    end = time.monotonic() + PATIENCE
    while (answer := http.get("/health/ready")).status_code != status:
        assert time.monotonic() < end, answer.text
        time.sleep(0.1)
    return answer


def all_ended(server: Served) -> None:
    end = time.monotonic() + 60
    while server.rows("SELECT 1 FROM jobs WHERE ended_at IS NULL"):
        assert time.monotonic() < end, server.said[-2_000:]
        time.sleep(0.1)
