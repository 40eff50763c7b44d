"""A cancel and a completion at the same moment: one of them ends the job, and the log tells one end."""

import asyncio
import os
import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from dependency_injector import providers

from taskforce import Event, Job, JobContext, Program
from taskforce.application.factory import Container, close_container, open_container
from taskforce.application.jobs.schemas import CancelJob
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.errors import JobIsOver
from taskforce.core.jobs.events import CLOSING_WORDS, COMPLETE, RecordedEvent
from taskforce.core.jobs.model import JobStatus
from taskforce.core.principals import DEFAULT_PROJECT, local_principal
from taskforce.infrastructure.jobs.memory import MemoryJobStore
from taskforce.infrastructure.system.clock import SystemClock
from taskforce.settings import Settings
from tests.integration.hold.served import served

pytestmark = [pytest.mark.durability, pytest.mark.timeout(240)]

SEED = int(os.environ.get("SEED", "20260101"))
RACES, AT_ONCE = 1_000, 20
OVER_HTTP = 100


class Racing(Program):
    """Does one step that takes a moment, and is done."""

    kind = "racing"

    def opening(self, job: Job) -> Event:
        return Event(type="started")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        await ctx.step("run", lambda: _pause(float(str(job.input["seconds"]))), type=int)
        return {"is": "done"}


@dataclass(frozen=True, slots=True)
class Race:
    """What the one who cancelled was told, and what came of the job."""

    was_accepted: bool
    job: Job
    log: tuple[RecordedEvent, ...]


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_a_thousand_races_end_each_job_once(tmp_path: Path, kind: str) -> None:
    sys.stdout.write(f"SEED={SEED}\n")
    container = open_container(
        Settings(home=tmp_path / "home", workers=AT_ONCE, log_level="error"), programs=[Racing()]
    )
    if kind == "memory":
        container.store.override(providers.Object(MemoryJobStore(SystemClock(), {})))
    try:
        races = asyncio.run(raced(container, random.Random(SEED)))  # noqa: S311 - the same each time
    finally:
        close_container(container)
    assert len(races) == RACES
    for race in races:
        ends = [told.event for told in race.log if told.event.type == COMPLETE]
        assert [told.number for told in race.log] == list(range(1, race.job.last_event + 1))
        assert [end.details["status"] for end in ends] == [CLOSING_WORDS[race.job.status]]
        assert race.log[-1].event is ends[0]
        assert race.was_accepted or race.job.status is JobStatus.SUCCEEDED
        assert (race.job.outcome is not None) == race.job.status.is_over
    came = Counter((race.was_accepted, race.job.status) for race in races)
    assert min(came[True, JobStatus.CANCELLED], came[False, JobStatus.SUCCEEDED]) > RACES / 20, came
    sys.stdout.write(f"{came}\n")


async def raced(container: Container, chance: random.Random) -> list[Race]:
    """Let the races run side by side; look at all of them when the last is over, for none may end twice."""
    told: list[tuple[Job, bool]] = []
    latest = 0.02
    for _ in range(RACES // AT_ONCE):
        pairs = [(chance.uniform(0, 0.01), chance.uniform(0, latest)) for _ in range(AT_ONCE)]
        told += await asyncio.gather(*(begun_and_cancelled(container, *pair) for pair in pairs))
        late = sum(not was_accepted for _, was_accepted in told[-AT_ONCE:])
        if not AT_ONCE / 4 <= late <= AT_ONCE / 2:  # how long a job takes is the machine's affair
            latest *= 1.3 if late < AT_ONCE / 4 else 1 / 1.3
    store = container.store()
    races = []
    for job, was_accepted in told:
        found = await store.get(job.id, project=DEFAULT_PROJECT)
        while not found.status.is_over:
            await asyncio.sleep(0.005)
            found = await store.get(job.id, project=DEFAULT_PROJECT)
        races.append(Race(was_accepted, found, tuple(await store.events(job.id, after=0, limit=100))))
        with pytest.raises(JobIsOver):
            await container.jobs().cancel(local_principal(), CancelJob(job_id=job.id))
    return races


async def begun_and_cancelled(container: Container, seconds: float, after: float) -> tuple[Job, bool]:
    """Hand in a job, cancel it after a moment, and return whether that was accepted."""
    desk, input = container.desk(), {"seconds": seconds}
    job = await desk.accept(desk.new("racing", local_principal(), {**input}, subject=None, alone=False))
    await asyncio.sleep(after)
    try:
        await container.jobs().cancel(local_principal(), CancelJob(job_id=job.id))
    except JobIsOver:
        return job, False
    return job, True


async def _pause(seconds: float) -> int:
    await asyncio.sleep(seconds)
    return 0


def test_a_hundred_races_over_connections_end_each_job_once(tmp_path: Path) -> None:
    script = tmp_path / "script.yaml"
    script.write_text(yaml.safe_dump({"turns": [{"delay": 0.03, "text": "Done."}]}))
    chance = random.Random(SEED)  # noqa: S311 - the same each time
    with served(tmp_path / "home", workers=8) as server, server.client(connections=8) as http:

        def race(seconds: float) -> tuple[int, int, str, list[str]]:
            asked = {"mission": "Go", "model": f"script:{script}"}
            job = http.post("/api/v1/execute?background=true", json=asked).json()
            time.sleep(seconds)
            first = http.post(f"/api/v1/jobs/{job['id']}/cancel").status_code
            with http.stream("GET", job["events_url"]) as stream:
                events = [line for line in stream.iter_lines() if line.startswith(("event: ", "id: "))]
            second = http.post(f"/api/v1/jobs/{job['id']}/cancel").status_code
            return first, second, http.get(job["status_url"]).json()["status"], events

        with ThreadPoolExecutor(8) as threads:
            races = list(threads.map(race, [chance.uniform(0, 0.12) for _ in range(OVER_HTTP)]))
        doubled = server.rows(
            "SELECT job FROM job_events WHERE type = 'complete' GROUP BY job HAVING count(*) > 1"
        )
    for first, second, status, events in races:
        assert events.count("event: complete") == 1
        assert events[-1] == "event: complete"
        assert (first, second) in {(202, 409), (409, 409)}
        assert status in ({"cancelled", "succeeded"} if first == 202 else {"succeeded"})
    assert {status for _, _, status, _ in races} == {"cancelled", "succeeded"}
    assert doubled == []
