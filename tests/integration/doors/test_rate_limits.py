"""Requests are limited by principal, told with every answer, and counted together on one Redis."""

import http.client
from pathlib import Path

import httpx2
import pytest

from tests.integration.doors.api_client import api
from tests.integration.wire import Answer, Server, serving
from tests.services.redis_server import redis_server

JOBS = "/api/v1/jobs"
OPEN = ("/health", "/health/ready", "/openapi.json", "/docs", "/redoc")


def test_every_answer_to_a_principal_tells_how_it_stands(tmp_path: Path) -> None:
    with api(tmp_path, rate_limit=50) as client:
        job = client.post("/api/v1/execute", json={"mission": "list files"}).json()["job_id"]
        answers = [
            client.get(JOBS),
            client.head(JOBS),
            client.get(f"{JOBS}/{job}/events"),
            client.get(f"{JOBS}/{'0' * 8}-0000-0000-0000-{'0' * 12}"),
            client.post(f"{JOBS}/{job}/cancel"),
            client.get(f"{JOBS}?limit=0"),
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 404, 409, 400]
    told = [answer.headers.get("ratelimit", "") for answer in answers[:5]]
    assert [line.split(";")[1] for line in told] == ["r=48", "r=47", "r=46", "r=45", "r=44"]
    assert {answer.headers["ratelimit-policy"] for answer in answers[:5]} == {'"user";q=50;w=60'}


def test_beyond_the_limit_is_a_problem_that_says_when_to_come_back(tmp_path: Path) -> None:
    with api(tmp_path, rate_limit=3) as client:
        assert [client.get(JOBS).status_code for _ in range(3)] == [200] * 3
        over = client.post("/api/v1/execute", json={"mission": "list files"})
        again = client.get(JOBS)
        health = [client.get(path) for path in OPEN]
    check_over(over, limit=3)
    assert again.status_code == 429
    assert {answer.status_code for answer in health} == {200}
    assert not any("ratelimit" in answer.headers for answer in health)
    with api(tmp_path) as client:
        assert client.get(JOBS).json()["total"] == 0


def check_over(over: httpx2.Response, *, limit: int) -> None:
    assert over.status_code == 429
    assert over.headers["content-type"] == "application/problem+json"
    left = over.headers["ratelimit"]
    wait = int(over.headers["retry-after"])
    assert left.startswith('"user";r=0;t=')
    assert int(left.rpartition("=")[2]) <= wait <= 60
    problem = over.json()
    assert problem["error"]["code"] == "rate_limited"
    assert problem["error"]["details"] == {"policy": "user", "limit": limit, "window_seconds": 60}


def test_a_thousand_requests_a_minute_go_when_nobody_says_otherwise(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        statuses = []
        for _ in range(1_001):
            connection.request("GET", "/api/v1/tools")
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
        connection.close()
    assert statuses == [200] * 1_000 + [429]


def test_the_document_tells_of_429_wherever_a_principal_asks(tmp_path: Path) -> None:
    with api(tmp_path) as client:
        paths = client.get("/openapi.json").json()["paths"]
    operations = [operation for path in paths.values() for operation in path.values()]
    asked_by_principals = [
        operation
        for operation in operations
        if any(given["name"] == "X-Project-ID" for given in operation.get("parameters", ()))
    ]
    assert len(asked_by_principals) > 20
    assert all("429" in operation["responses"] for operation in asked_by_principals)


def test_without_a_limit_nothing_is_told(tmp_path: Path) -> None:
    with api(tmp_path, rate_limit=0) as client:
        assert not {"ratelimit", "ratelimit-policy"} & client.get(JOBS).headers.keys()


@pytest.mark.services
def test_two_servers_on_one_redis_share_the_limit_and_each_goes_on_without_it(tmp_path: Path) -> None:
    def ask(server: Server, count: int) -> list[int]:
        return [answered(server).status for _ in range(count)]

    def answered(server: Server) -> Answer:
        return server.ask("GET", JOBS)

    with redis_server() as redis:
        settings = {"rate_limit": 5, "rate_limit_url": redis.url}
        with serving(tmp_path / "a", **settings) as one, serving(tmp_path / "b", **settings) as two:
            assert ask(one, 3) == [200] * 3
            assert ask(two, 3) == [200, 200, 429]
            assert ask(one, 1) == [429]
            redis.process.kill()
            redis.process.wait()
            assert ask(one, 6) == [200] * 5 + [429]
            assert ask(two, 1) == [200]
            assert "rate_limits_not_shared" in one.process.err
