"""The use cases of runs."""

from dataclasses import replace

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.pipelines.logs import OpenLog, StepLogs
from taskforce.application.pipelines.schemas import (
    HEAD,
    CancelRun,
    CreatedRunView,
    CreateRun,
    GetRun,
    GetRunLog,
    ListedRunView,
    ListRuns,
    RerunRun,
    RunView,
)
from taskforce.core.identity import JobId
from taskforce.core.jobs.errors import JobIsOver, LockHeld
from taskforce.core.paging import Listing, Page
from taskforce.core.pipelines.errors import FolderNotAllowed, RunIsOver, RunUnderWay
from taskforce.core.pipelines.keys import log_key
from taskforce.core.pipelines.model import Run, RunStatus
from taskforce.core.pipelines.ports import RunFilter, RunStore, SourceTree
from taskforce.core.pipelines.task import KIND, RunTask, kept_of
from taskforce.core.principals import Credential, Principal


class RunService:
    """Starts runs, shows them, and ends them."""

    def __init__(
        self,
        *,
        desk: JobDesk,
        runs: RunStore,
        sources: SourceTree,
        logs: StepLogs,
        once: Once,
        request_paths: bool,
    ) -> None:
        self._desk = desk
        self._runs = runs
        self._sources = sources
        self._logs = logs
        self._once = once
        self._request_paths = request_paths
        """Whether requests with a key or token may name folders of this machine."""

    async def create(
        self, principal: Principal, request: CreateRun, *, key: str | None = None
    ) -> CreatedRunView:
        """Run a repository's pipeline at a commit."""

        async def make(note: Note) -> CreatedRunView:
            self._check_folder(principal, request.repository)
            return await self._accepted(principal, await self._task(request), note)

        keyed = Keyed.of("runs.create", principal, request, key)
        return await self._once.do(keyed, make=make, again=_again)

    async def list(self, principal: Principal, request: ListRuns) -> Listing[ListedRunView]:
        """List a repository's runs, newest first."""
        wanted = RunFilter(
            project=principal.project,
            repository=request.repository,
            branch=request.branch,
            status=request.status,
        )
        found = await self._runs.list(wanted, Page(limit=request.limit, offset=request.offset))
        return Listing(items=tuple(map(ListedRunView.of, found.items)), total=found.total)

    async def get(self, principal: Principal, request: GetRun) -> RunView:
        """Show a run with its phases, tasks and steps."""
        return RunView.of(await self._run(principal, request.run_id), self._logs.link)

    async def logs(self, principal: Principal, request: GetRunLog) -> OpenLog:
        """Show what a step has printed."""
        run = await self._run(principal, request.run_id)
        key = log_key(run.facts.id, request.phase, request.project_name, request.step)
        return await self._logs.open(run.facts.id, key)

    async def cancel(self, principal: Principal, request: CancelRun) -> None:
        """Cancel a run that is not over; one that was cancelled stays so."""
        run = await self._run(principal, request.run_id)
        if run.status is RunStatus.CANCELLED:
            return
        try:
            await self._desk.cancel(run.facts.id, principal)
        except JobIsOver as over:
            ended = await self._run(principal, request.run_id)
            if ended.status is not RunStatus.CANCELLED:
                raise RunIsOver(ended.facts.id, ended.status) from over

    async def rerun(
        self, principal: Principal, request: RerunRun, *, key: str | None = None
    ) -> CreatedRunView:
        """Play an ended run's commit again, whole or without the tasks that succeeded."""

        async def make(note: Note) -> CreatedRunView:
            run = await self._run(principal, request.run_id)
            if not run.status.is_over:
                raise RunUnderWay(run.facts.id)
            facts = run.facts
            self._check_folder(principal, facts.repository)
            task = RunTask(
                repository=facts.repository,
                branch=facts.branch,
                commit_sha=facts.commit_sha,
                trigger_type=facts.trigger_type,
                triggered_by=principal.name,
                rerun_of=facts.id,
                kept=kept_of(run) if request.failed else (),
            )
            return await self._accepted(principal, task, note)

        keyed = Keyed.of("runs.rerun", principal, request, key)
        return await self._once.do(keyed, make=make, again=_again)

    def _check_folder(self, principal: Principal, repository: str) -> None:
        """Return unless a key or token reaches for a folder of this machine. Raises FolderNotAllowed."""
        is_here = self._request_paths or principal.credential is Credential.NONE
        if self._sources.is_folder(repository) and not is_here:
            raise FolderNotAllowed

    async def _task(self, request: CreateRun) -> RunTask:
        """Return what is to be played, with a commit where the request names a branch alone."""
        self._sources.check(request.repository)
        branch, commit = request.branch, request.commit_sha
        if commit == HEAD:
            head = await self._sources.head(request.repository, branch)
            branch, commit = head.branch, head.commit_sha
        return RunTask(
            repository=request.repository,
            branch=branch,
            commit_sha=commit,
            trigger_type=request.trigger_type,
            triggered_by=request.triggered_by,
        )

    async def _accepted(self, principal: Principal, task: RunTask, note: Note) -> CreatedRunView:
        """Store a run. Raises RunUnderWay, TooManyRuns."""
        job = self._desk.new(KIND, principal, task.model_dump(mode="json"), subject=None, alone=False)
        if not self._sources.is_folder(task.repository):
            job = replace(job, lock=task.facts(job).lock)
        try:
            stored = await self._desk.accept(job, changes=note(job.id))
        except LockHeld as held:
            raise RunUnderWay(held.holder) from held
        return CreatedRunView.of(stored.id)

    async def _run(self, principal: Principal, run_id: str) -> Run:
        return await self._runs.get(JobId(run_id), project=principal.project)


async def _again(made: str) -> CreatedRunView:
    return CreatedRunView.of(made, is_replayed=True)
