"""A door and a worker on one PostgreSQL and one NATS server: work, live news, events, and an outage."""

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nats.aio.client import Client

from taskforce.infrastructure.nats.streams import EVENTS_STREAM
from tests.integration.nats_queue import asked
from tests.integration.processes import Process, taskforce, until
from tests.services.nats_server import NatsServer, nats_server

MISSION = {"mission": "List the files"}
REQUEST = "0190f3a0-0000-7000-8000-00000000000a"


@pytest.fixture(scope="module")
def server() -> Iterator[NatsServer]:
    """Give a server of the module's own, for it is stopped."""
    with nats_server() as server:
        yield server


def started(home: Path, database: str, server: NatsServer, *words: str, **settings: object) -> Process:
    urls = {"queue_url": server.url, "feed_url": server.url, "events_url": server.url}
    return taskforce(home, *words, database_url=database, database_pool=4, **urls, **settings)


def address(process: Process) -> str:
    def told() -> str | None:
        assert process.is_alive, process.err
        return next((word.rstrip(".") for word in process.err.split() if word.startswith("http://127")), None)

    return until(told, what="the address")


def ask(url: str, body: object = None) -> tuple[int, Any]:
    """Return status and document."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "X-Request-ID": REQUEST}
    request = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the same
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


async def told(client: Client) -> list[tuple[str, dict[str, str]]]:
    """Return subject and headers of the events that are there, once there is a last one."""
    js = client.jetstream()
    async with asyncio.timeout(30):
        while True:
            try:
                await js.get_last_msg(EVENTS_STREAM, "taskforce.events.mission.complete.v1")
                break
            except Exception:  # noqa: BLE001 - not yet
                await asyncio.sleep(0.05)
    count = (await js.stream_info(EVENTS_STREAM)).state.last_seq
    found = [await js.get_msg(EVENTS_STREAM, seq=number) for number in range(1, count + 1)]
    return [(str(message.subject), message.headers or {}) for message in found]


def test_a_worker_elsewhere_does_what_a_door_takes_in_also_while_the_broker_is_away(
    server: NatsServer, postgres_url: str, tmp_path: Path
) -> None:
    door = started(tmp_path / "door", postgres_url, server, "serve", "--port", "0", workers=0)
    worker = started(tmp_path / "worker", postgres_url, server, "worker")
    with door, worker:
        at = address(door)
        status, document = ask(f"{at}/api/v1/execute", MISSION)
        assert (status, document["status"]) == (200, "completed")

        events = asked(server, told)
        ids = [headers["Nats-Msg-Id"] for _, headers in events]
        job = ids[0].partition("/")[0]
        assert ids == [f"{job}/{number}" for number in range(1, len(ids) + 1)]
        assert events[0][0] == "taskforce.events.mission.started.v1"
        assert {headers["X-Request-ID"] for _, headers in events} == {REQUEST}

        until(lambda: ask(f"{at}/health/ready")[0] == 200, what="readiness")
        server.stop()
        until(lambda: ask(f"{at}/health/ready")[0] == 503, what="the outage")
        status, document = ask(f"{at}/api/v1/execute", MISSION)
        assert (status, document["status"]) == (200, "completed"), "the store is polled"
        server.start()
        until(lambda: ask(f"{at}/health/ready")[0] == 200, what="readiness")
