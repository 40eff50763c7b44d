"""What was said in sessions, read from a SQL database."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Connection, bindparam, select

from taskforce.core.identity import JobId, SessionId
from taskforce.core.missions.model import Exchange
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.database.tables import job_inputs, jobs
from taskforce.infrastructure.jobs.sql_statements import numbered
from taskforce.infrastructure.missions.exchanges import exchange_of, subject_of
from taskforce.infrastructure.missions.latest import Latest

MOST = 4_096
LONGEST = 10_000
"""Characters of an exchange that is kept."""


class SqlExchanges:
    """Reads the exchanges of sessions; the latest are kept in memory, for what is over never changes."""

    def __init__(self) -> None:
        self._latest: Latest[JobId, Exchange] = Latest(most=MOST)

    def read(
        self, connection: Connection, session_id: SessionId, *, before: JobId, limit: int
    ) -> tuple[Exchange, ...]:
        """Return the last exchanges that count, oldest first."""
        asked = {"about": subject_of(session_id), "before": before, "most": limit}
        newest_first = [job_id for (job_id,) in _WHICH.all(connection, asked)]
        known = {job_id: self._latest.find(job_id) for job_id in newest_first}
        unknown = [job_id for job_id, exchange in known.items() if exchange is None]
        known |= self._read(connection, unknown) if unknown else {}
        oldest_first = (known[job_id] for job_id in reversed(newest_first))
        return tuple(exchange for exchange in oldest_first if exchange is not None)

    def _read(self, connection: Connection, job_ids: Sequence[JobId]) -> dict[JobId, Exchange]:
        asked = numbered("id", job_ids)
        found = [exchange_of(*row) for row in _these(len(job_ids)).all(connection, asked)]
        for exchange in found:
            if len(exchange.mission) + len(exchange.answer) <= LONGEST:
                self._latest.keep(exchange.job_id, exchange)
        return {exchange.job_id: exchange for exchange in found}


_later = jobs.alias("later")
_WHICH = Prepared(
    select(jobs.c.id)
    .where(
        jobs.c.subject == bindparam("about"),
        jobs.c.id < bindparam("before"),
        jobs.c.ended_at.is_not(None),
        ~select(_later.c.id).where(_later.c.continues == jobs.c.id).exists(),
    )
    .order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
    .limit(bindparam("most"))
)


@lru_cache
def _these(count: int) -> Prepared:
    """Return the query for what so many jobs were asked and came to."""
    return Prepared(
        select(jobs.c.id, job_inputs.c.own, jobs.c.result, jobs.c.failure)
        .join(job_inputs, job_inputs.c.job == jobs.c.number)
        .where(jobs.c.id.in_([bindparam(f"id_{place}", type_=jobs.c.id.type) for place in range(count)]))
    )
