"""What the database itself saw: who claimed what and when, and by whom each step and event was written.

Triggers write it down in the transaction that they watch, so it is there exactly when that is.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import asyncpg

from tests.integration.faults.cluster import Cluster, Member

PATIENCE = 60.0
_AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
_TRIGGERS = """
CREATE SCHEMA witness;
CREATE TABLE witness.claims (
    job text NOT NULL, epoch int NOT NULL, by text NOT NULL DEFAULT session_user,
    at timestamptz NOT NULL DEFAULT clock_timestamp(), was_by text, was_until timestamptz,
    PRIMARY KEY (job, epoch)
);
CREATE TABLE witness.writes (
    job bigint NOT NULL, epoch int NOT NULL, is_over bool NOT NULL, what text NOT NULL,
    by text NOT NULL DEFAULT session_user
);
CREATE FUNCTION witness.claim() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO witness.claims (job, epoch, was_by, was_until)
    SELECT NEW.id, NEW.epoch, min(by), to_timestamp(OLD.lease_until / 1e6)
    FROM witness.claims WHERE job = NEW.id AND epoch = OLD.epoch AND OLD.status = 'running';
    RETURN NULL;
END $$;
CREATE FUNCTION witness.write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO witness.writes (job, epoch, is_over, what)
    SELECT NEW.job, epoch, ended_at IS NOT NULL, TG_TABLE_NAME FROM jobs WHERE number = NEW.job;
    RETURN NULL;
END $$;
CREATE TRIGGER claim AFTER UPDATE ON jobs FOR EACH ROW
    WHEN (NEW.status = 'running' AND NEW.epoch > OLD.epoch) EXECUTE FUNCTION witness.claim();
CREATE TRIGGER write AFTER INSERT OR UPDATE ON job_steps FOR EACH ROW EXECUTE FUNCTION witness.write();
CREATE TRIGGER write AFTER INSERT ON job_events FOR EACH ROW EXECUTE FUNCTION witness.write();
"""
_STRANGERS = """
SELECT j.id, w.what, w.epoch, w.by, c.by FROM witness.writes w JOIN jobs j ON j.number = w.job
LEFT JOIN witness.claims c ON c.job = j.id AND c.epoch = w.epoch - w.is_over::int
WHERE w.epoch > 0 AND w.by IS DISTINCT FROM c.by
"""
_GAPS = """
SELECT j.id FROM jobs j LEFT JOIN job_events e ON e.job = j.number GROUP BY j.number
HAVING count(*) <> j.last_event OR min(e.number) <> 1 OR max(e.number) <> j.last_event
    OR count(DISTINCT e.key) <> j.last_event
"""


@dataclass(frozen=True, slots=True)
class Witness:
    """Looks at the database from outside, also when it has just been away."""

    cluster: Cluster

    def begin(self) -> None:
        """Look from now on."""
        self.rows(_TRIGGERS)

    def rows(self, query: str, *values: object) -> list[Any]:
        """Return what a query finds; a script of several statements finds nothing."""
        end = time.monotonic() + PATIENCE
        while True:
            with suppress(*_AWAY if time.monotonic() < end else ()):
                return list(asyncio.run(self._rows(query, values)))
            time.sleep(0.05)

    async def _rows(self, query: str, values: Sequence[object]) -> Sequence[Any]:
        connection = await asyncpg.connect(
            self.cluster.server.url(self.cluster.database), timeout=5, command_timeout=20
        )
        try:
            if not values and ";" in query:
                await connection.execute(query)
                return ()
            return [tuple(row) for row in await connection.fetch(query, *values)]
        finally:
            await connection.close(timeout=1)

    def now(self) -> float:
        """Return the server's time, in seconds."""
        ((now,),) = self.rows("SELECT extract(epoch FROM clock_timestamp())::float8")
        return float(now)

    def statuses(self) -> dict[str, int]:
        """Return how many jobs stand where."""
        return dict(self.rows("SELECT status, count(*) FROM jobs GROUP BY 1"))

    def left(self) -> int:
        """Return how many jobs are not over."""
        ((left,),) = self.rows("SELECT count(*) FROM jobs WHERE ended_at IS NULL")
        return int(left)

    def held_by(self, worker: Member) -> list[str]:
        """Return the jobs that a worker plays now."""
        held = self.rows(
            "SELECT job FROM witness.claims c JOIN jobs j ON j.id = c.job AND j.epoch = c.epoch"
            " WHERE c.by = $1 AND j.status = 'running'",
            worker.role,
        )
        return [str(job) for (job,) in held]

    def all_over(self, *, seconds: float = PATIENCE) -> None:
        """Wait until no job is left to play."""
        end = time.monotonic() + seconds
        while self.left():
            assert time.monotonic() < end, f"{self.statuses()}\n{self.cluster.said()}"
            time.sleep(0.1)

    def strangers(self) -> list[Any]:
        """Return what was written of a job by somebody who did not hold it."""
        return self.rows(_STRANGERS)

    def gaps(self) -> list[Any]:
        """Return the jobs whose logs have gaps or doubles."""
        return self.rows(_GAPS)

    def logs(self) -> dict[tuple[str, tuple[str, ...]], int]:
        """Return how many jobs of a kind have which log, by the keys of its events in their order."""
        found: dict[tuple[str, tuple[str, ...]], int] = {}
        query = """SELECT j.kind, array_agg(e.key ORDER BY e.number) FROM jobs j
                   JOIN job_events e ON e.job = j.number GROUP BY j.number"""
        for kind, keys in self.rows(query):
            found[kind, tuple(keys)] = found.get((kind, tuple(keys)), 0) + 1
        return found
