"""Each step between revisions keeps what is stored, up and down."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, inspect, text

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import Commit
from taskforce.core.jobs.requests import RequestKey
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.database.schema import HEAD, current, migrate
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.jobs.sql import SqlJobStore
from taskforce.infrastructure.jobs.sql_pruning import SqlJobPruning
from taskforce.infrastructure.jobs.sql_requests import SqlRequestLog, remember_request
from taskforce.infrastructure.system.clock import SetClock
from taskforce.infrastructure.webhooks.sql import SqlDeliveryStore, SqlOutbox, SqlWebhookStore
from taskforce.infrastructure.webhooks.sql_outlet import SqlOutlet
from tests.builders import (
    KIND,
    LEASE,
    NOON,
    a_child,
    a_job,
    a_lease,
    a_signal,
    a_step,
    a_wait,
    an_artifact,
    an_event,
    success,
)
from tests.webhook_builders import a_webhook

SHARED = {KIND: frozenset({"profile", "workspace"})}
PROFILE: JsonObject = {"name": "dev", "tools": ["read", "write"], "model": None}
KEY = RequestKey(project=DEFAULT_PROJECT, principal="local", use_case="missions.execute", key="once")

WEBHOOKS = frozenset({"webhooks", "outbox", "webhook_deliveries"})


PIPELINES = frozenset(
    {
        "pipeline_runs",
        "pipeline_phases",
        "pipeline_tasks",
        "pipeline_steps",
        "releases",
        "release_aliases",
        "deployments",
        "approvals",
    }
)
SCENARIOS = frozenset({"scenario_snapshots"})
MARKETPLACE = frozenset(
    {
        "marketplace_sources",
        "marketplace_entries",
        "marketplace_audit",
        "collection_items",
        "collection_files",
        "collection_allowances",
        "collection_folders",
    }
)
VIDEOS = frozenset({"video_projects"})
NOT_IN_THE_FIRST = {
    "idempotency",
    "documents",
    "members",
    "api_keys",
    *WEBHOOKS,
    *PIPELINES,
    *SCENARIOS,
    *MARKETPLACE,
    *VIDEOS,
}


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{tmp_path / 'taskforce.db'}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def rows(connection: Connection) -> dict[str, int]:
    tables = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
    return {name: connection.execute(text(f"SELECT * FROM {name}")).all().__len__() for name in tables}  # noqa: S608 - our own names


async def test_the_idempotency_table_comes_and_goes_without_touching_what_else_is_stored(
    connection: Connection, tmp_path: Path
) -> None:
    database = SqliteDatabase(tmp_path / "taskforce.db")
    store = SqlJobStore(database, SetClock(NOON), {RememberRequest: remember_request})
    job = a_job()
    change = RememberRequest(request=KEY, fingerprint="ab" * 32, made=job.id, at=NOON)
    await store.submit(job, events=[an_event()], changes=[change])
    database.close()
    full = rows(connection)
    assert full["idempotency"] == full["jobs"] == 1

    migrate(connection, to="0001")
    assert (current(connection), rows(connection)) == (
        "0001",
        {name: count for name, count in full.items() if name not in NOT_IN_THE_FIRST},
    )

    again = SqliteDatabase(tmp_path / "taskforce.db")  # opening it brings it to the head
    assert await SqlRequestLog(again).find(KEY) is None
    again.close()
    assert (current(connection), rows(connection)) == (HEAD, full | {"idempotency": 0})


async def _fill(store: SqlJobStore) -> list[Job]:
    """Store a family, one of which continues an ended one, with a record of every sort."""
    ended = await store.submit(a_job(input=_input("first")), events=[an_event()], lease=a_lease())
    await store.commit(ended, Commit(steps=(a_step("kept"), a_step("more"))), lease=LEASE)
    await store.end(ended, Commit(), success(answer=42))
    job = await store.submit(a_job(input=_input("second"), continues=ended.id), lease=a_lease())
    wait, child = a_wait(job), a_child(job, kind="other", input=_input("third"))
    written = Commit(
        steps=(a_step("own", {"text": "Grüße"}),),
        events=(an_event("b"), an_event("a")),
        waits=(wait,),
        children=(child,),
        artifacts=(an_artifact(job),),
    )
    await store.commit(job, written, lease=LEASE)
    await store.answer(wait.id, a_signal(), job_id=job.id, project=job.project)
    return [ended, job, child]


def _input(mission: str) -> JsonObject:
    return {"mission": mission, "profile": PROFILE, "workspace": "/srv", "limits": {"steps": 3}}


async def _read(store: SqlJobStore, jobs: list[Job]) -> list[object]:
    """Return all that the store tells of the jobs."""
    told: list[object] = []
    for job in jobs:
        record = await store.load(job)
        steps, events = dict(record.steps), await store.events(job.id, after=0, limit=100)
        told += [await store.get(job.id, project=None), steps, record.waits, record.events, events]
        told += [await store.artifacts(job.id), await store.waits(job.id)]
    return told


async def test_all_that_is_stored_of_jobs_outlives_their_numbers(
    connection: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "taskforce.db"
    database = SqliteDatabase(file)
    store = SqlJobStore(database, SetClock(NOON), {}, shared=SHARED)
    jobs = await _fill(store)
    before = await _read(store, jobs)
    database.close()
    counted = rows(connection)
    assert counted["documents"] == 1

    connection.execute(text("PRAGMA foreign_keys = ON"))
    migrate(connection, to="0002")
    inputs = connection.execute(text("SELECT job_id, input FROM job_inputs")).all()
    assert {job_id: json.loads(input) for job_id, input in inputs} == {job.id: job.input for job in jobs}
    del counted["documents"]
    assert rows(connection) == {
        name: count
        for name, count in counted.items()
        if name not in {"members", "api_keys", *WEBHOOKS, *PIPELINES, *SCENARIOS, *MARKETPLACE, *VIDEOS}
    }

    migrate(connection)
    assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    again = SqliteDatabase(file)
    assert await _read(SqlJobStore(again, SetClock(NOON), {}), jobs) == before
    again.close()
    assert rows(connection) == counted | {"documents": 0}


def test_projects_outlive_their_names_keys_and_members(connection: Connection) -> None:
    migrate(connection)
    connection.execute(text("INSERT INTO projects VALUES ('werk', 'Das Werk', 'oidc:anna', 7)"))
    connection.execute(text("INSERT INTO members VALUES ('werk', 'oidc:anna', 'admin', 'local', 8)"))
    connection.execute(text("PRAGMA foreign_keys = ON"))
    migrate(connection, to="0004")
    assert connection.execute(text("SELECT id FROM projects ORDER BY id")).scalars().all() == [
        "default",
        "werk",
    ]
    migrate(connection)
    kept = connection.execute(text("SELECT id, name, created_by, created_at FROM projects WHERE id = 'werk'"))
    assert kept.one() == ("werk", "werk", "local", 7)
    assert rows(connection)["members"] == rows(connection)["api_keys"] == 0


async def test_what_was_pruned_does_not_come_back_with_an_older_schema(
    connection: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "taskforce.db"
    database = SqliteDatabase(file)
    store = SqlJobStore(database, SetClock(NOON), {})
    kept, gone = [await store.submit(a_job(), events=[an_event()]) for _ in range(2)]
    await store.cancel(gone.id, project=gone.project)
    later = NOON + LEASE
    await SqlJobPruning(database, by_subject=()).prune(gone.id, before=later, at=later)
    database.close()
    connection.execute(text("PRAGMA foreign_keys = ON"))
    migrate(connection, to="0004")
    assert connection.scalars(text("SELECT id FROM jobs")).all() == [kept.id]
    again = SqliteDatabase(file)
    assert await SqlJobStore(again, SetClock(NOON), {}).get(kept.id, project=None) == kept
    again.close()


async def test_the_tables_of_webhooks_come_and_go_without_touching_what_else_is_stored(
    connection: Connection, tmp_path: Path
) -> None:
    database = SqliteDatabase(tmp_path / "taskforce.db")
    webhooks, deliveries = SqlWebhookStore(database), SqlDeliveryStore(database, SetClock(NOON))
    store = SqlJobStore(database, SetClock(NOON), {}, outlet=SqlOutlet())
    await webhooks.add(a_webhook(), most=1)
    await _fill(store)
    await deliveries.spread(await SqlOutbox(database).waiting(limit=1))
    database.close()
    full = rows(connection)
    assert all(full[name] for name in WEBHOOKS)

    migrate(connection, to="0007")
    assert rows(connection) == {
        name: count
        for name, count in full.items()
        if name not in WEBHOOKS | PIPELINES | SCENARIOS | MARKETPLACE | VIDEOS
    }

    again = SqliteDatabase(tmp_path / "taskforce.db")
    assert await SqlOutbox(again).waiting(limit=1) == ()
    again.close()
    assert rows(connection) == full | dict.fromkeys(WEBHOOKS, 0)
