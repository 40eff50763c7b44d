"""Retention: what has ended and is old enough leaves the store, when it is asked for and by schedule."""

import asyncio
from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from taskforce.application.jobs.erasing import Erasing
from taskforce.core.clock import Clock
from taskforce.core.identity import ProjectId
from taskforce.core.jobs.pruning import JobPruning, Top

log = structlog.get_logger()

FAMILIES = 50
"""How many are looked at in one read."""
FIRST = timedelta(minutes=1)
"""After this a process prunes by schedule for the first time: those that live shorter have other work."""
EVERY = timedelta(hours=1)


class Prunable(Protocol):
    """Something that is kept for a time."""

    @abstractmethod
    async def prune(self, project: ProjectId, *, before: datetime | None, dry_run: bool) -> int:
        """Remove what was used last before a moment, and return how many; in a dry run only count them.

        What is kept for a time of its own goes by that, also where no moment is given.
        """


class KeptBySubject(Protocol):
    """What keeps jobs that are about it, such as a session."""

    @abstractmethod
    async def remove(self, subject: str, *, project: ProjectId, unused_since: datetime) -> bool:
        """Remove it with its jobs, and return True; False when it was used since. None there is no error."""


class OldJobs(Prunable):
    """Jobs that have ended, with logs, steps and artifacts; a family goes when all of it is old."""

    def __init__(
        self,
        *,
        pruning: JobPruning,
        erasing: Erasing,
        clock: Clock,
        subjects: KeptBySubject | None = None,
        kind: str | None = None,
    ) -> None:
        self._pruning = pruning
        self._erasing = erasing
        self._clock = clock
        self._subjects = subjects
        """None: no job is kept by what it is about."""
        self._kind = kind
        """The kind of the families that go; None: any."""

    async def prune(self, project: ProjectId, *, before: datetime | None, dry_run: bool) -> int:
        count = 0
        after: Top | None = None
        while before is not None:
            tops = await self._pruning.tops(
                project, before=before, kind=self._kind, after=after, limit=FAMILIES
            )
            for top in tops.found:
                if dry_run:
                    count += await self._pruning.size(top.id)
                else:
                    count += await self._prune(project, top, before=before)
            if not dry_run:
                await self._erasing.all()
            after = tops.after
            if after is None:
                break
        return count

    async def _prune(self, project: ProjectId, top: Top, *, before: datetime) -> int:
        """Take a family out of sight, with what its jobs are about; it stays where that is used."""
        size = await self._pruning.size(top.id)
        if self._subjects is not None:
            for subject in await self._pruning.subjects(top.id):
                if not await self._subjects.remove(subject, project=project, unused_since=before):
                    return 0
        pruned = await self._pruning.prune(top.id, before=before, at=self._clock.now())
        return size if pruned else 0


class Retention:
    """Prunes all that is kept for a time, in the order of the rooms; rooms of one name are counted as one."""

    def __init__(
        self,
        *,
        rooms: Sequence[tuple[str, Prunable]],
        pruning: JobPruning,
        erasing: Erasing,
        clock: Clock,
        days: int | None,
        first: timedelta = FIRST,
        every: timedelta = EVERY,
    ) -> None:
        self._rooms = tuple(rooms)
        self._pruning = pruning
        self._erasing = erasing
        self._clock = clock
        self.kept = None if days is None else timedelta(days=days)
        """How long the settings keep it; None: for ever."""
        self._pause = first
        self._every = every

    async def prune(self, project: ProjectId, *, before: datetime | None, dry_run: bool) -> Mapping[str, int]:
        """Remove what was used last before a moment, and return how many of each; in a dry run only count."""
        if not dry_run:
            await self._erasing.all()
        counts: Counter[str] = Counter()
        for name, room in self._rooms:
            counts[name] += await room.prune(project, before=before, dry_run=dry_run)
        return counts

    async def keep(self) -> None:
        """Wait a while, then prune every project by the settings: a duty that is done again and again."""
        await asyncio.sleep(self._pause.total_seconds())
        self._pause = self._every
        await self._erasing.all()
        before = None if self.kept is None else self._clock.now() - self.kept
        for project in await self._pruning.projects():
            counts = await self.prune(project, before=before, dry_run=False)
            if any(counts.values()):
                log.info("pruned", project=project, **counts)
