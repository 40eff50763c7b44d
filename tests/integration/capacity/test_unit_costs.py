"""What capacity planning says a job costs is what the real kernel writes, on both stores."""

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import ClassVar

import pytest
from dependency_injector import providers
from pydantic import SecretStr

from benchmarks.capacity import Load, bytes_of_a_job, log_bytes_of_a_job, rows_of_a_job
from benchmarks.unit_costs import POSTGRESQL, SQLITE
from taskforce.application.factory import Container, close_container, open_container
from taskforce.application.jobs.schemas import WatchJob
from taskforce.core.documents import JsonObject, written
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.principals import local_principal
from taskforce.settings import Settings
from tests.services.postgres_server import PostgresServer

JOBS = 100
AT_ONCE = 50
LOAD = Load(
    name="small",
    jobs_per_day=JOBS,
    steps=4,
    events_per_step=2,
    step_bytes=500,
    event_bytes=200,
    input_bytes=400,
)
"""Not the shape that the costs were taken from."""
WITHIN = 0.25
LEAST_LOGGED = 0.4
"""How much of the log that is planned with is written at least: rows side by side share records."""
LOGGED = "pg_current_wal_lsn() - '0/0'"
TABLES = ("jobs", "job_inputs", "job_steps", "job_events")


def a_document(size: int) -> JsonObject:
    """Return one that is so many bytes of JSON."""
    bare = len(written({"text": ""}))
    return {"text": "x" * (size - bare)}


class Typical(Program):
    """Does what the load says that a job does."""

    kind: ClassVar[str] = "typical"

    def opening(self, job: Job) -> Event:
        return Event(type="started", message="")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        for step in range(LOAD.steps):
            for number in range(int(LOAD.events_per_step)):
                told = Event(type="said", message="", details=a_document(int(LOAD.event_bytes)))
                await ctx.emit(f"{step}/{number}", told)
            await ctx.step(f"step/{step}", partial(_output), type=JsonObject)
        return {}


async def _output() -> JsonObject:
    return a_document(int(LOAD.step_bytes))


@contextmanager
def opened(home: Path, database_url: str | None) -> Iterator[Container]:
    url = None if database_url is None else SecretStr(database_url)
    container = open_container(Settings(home=home, workers=8, database_url=url, model_probe=False))
    container.programs.override(providers.Dict({Typical.kind: providers.Object(Typical())}))
    try:
        yield container
    finally:
        close_container(container)


def play(home: Path, *, jobs: int, database_url: str | None = None) -> None:
    """Play so many jobs to their end."""
    with opened(home, database_url) as container:
        asyncio.run(_played(container, jobs))


async def _played(container: Container, jobs: int) -> None:
    desk, principal = container.desk(), local_principal()

    async def one() -> None:
        input = a_document(int(LOAD.input_bytes))
        job = await desk.accept(desk.new(Typical.kind, principal, input, subject="typical", alone=False))
        async for page in await container.jobs().watch(principal, WatchJob(job_id=job.id)):
            if page.is_end:
                return

    for begin in range(0, jobs, AT_ONCE):
        await asyncio.gather(*(one() for _ in range(min(AT_ONCE, jobs - begin))))


def more(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Return what a job has added."""
    return {name: (after[name] - before.get(name, 0)) / JOBS for name in after}


def in_file(file: Path) -> tuple[dict[str, float], float]:
    """Return rows by table, and the bytes of all tables and indexes."""
    with closing(sqlite3.connect(file)) as connection:
        rows = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in TABLES}  # noqa: S608 - ours
        pages = "SELECT sum(pgsize) FROM dbstat WHERE name NOT LIKE 'sqlite_s%'"
        return rows, connection.execute(pages).fetchone()[0]


def on_server(postgres: PostgresServer, database: str) -> tuple[dict[str, float], float, float]:
    """Return rows by table, the bytes of all, and those of the log.

    Pages that are empty do not count: a server adds some in advance where several write at once.
    """
    postgres.run("CREATE EXTENSION IF NOT EXISTS pg_freespacemap", database=database)
    postgres.run(f"VACUUM {', '.join(TABLES)}", database=database)
    empty = "(SELECT count(*) FROM pg_freespace('{0}') WHERE avail > 8000)"
    size = f"pg_total_relation_size('{{0}}') - 8192 * {empty}"
    asked = [f"(SELECT count(*) FROM {name}), {size.format(name)}" for name in TABLES]  # noqa: S608 - ours
    *found, log = postgres.run(f"SELECT {', '.join(asked)}, {LOGGED}", database=database).split("|")
    counts, sizes = found[::2], found[1::2]
    return dict(zip(TABLES, map(float, counts), strict=True)), sum(map(float, sizes)), float(log)


def test_a_job_writes_the_rows_and_bytes_to_a_file_that_are_foretold(tmp_path: Path) -> None:
    file = tmp_path / "taskforce.db"
    play(tmp_path, jobs=1)
    rows, size = in_file(file)
    play(tmp_path, jobs=JOBS)
    rows_then, size_then = in_file(file)
    assert more(rows, rows_then) == asdict(rows_of_a_job(LOAD, SQLITE))
    assert (size_then - size) / JOBS == pytest.approx(bytes_of_a_job(LOAD, SQLITE), rel=WITHIN)


@pytest.mark.services
def test_a_job_writes_the_rows_and_bytes_to_a_server_that_are_foretold(
    postgres: PostgresServer, postgres_url: str, tmp_path: Path
) -> None:
    database = postgres_url.rpartition("/")[2]
    play(tmp_path, jobs=1, database_url=postgres_url)
    rows, size, log = on_server(postgres, database)
    play(tmp_path, jobs=JOBS, database_url=postgres_url)
    log_then = float(postgres.run(f"SELECT {LOGGED}", database=database))
    rows_then, size_then, _ = on_server(postgres, database)
    assert more(rows, rows_then) == asdict(rows_of_a_job(LOAD, POSTGRESQL))
    assert (size_then - size) / JOBS == pytest.approx(bytes_of_a_job(LOAD, POSTGRESQL), rel=WITHIN)
    logged = (log_then - log) / JOBS / log_bytes_of_a_job(LOAD, POSTGRESQL)
    assert LEAST_LOGGED < logged < 1 + 2 * WITHIN
