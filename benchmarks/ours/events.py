"""Fills a database with the events of jobs that are over: copies of one that was really played."""

import asyncio
from pathlib import Path

import asyncpg

from benchmarks.child import tell, told
from benchmarks.ours.programs import Steps
from benchmarks.ours.stage import accept, ended, opened
from taskforce.core.jobs.model import Job

OF_A_JOB = 1_000
NOT_COPIED = ("number", "id", "root")
_COPY = """
WITH copied AS (
    INSERT INTO jobs (id, root, {names})
    SELECT fresh.id, fresh.id, {names} FROM jobs, (
        SELECT gen_random_uuid()::text AS id FROM generate_series(1, $2::int)) AS fresh
    WHERE jobs.id = $1
    RETURNING number)
INSERT INTO job_events (job, number, key, type, message, details, at)
SELECT copied.number, told.number, told.key, told.type, told.message, told.details, told.at
FROM copied, job_events AS told WHERE told.job = (SELECT number FROM jobs WHERE id = $1)
"""


async def played(folder: Path, url: str) -> Job:
    """Play a job that tells an event a step, and return it."""
    with opened(folder, Steps(), workers=1, database_url=url) as container:
        return await ended(
            container, await accept(container, Steps.kind, {"steps": OF_A_JOB, "events": True})
        )


async def fill(job: Job, url: str, events: int) -> None:
    """Copy the job until so many events are stored."""
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = 'jobs' AND is_generated = 'NEVER'"
    )
    names = ", ".join(f'"{name}"' for (name,) in rows if name not in NOT_COPIED)
    copies = events // job.last_event
    if copies:
        await connection.execute(_COPY.format(names=names), job.id, copies)
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")
    tell(events=await connection.fetchval("SELECT count(*) FROM job_events"))
    await connection.close()


def main() -> None:
    """Do what is told."""
    asked = told()
    job = asyncio.run(played(Path(asked["folder"]), asked["url"]))
    asyncio.run(fill(job, asked["url"], asked["events"]))


if __name__ == "__main__":
    main()
