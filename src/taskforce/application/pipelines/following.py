"""What follows a run that succeeded."""

from abc import abstractmethod
from typing import Protocol

from taskforce.core.jobs.program import JobContext
from taskforce.core.pipelines.model import RunFacts
from taskforce.core.pipelines.plan import RunPlan


class AfterSuccess(Protocol):
    """Starts what a repository wants done once its run has succeeded, such as releases."""

    @abstractmethod
    async def follow(self, facts: RunFacts, plan: RunPlan, *, commit_sha: str, ctx: JobContext) -> None:
        """Start it as children of the run, under keys that begin with `after/`. Raises JobFailed."""


class NothingFollows(AfterSuccess):
    """For runs that are all there is."""

    async def follow(self, facts: RunFacts, plan: RunPlan, *, commit_sha: str, ctx: JobContext) -> None:
        return
