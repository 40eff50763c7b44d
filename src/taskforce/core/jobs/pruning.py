"""Pruning: ended jobs leave the store, whole families at once out of sight, then row by row."""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from taskforce.core.identity import JobId, ProjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """The first job of a family: of those it has started, and of all that continue one of them."""

    id: JobId
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tops:
    """A page of them, and where the next one begins; None when this was the last."""

    found: tuple[Top, ...]
    after: Top | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrunedJob:
    """A job that is out of sight and yet takes room."""

    id: JobId
    project: ProjectId


class JobPruning(Protocol):
    """Takes jobs out of the store. One that is pruned is gone for all but `remains` and `erase`.

    A family goes as a whole, for its jobs are played again from what the others recorded. Any number of
    processes may prune at once; what one left undone, another does.
    """

    @abstractmethod
    async def projects(self) -> tuple[ProjectId, ...]:
        """Return the projects that have jobs or sessions."""

    @abstractmethod
    async def tops(
        self, project: ProjectId, *, before: datetime, kind: str | None = None, after: Top | None, limit: int
    ) -> Tops:
        """Look at some families that began before a moment, and return those that have ended before it.

        The kind is that of their first jobs; None is any.

        Families of a kind that is kept by its subject are passed over: they go with that.
        """

    @abstractmethod
    async def prune(self, top: JobId, *, before: datetime, at: datetime) -> int:
        """Take a family out of sight if all of it has ended before a moment; return how many jobs it had."""

    @abstractmethod
    async def subjects(self, top: JobId) -> tuple[str, ...]:
        """Return what the jobs of a family are about, as far as that keeps jobs of its own, in order."""

    @abstractmethod
    async def size(self, top: JobId) -> int:
        """Return how many jobs a family has."""

    @abstractmethod
    async def remains(self, *, limit: int) -> tuple[PrunedJob, ...]:
        """Return pruned jobs that still take room, those that others belong to after these."""

    @abstractmethod
    async def erase(self, job_id: JobId, *, rows: int) -> bool:
        """Remove at most so many rows of a job; tell whether none is left. None there is no error.

        The job's own row is the last: while it is there, `remains` finds what is to be done.
        """
