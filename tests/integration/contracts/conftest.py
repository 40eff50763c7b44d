"""Every adapter of a port, under the name of the port."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from taskforce.core.artifacts import ArtifactStore
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.ports import JobFeed, JobQueue, JobStore
from taskforce.core.jobs.pruning import JobPruning
from taskforce.core.marketplace.ending import ending
from taskforce.core.marketplace.task import KIND as SCAN
from taskforce.core.missions.changes import CreateSession, JoinSession
from taskforce.core.pipelines.ports import RunStore
from taskforce.core.pipelines.subjects import OF_RUNS
from taskforce.infrastructure.artifacts.local import LocalArtifactStore
from taskforce.infrastructure.artifacts.memory import MemoryArtifactStore
from taskforce.infrastructure.artifacts.s3 import S3ArtifactStore
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.database.postgres import PostgresDatabase
from taskforce.infrastructure.database.postgres_notices import PostgresNotices
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.feeds.in_process import InProcessFeed
from taskforce.infrastructure.feeds.nats import NatsFeed
from taskforce.infrastructure.feeds.postgres import PostgresFeed
from taskforce.infrastructure.jobs.memory import MemoryJobStore
from taskforce.infrastructure.jobs.memory_pruning import MemoryJobPruning
from taskforce.infrastructure.jobs.memory_requests import MemoryRequestLog
from taskforce.infrastructure.jobs.postgres import PostgresJobStore
from taskforce.infrastructure.jobs.sql import SqlJobStore
from taskforce.infrastructure.jobs.sql_ledger import Applier
from taskforce.infrastructure.jobs.sql_pruning import SqlJobPruning
from taskforce.infrastructure.jobs.sql_requests import SqlRequestLog, remember_request
from taskforce.infrastructure.marketplace.memory import (
    MemoryAuditLog,
    MemoryCatalogueStore,
    MemoryMarketplace,
    MemorySourceStore,
)
from taskforce.infrastructure.marketplace.sql import APPLIERS as MARKETPLACE_APPLIERS
from taskforce.infrastructure.marketplace.sql import SqlAuditLog, SqlCatalogueStore, SqlSourceStore
from taskforce.infrastructure.missions.memory import MemorySessions, MemorySessionStore
from taskforce.infrastructure.missions.sql import SqlSessionStore, create_session, join_session
from taskforce.infrastructure.nats.link import NatsLink
from taskforce.infrastructure.nats.subjects import HintSubjects
from taskforce.infrastructure.pipelines.memory import MemoryRuns, MemoryRunStore
from taskforce.infrastructure.pipelines.memory_delivery import (
    MemoryApprovalStore,
    MemoryDeliveries,
    MemoryDeploymentStore,
    MemoryReleaseStore,
)
from taskforce.infrastructure.pipelines.memory_log_pruning import MemoryLogPruning
from taskforce.infrastructure.pipelines.sql import SqlRunStore
from taskforce.infrastructure.pipelines.sql_approvals import SqlApprovalStore
from taskforce.infrastructure.pipelines.sql_changes import APPLIERS
from taskforce.infrastructure.pipelines.sql_delivery_changes import APPLIERS as DELIVERY_APPLIERS
from taskforce.infrastructure.pipelines.sql_deployments import SqlDeploymentStore
from taskforce.infrastructure.pipelines.sql_log_pruning import SqlLogPruning
from taskforce.infrastructure.pipelines.sql_releases import SqlReleaseStore
from taskforce.infrastructure.queues.celery import CeleryQueue
from taskforce.infrastructure.queues.celery_app import celery_over
from taskforce.infrastructure.queues.in_process import InProcessQueue
from taskforce.infrastructure.queues.nats import NatsQueue
from taskforce.infrastructure.queues.postgres import PostgresQueue
from taskforce.infrastructure.scenarios.memory import MemorySnapshotStore
from taskforce.infrastructure.scenarios.sql import SqlSnapshotStore
from taskforce.infrastructure.system.clock import SetClock, SystemClock
from taskforce.infrastructure.videos.memory import MemoryVideos, MemoryVideoStore
from taskforce.infrastructure.videos.sql import SqlVideoStore
from taskforce.infrastructure.videos.sql_changes import APPLIERS as VIDEO_APPLIERS
from taskforce.infrastructure.webhooks.memory import MemoryDeliveryStore, MemoryOutbox, MemoryWebhookStore
from taskforce.infrastructure.webhooks.memory_ledger import Tables
from taskforce.infrastructure.webhooks.sql import SqlDeliveryStore, SqlOutbox, SqlWebhookStore
from taskforce.infrastructure.webhooks.sql_outlet import SqlOutlet
from tests.builders import NOON
from tests.integration.contracts.stores import ALWAYS, Stores
from tests.services.redis_server import RedisServer, redis_server


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def stores(request: pytest.FixtureRequest, clock: SetClock, tmp_path: Path) -> AsyncIterator[Stores]:
    if request.param == "memory":
        sessions = MemorySessions()
        runs = MemoryRuns(lambda job_id: jobs.find(job_id))  # noqa: PLW0108 - it is made below
        marketplace = MemoryMarketplace()
        requests = MemoryRequestLog()
        tables = Tables()
        outbox = MemoryOutbox(tables, clock, always=ALWAYS)
        deliveries = MemoryDeliveries(lambda job_id: jobs.find(job_id))  # noqa: PLW0108 - it is made below
        videos = MemoryVideos(lambda job_id: jobs.find(job_id))  # noqa: PLW0108 - it is made below
        jobs = MemoryJobStore(
            clock,
            {
                CreateSession: sessions.create,
                JoinSession: sessions.join,
                RememberRequest: requests.remember,
                **runs.appliers,
                **deliveries.appliers,
                **marketplace.appliers,
                **videos.appliers,
            },
            endings={SCAN: ending},
            outlet=outbox,
        )
        yield Stores(
            jobs,
            MemorySessionStore(sessions, jobs, requests),
            requests,
            MemoryWebhookStore(tables, requests),
            MemoryDeliveryStore(tables, clock),
            outbox,
            MemoryJobPruning(jobs, by_subject=["mission"]),
            MemoryRunStore(runs, jobs),
            MemoryReleaseStore(deliveries),
            MemoryDeploymentStore(deliveries),
            MemoryApprovalStore(deliveries, requests),
            MemorySnapshotStore(requests),
            MemoryLogPruning(runs, jobs, deliveries),
            MemorySourceStore(marketplace, requests),
            MemoryCatalogueStore(marketplace),
            MemoryAuditLog(marketplace),
            MemoryVideoStore(videos),
        )
        return
    database: Database
    if request.param == "postgres":
        database = request.getfixturevalue("empty_postgres")
    else:
        database = SqliteDatabase(tmp_path / "taskforce.db", synchronous="NORMAL")
    appliers: dict[type, Applier] = {
        CreateSession: create_session,
        JoinSession: join_session,
        RememberRequest: remember_request,
        **APPLIERS,
        **DELIVERY_APPLIERS,
        **MARKETPLACE_APPLIERS,
        **VIDEO_APPLIERS,
    }
    outlet = SqlOutlet(ALWAYS)
    jobs_in_sql = (
        PostgresJobStore(database, clock, appliers, endings={SCAN: ending}, outlet=outlet)
        if isinstance(database, PostgresDatabase)
        else SqlJobStore(database, clock, appliers, endings={SCAN: ending}, outlet=outlet)
    )
    yield Stores(
        jobs_in_sql,
        SqlSessionStore(database),
        SqlRequestLog(database),
        SqlWebhookStore(database),
        SqlDeliveryStore(database, clock),
        SqlOutbox(database),
        SqlJobPruning(database, by_subject=["mission"]),
        SqlRunStore(database),
        SqlReleaseStore(database),
        SqlDeploymentStore(database),
        SqlApprovalStore(database),
        SqlSnapshotStore(database),
        SqlLogPruning(database),
        SqlSourceStore(database),
        SqlCatalogueStore(database),
        SqlAuditLog(database),
        SqlVideoStore(database),
    )
    if request.param == "sqlite":
        database.close()


@pytest.fixture
def job_store(stores: Stores) -> JobStore:
    return stores.jobs


@pytest.fixture
def run_store(stores: Stores) -> RunStore:
    return stores.runs


@pytest.fixture
def job_pruning(stores: Stores) -> JobPruning:
    return stores.pruning


@pytest.fixture(params=["memory", "local", "s3"])
def artifact_store(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    if request.param == "memory":
        return MemoryArtifactStore()
    if request.param == "s3":
        return S3ArtifactStore(request.getfixturevalue("bucket"))
    return LocalArtifactStore(tmp_path / "artifacts", SystemClock())


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture(params=["in_process", "postgres", "nats", "celery"])
async def job_queue(request: pytest.FixtureRequest) -> AsyncIterator[JobQueue]:
    if request.param == "in_process":
        yield InProcessQueue()
        return
    if request.param == "celery":
        broker: RedisServer = request.getfixturevalue("redis")
        broker.wipe()
        over_celery = CeleryQueue(celery_over(broker.url, lease=timedelta(seconds=30)))
        yield over_celery
        await asyncio.to_thread(over_celery.close)
        return
    if request.param == "nats":
        link = NatsLink(request.getfixturevalue("empty_nats").url)
        hinting = NatsQueue(link, HintSubjects(OF_RUNS), ack_wait=timedelta(seconds=30))
        await hinting.check()
        yield hinting
        await asyncio.to_thread(link.close)
        return
    notices = PostgresNotices(request.getfixturevalue("postgres").url())
    queue = PostgresQueue(notices)
    await queue.check()
    yield queue
    notices.close()


@pytest.fixture(params=["in_process", "postgres", "nats"])
async def job_feed(request: pytest.FixtureRequest) -> AsyncIterator[JobFeed]:
    if request.param == "in_process":
        yield InProcessFeed()
        return
    if request.param == "nats":
        link = NatsLink(request.getfixturevalue("running_nats").url)
        yield NatsFeed(link)
        await asyncio.to_thread(link.close)
        return
    notices = PostgresNotices(request.getfixturevalue("postgres").url())
    feed = PostgresFeed(notices)
    await notices.check()
    yield feed
    notices.close()
