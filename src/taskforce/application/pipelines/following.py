"""What follows a run that succeeded: the releases that its projects ask for."""

from abc import abstractmethod
from datetime import timedelta
from functools import partial
from typing import Protocol

from taskforce.core.jobs.errors import ChildFailed, JobFailed
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.retry import RetryPolicy
from taskforce.core.pipelines.errors import ReleaseExists, ReleaseNotFound
from taskforce.core.pipelines.events import release_completed, release_skipped
from taskforce.core.pipelines.model import RunFacts
from taskforce.core.pipelines.plan import RunPlan
from taskforce.core.pipelines.ports import ReleaseStore, SourceTree
from taskforce.core.pipelines.release_task import KIND, ReleaseTask
from taskforce.core.pipelines.releasing import due

RELEASE = "release"
AGAIN = RetryPolicy(attempts=3, first=timedelta(seconds=1))
NO_COMMIT = (
    "a working folder is nothing that others can build again. Push it, and run the repository by name."
)


class AfterSuccess(Protocol):
    """Starts what a repository wants done once its run has succeeded, such as releases."""

    @abstractmethod
    async def follow(self, facts: RunFacts, plan: RunPlan, *, commit_sha: str, ctx: JobContext) -> None:
        """Start it as children of the run, under keys that begin with `after/`. Raises JobFailed."""


class ReleasesFollow(AfterSuccess):
    """Releases each project whose `release.on` says so, side by side.

    A commit that is released already stays as it is. A release that could not be made fails the run, once the
    others are made; a rerun of its failed tasks then does nothing but the releases that are missing.
    """

    def __init__(self, *, sources: SourceTree, releases: ReleaseStore) -> None:
        self._sources = sources
        self._releases = releases

    async def follow(self, facts: RunFacts, plan: RunPlan, *, commit_sha: str, ctx: JobContext) -> None:
        if self._sources.is_folder(facts.repository):
            await _skip(ctx, tuple(one.project_name for one in plan.releases), NO_COMMIT)
            return
        found = due(facts, plan, commit_sha=commit_sha)
        await _skip(ctx, found.passed_over, found.reason)
        if found.tasks:
            branches = {_key(one): partial(self._release, facts, one, ctx) for one in found.tasks}
            errors = await ctx.gather(branches, limit=len(branches))
            _check([error for error in errors.values() if error])

    async def _release(self, facts: RunFacts, task: ReleaseTask, ctx: JobContext) -> str:
        """Release a project and return what went wrong, "" if nothing did."""
        key, look = _key(task), partial(self._number, facts, task)
        known = await ctx.step(f"{key}/known", look, type=int, retry=AGAIN)
        if not known:
            try:
                made = await ctx.child(f"{key}/made", KIND, task.model_dump(mode="json"))
            except ChildFailed as failed:
                if failed.reason == ReleaseExists.code:  # somebody else released it meanwhile
                    known = await ctx.step(f"{key}/known/now", look, type=int, retry=AGAIN)
                if not known:
                    await ctx.emit(key, release_completed(task.project_name, error=failed.message))
                    return f"{task.project_name}: {failed.message}"
            else:
                number = int(str(made["release_number"]))
                await ctx.emit(key, release_completed(task.project_name, number=number))
                return ""
        await _skip(ctx, (task.project_name,), f"this commit is released already, as {known}.")
        return ""

    async def _number(self, facts: RunFacts, task: ReleaseTask) -> int:
        """Return the number of the release that the commit has; 0 when it has none."""
        try:
            found = await self._releases.find(task.product(facts.project), task.commit_sha)
        except ReleaseNotFound:
            return 0
        return found.release_number


def _key(task: ReleaseTask) -> str:
    return f"after/{RELEASE}/{task.project_name}"


async def _skip(ctx: JobContext, projects: tuple[str, ...], reason: str) -> None:
    """Tell why projects are not released; each reason is told once of a project."""
    if projects:
        await ctx.emit(f"after/{RELEASE}/{projects[0]}", release_skipped(projects, reason))


def _check(errors: list[str]) -> None:
    """Fail the run when a release could not be made; the others that could not are told by their events."""
    if errors:
        more = f" {len(errors) - 1} more failed too." if errors[1:] else ""
        raise JobFailed("release_failed", f"{RELEASE}/{errors[0]}{more}", details={"phase": RELEASE})
