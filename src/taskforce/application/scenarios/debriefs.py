"""The use cases of debriefs."""

from functools import partial

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.jobs.schemas import JobView
from taskforce.application.jobs.settling import Settling
from taskforce.application.scenarios.ended_runs import EndedRuns
from taskforce.application.scenarios.keeping_files import DebriefResult
from taskforce.application.scenarios.schemas import ArtifactHandle, DebriefView, WriteDebrief
from taskforce.core.identity import JobId
from taskforce.core.jobs.model import JobStatus
from taskforce.core.principals import Principal
from taskforce.core.scenarios.errors import DebriefFailed
from taskforce.core.scenarios.files import HTML
from taskforce.core.scenarios.task import DEBRIEF, DebriefTask, ToldRun


class DebriefService:
    """Writes debriefs."""

    def __init__(self, *, desk: JobDesk, runs: EndedRuns, settling: Settling, once: Once) -> None:
        self._desk = desk
        self._runs = runs
        self._settling = settling
        self._once = once

    async def create(self, principal: Principal, request: WriteDebrief, *, key: str | None = None) -> JobView:
        """Write a page on a run, and what it changes against another one."""

        async def make(note: Note) -> JobView:
            run = await self._told(principal, request.run_id)
            baseline = request.baseline_run_id
            task = DebriefTask(run=run, baseline=await self._told(principal, baseline) if baseline else None)
            job = self._desk.new(DEBRIEF, principal, task.model_dump(mode="json"), subject=None, alone=False)
            return JobView.of(await self._desk.accept(job, changes=note(job.id)))

        keyed = Keyed.of("debriefs.create", principal, request, key)
        return await self._once.do(keyed, make=make, again=partial(self._desk.handed_in, principal=principal))

    async def written(self, principal: Principal, job: JobView) -> DebriefView:
        """Return a debrief once it is written. Raises DebriefFailed."""
        ended = await self._settling.of(JobId(job.id), project=principal.project)
        if ended.status is not JobStatus.SUCCEEDED or ended.outcome is None:
            failure = ended.outcome.failure if ended.outcome else None
            raise DebriefFailed(failure.message if failure else "it was cancelled")
        result = DebriefResult.model_validate(ended.outcome.result)
        handles = tuple(map(ArtifactHandle.of, result.files))
        page = next(handle for handle in handles if handle.media_type == HTML)
        others = tuple(handle for handle in handles if handle is not page)
        return DebriefView(**dict(page), alternates=others)

    async def _told(self, principal: Principal, run_id: str) -> ToldRun:
        return await self._runs.told(JobId(run_id), project=principal.project)
