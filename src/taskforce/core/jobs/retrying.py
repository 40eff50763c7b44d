"""Trying a job again, where a kind of job has rules of its own for that."""

from abc import abstractmethod
from typing import Protocol

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.model import Job
from taskforce.core.principals import Principal


class RetryRule(Protocol):
    """The rule of one kind of job. A job of a kind without one is tried again with the same input."""

    @abstractmethod
    async def input(self, principal: Principal, job: Job) -> JsonObject:
        """Return what the next try is given. Raises what asking for its work anew would raise."""
