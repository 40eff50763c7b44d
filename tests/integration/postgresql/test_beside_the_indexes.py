"""What a step and a claim cost the server: no index is written for a step, and none is walked for a claim."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import pytest

from taskforce.core.jobs.model import Progress
from taskforce.core.jobs.ports import Commit
from taskforce.core.jobs.steps import StepStatus
from taskforce.infrastructure.database.postgres import PostgresDatabase
from taskforce.infrastructure.database.postgres_groups import PLANNED
from taskforce.infrastructure.jobs.postgres import PostgresJobStore
from taskforce.infrastructure.jobs.postgres_claims import Claiming
from taskforce.infrastructure.jobs.postgres_reads import Dues, Kinds
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import CLAIMS, KIND, LEASE, NOON, a_job, a_lease, a_step, an_event, success
from tests.integration.postgres import ready

STEPS = 40
FILL = """
    INSERT INTO jobs (id, project, kind, status, priority, root, created_by, created_at, updated_at, due_at,
        epoch, lease_owner, losses, cancel_requested, last_event, progress_percent, progress_message,
        request_id, traceparent, version)
    SELECT $1 || n, 'default', $2, $1, 0, $1 || n, 'me', n, 0, $3, 0, $4, 0, false, 1, 0, '', '', '', 1
    FROM generate_series(1, $5::int) AS n"""
LATER = 10**17
"""The end of a lease, in microseconds, that is not over for long."""
UPDATES = """
    SELECT relname::text, n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables
    WHERE relname IN ('jobs', 'job_steps')"""


class Ticking(SetClock):
    """Each look at it is later than the one before, as with every clock."""

    def now(self) -> datetime:
        return self.pass_(seconds=0.001)


async def test_steps_and_heartbeats_leave_the_indexes_alone(postgres_url: str) -> None:
    database = PostgresDatabase(postgres_url, pool=2)
    await ready(database)
    store = PostgresJobStore(database, Ticking(NOON), {})
    await store.submit(a_job(), events=[an_event("started")])
    job = await store.claim(CLAIMS, a_lease())
    assert job is not None
    for number in range(STEPS):
        key = f"step {number}"
        again = Commit(steps=(a_step(key, status=StepStatus.RETRYING),))
        await store.commit(job, again, lease=LEASE)
        done = Commit(steps=(a_step(key),), events=(an_event(key),), progress=Progress(message=key))
        await store.commit(job, done, lease=LEASE)
        assert not (await store.heartbeat([job], lease=LEASE, progress={})).lost
    await store.end(job, Commit(), success())
    await asyncio.to_thread(database.close)  # its connections tell what they did at the latest now
    counted = await counts(postgres_url, jobs=3 * STEPS + 2)
    assert counted["jobs"][1] >= 0.9 * 3 * STEPS
    assert counted["job_steps"][1] >= 0.9 * STEPS


async def counts(url: str, *, jobs: int) -> dict[str, tuple[int, int]]:
    """Return how often rows of the tables were updated, and how often without a word in an index."""
    connection = await asyncpg.connect(url)
    while True:
        rows = {name: (updates, hot) for name, updates, hot in await connection.fetch(UPDATES)}
        if rows["jobs"][0] >= jobs:
            await connection.close()
            return rows
        await asyncio.sleep(0.05)


CLAIMING = Claiming(CLAIMS.kinds, a_lease()).words([NOON])
LOOKING = Dues().words([Kinds(kinds=[KIND], at=NOON)])


@pytest.mark.parametrize("asked", [CLAIMING, LOOKING], ids=["claim", "look"])
async def test_who_asks_for_a_job_passes_over_none_that_is_over_or_waits_for_a_word(
    postgres_url: str, asked: tuple[str, Sequence[object]]
) -> None:
    statement, arguments = asked
    connection = await asyncpg.connect(postgres_url, server_settings=PLANNED)
    kinds = ", ".join(
        one.name.replace("[]", "") + "[]" * (one.kind == "array")
        for one in (await connection.prepare(statement)).get_parameters()
    )
    await connection.execute(f"PREPARE asked ({kinds}) AS {statement}")
    ask = f"EXECUTE asked ({', '.join(map(literal, arguments))})"
    await connection.execute(ask)  # it is planned while there is nothing
    for status, due, owner, count in (
        ("succeeded", None, None, 3_000),
        ("waiting", None, None, 3_000),
        ("running", LATER, "anna", 20),
        ("queued", 0, None, 500),
    ):
        await connection.execute(FILL, status, KIND, due, owner, count)
    plan = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {ask}")
    await connection.close()
    scans = [node for node in nodes(json.loads(plan)[0]["Plan"]) if node["Node Type"] == "Index Scan"]
    seen = [node["Actual Rows"] + node["Rows Removed by Filter"] for node in scans if "Filter" in node]
    assert "ix_jobs_ready" in {node["Index Name"] for node in scans}
    assert max(seen) <= 20


def literal(value: object) -> str:
    """Return a value in words of SQL."""
    if isinstance(value, int):
        return str(value)
    return f"'{value}'" if isinstance(value, str) else f"'{{{','.join(value)}}}'"  # type: ignore[arg-type] # a list


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the parts of a plan."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)
