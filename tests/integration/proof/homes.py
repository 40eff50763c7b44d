"""A home with jobs in it, handed in by nobody in particular; and what can be read of them from outside."""

import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from taskforce.application.factory import Container
from taskforce.core.jobs.model import Job
from taskforce.infrastructure.system.clock import SystemClock
from taskforce.infrastructure.system.ids import UuidSource
from tests.builders import a_job, an_event
from tests.integration.processes import content_of
from tests.integration.proof.ledger_driver import KIND
from tests.integration.records import looked_up

PATIENCE = 60.0


def handed_in(home: Path, count: int, *, steps: int, seconds: float) -> None:
    """Hand in jobs, of so many steps each, that take so many seconds each."""
    ids, clock = UuidSource(), SystemClock()

    def new(number: int) -> Job:
        input = {"name": f"job{number}", "steps": steps, "seconds": seconds}
        return a_job(id=ids.new(), kind=KIND, input=input, created_at=clock.now())

    async def submit(container: Container) -> None:
        for number in range(count):
            await container.store().submit(new(number), events=[an_event("started", type="started")])

    home.mkdir(parents=True, exist_ok=True)
    looked_up(home, submit)


def rows(home: Path, query: str) -> list[tuple[object, ...]]:
    """Read from the file as it is; the workers go on."""
    with closing(sqlite3.connect(home / "taskforce.db", timeout=20)) as connection:
        return connection.execute(query).fetchall()


def statuses(home: Path) -> dict[str, int]:
    return {
        str(status): int(str(n)) for status, n in rows(home, "SELECT status, count(*) FROM jobs GROUP BY 1")
    }


def left(home: Path) -> int:
    return sum(
        count for status, count in statuses(home).items() if status in {"queued", "running", "waiting"}
    )


def all_over(home: Path, *, seconds: float = PATIENCE, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Wait until no job is left to play."""
    end = time.monotonic() + seconds
    while left(home):
        assert time.monotonic() < end, f"after {seconds} s: {statuses(home)}; {said(home)[-2_000:]}"
        meanwhile()
        time.sleep(0.1)


def said(home: Path) -> str:
    return content_of(home / "stderr")


def done(home: Path) -> Counter[str]:
    """Return what the ledger says."""
    return Counter(content_of(home / "ledger").split())


def assert_all_is_well(home: Path, *, jobs: int, steps: int) -> None:
    """Each job succeeded, each step is recorded once and was done, and no log has a gap."""
    assert statuses(home) == {"succeeded": jobs}, said(home)[-3_000:]
    total = str(sum(range(steps)))
    assert rows(home, "SELECT DISTINCT json_extract(result, '$.total') FROM jobs") == [(int(total),)]
    recorded = rows(home, "SELECT job, count(*), count(DISTINCT key) FROM job_steps GROUP BY 1")
    assert [row[1:] for row in recorded] == [(steps, steps)] * jobs
    logs = rows(
        home,
        "SELECT job, count(*), min(number), max(number), count(DISTINCT key) FROM job_events GROUP BY 1",
    )
    length = steps + 2
    assert [row[1:] for row in logs] == [(length, 1, length, length)] * jobs
    assert set(done(home)) == {f"job{job}/{step}" for job in range(jobs) for step in range(steps)}
