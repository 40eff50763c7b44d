"""The way into the outbox. Most commands tell nothing: what webhooks are is loaded for the first word."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from taskforce.core.jobs.events import KeyedEvent
from taskforce.core.jobs.model import Job
from taskforce.core.webhooks.events import THICKEST, type_of
from taskforce.infrastructure.jobs.sql_ledger import Leaving, Outlet
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.infrastructure.webhooks.leaving import leaving
    from taskforce.infrastructure.webhooks.sql_rows import event_values
    from taskforce.infrastructure.webhooks.sql_statements import TELL, WANTED


class SqlOutlet(Outlet):
    """Writes into the outbox what an enabled webhook of the project wants, and what always leaves."""

    def __init__(self, always: Sequence[str] = ()) -> None:
        self._always = tuple(always)
        """Types that somebody else than webhooks wants, of every project."""
        self.leaving = Leaving(always=self._always, type_of=type_of, thickest=THICKEST)

    def tell(
        self, connection: Connection, job: Job, events: Sequence[KeyedEvent], *, after: int, at: datetime
    ) -> None:
        wanted = WANTED.all(connection, {"of_project": job.project})
        patterns = [*self._always, *(pattern for (some,) in wanted for pattern in some)]
        if patterns:
            told = leaving(job, events, patterns, after=after, at=at)
            TELL.run_each(connection, [event_values(event) for event in told])
