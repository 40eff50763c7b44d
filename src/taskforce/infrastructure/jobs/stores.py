"""Which job store it is: that of any SQL database, or the one that knows PostgreSQL's own words."""

from collections.abc import Mapping

from pydantic import SecretStr

from taskforce.core.clock import Clock
from taskforce.core.jobs.ports import JobStore
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.jobs.ledger import Closings, Endings
from taskforce.infrastructure.jobs.sql import SqlJobStore
from taskforce.infrastructure.jobs.sql_ledger import Applier, Outlet, Shared


def job_store_at(
    url: SecretStr | None,
    database: Database,
    clock: Clock,
    appliers: Mapping[type, Applier],
    *,
    shared: Shared,
    closings: Closings,
    endings: Endings,
    outlet: Outlet,
) -> JobStore:
    """Return the store in the database that `database_at` gave for the address."""
    if url is None:
        return SqlJobStore(
            database, clock, appliers, shared=shared, closings=closings, endings=endings, outlet=outlet
        )
    from taskforce.infrastructure.database.postgres import PostgresDatabase  # noqa: PLC0415
    from taskforce.infrastructure.jobs.postgres import PostgresJobStore  # noqa: PLC0415

    assert isinstance(database, PostgresDatabase)  # noqa: S101 - for the type checker
    return PostgresJobStore(
        database, clock, appliers, shared=shared, closings=closings, endings=endings, outlet=outlet
    )
