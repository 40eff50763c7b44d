"""Runs of pipelines, as the library offers them."""

from taskforce.application.jobs.refusals import checked
from taskforce.application.pipelines.schemas import (
    CancelRun,
    CreatedRunView,
    CreateRun,
    GetRun,
    GetRunLog,
    ListRuns,
    RerunRun,
)
from taskforce.application.pipelines.service import RunService
from taskforce.core.principals import Principal
from taskforce.rooms.asking import asked


class Runs:
    """The use cases of runs of pipelines. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: RunService, principal: Principal) -> None:
        self._service = service
        self._principal = principal
        self.list = asked(principal, service.list, ListRuns)
        self.get = asked(principal, service.get, GetRun)
        self.logs = asked(principal, service.logs, GetRunLog)
        self.cancel = asked(principal, service.cancel, CancelRun)

    async def create(
        self,
        *,
        repository: str,
        branch: str,
        commit_sha: str,
        triggered_by: str,
        trigger_type: str,
        idempotency_key: str | None = None,
    ) -> CreatedRunView:
        """Run a repository's pipeline at a commit; HEAD is the default branch, or the newest commit.

        Raises RunUnderWay, TooManyRuns, RepositoryUnreachable, CommitNotFound.
        """
        request = checked(
            CreateRun,
            repository=repository,
            branch=branch,
            commit_sha=commit_sha,
            triggered_by=triggered_by,
            trigger_type=trigger_type,
        )
        return await self._service.create(self._principal, request, key=idempotency_key)

    async def rerun(
        self, *, run_id: str, failed: bool = False, idempotency_key: str | None = None
    ) -> CreatedRunView:
        """Play an ended run's commit again, whole or without the tasks that succeeded."""
        request = checked(RerunRun, run_id=run_id, failed=failed)
        return await self._service.rerun(self._principal, request, key=idempotency_key)
