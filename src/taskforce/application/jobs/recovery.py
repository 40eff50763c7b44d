"""Recovery: jobs of dead workers are made claimable at once, and lost hints are given again."""

from dataclasses import replace

import structlog

from taskforce.core.identity import WorkerId
from taskforce.core.jobs.ports import Claims, JobQueue, JobStore, WorkerRoster

log = structlog.get_logger()


class Recovery:
    """Sweeps the store; any number of processes may do it at once."""

    def __init__(self, *, store: JobStore, queue: JobQueue, roster: WorkerRoster) -> None:
        self._store = store
        self._queue = queue
        self._roster = roster

    async def sweep(self, me: WorkerId, claims: Claims) -> bool:
        """Take the leases of dead workers from them, hint at what is due, and tell whether anything is."""
        others = await self._store.owners() - {me}
        dead = self._roster.dead(others)
        if dead and (taken := await self._store.abandon(dead)):
            log.warning("workers_lost", workers=sorted(dead), jobs=taken)
        return await self.hint(claims)

    async def hint(self, claims: Claims) -> bool:
        """Hint at each kind of which something is due, and tell whether anything is."""
        if not await self._store.is_due(claims):
            return False
        for kind in sorted(claims.kinds):
            if len(claims.kinds) == 1 or await self._store.is_due(replace(claims, kinds=frozenset({kind}))):
                self._queue.notify(kind)
        return True
