"""A request under a key makes one thing: from a hundred connections, and when the server dies over it."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.integration.hold.backstage import ANSWER, BEFORE, COMMITTED, PLACES
from tests.integration.hold.creations import CREATIONS, Creation, counted, prepared
from tests.integration.hold.served import Served, served

pytestmark = pytest.mark.durability

AT_ONCE = 100
KILLED = -9
ELSEWHERE = {
    *("runs.create", "releases.create", "deployments.create"),
    *("scenario_imports.commit", "scenario_runs.create", "experiments.create", "debriefs.create"),
    *("sources.rescan", "scans.create"),
    *("videos.generate", "videos.resume", "video_forks.create"),
}
"""tests/integration/{pipelines,scenarios,marketplace,videos} ask for them twice."""
every_creation = pytest.mark.parametrize("creation", CREATIONS.values(), ids=CREATIONS)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("hold") / "home") as server:
        yield server


def settled(server: Served) -> dict[str, int]:
    """Return what is there once no job goes on any more."""
    end = time.monotonic() + 30
    while server.rows("SELECT 1 FROM jobs WHERE status IN ('queued', 'running', 'waiting')"):
        assert time.monotonic() < end, server.said
        time.sleep(0.02)
    return counted(server)


def test_every_use_case_that_takes_a_key_is_proved_here(server: Served) -> None:
    document = server.get("/openapi.json")
    keyed = {
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
        if any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", ()))
    }
    assert keyed - ELSEWHERE == set(CREATIONS)


@every_creation
def test_a_hundred_connections_under_one_key_make_one(server: Served, creation: Creation) -> None:
    there = prepared(server, creation)
    before = settled(server)
    path, body = creation.place(there), creation.words(there)

    async def post() -> list[httpx2.Response]:
        limits = httpx2.Limits(max_connections=AT_ONCE)
        async with httpx2.AsyncClient(base_url=server.url, limits=limits, timeout=60) as http:
            headers = {"idempotency-key": path}
            await asyncio.gather(*(http.get("/health") for _ in range(AT_ONCE)))  # all connections are there
            asked = (http.post(path, json=body, headers=headers) for _ in range(AT_ONCE))
            return await asyncio.gather(*asked)

    answers = asyncio.run(post())

    taken = [answer for answer in answers if answer.is_success]
    assert {answer.status_code for answer in answers if not answer.is_success} <= creation.again
    assert len({creation.made(answer) for answer in taken}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in taken) == 1
    assert {name: count - before[name] for name, count in settled(server).items()} == {
        name: creation.makes.get(name, 0) for name in before
    }


@pytest.mark.parametrize("place", PLACES)
@every_creation
def test_a_server_that_dies_over_a_request_is_asked_again_for_the_same(
    tmp_path: Path, creation: Creation, place: str
) -> None:
    with served(tmp_path / "home") as server:
        there = prepared(server, creation)
        before = settled(server)
        with server.client() as http, pytest.raises(httpx2.TransportError):
            creation.ask(http, there, "once", **{"x-die-at": place})
        assert server.wait() == KILLED
        made = [name for (name,) in server.rows("SELECT made FROM idempotency WHERE key = 'once'")]
        assert len(made) == {BEFORE: 0, COMMITTED: 1, ANSWER: 1}[place]
        server.start()
        with server.client() as http:
            while (answer := creation.ask(http, there, "once")).status_code in creation.again:
                time.sleep(0.05)
            assert answer.is_success, answer.text
            assert answer.headers.get("idempotent-replayed") == (None if place == BEFORE else "true")
            assert [creation.made(answer)] == (made or [creation.made(answer)])
            assert creation.made(creation.ask(http, there, "once")) == creation.made(answer)
        assert {name: count - before[name] for name, count in settled(server).items()} == {
            name: creation.makes.get(name, 0) for name in before
        }
