"""The use cases of debriefs."""

from functools import partial

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.jobs.schemas import JobView
from taskforce.application.scenarios.ended_runs import EndedRuns
from taskforce.application.scenarios.projects import check_project
from taskforce.application.scenarios.schemas import WriteDebrief
from taskforce.core.identity import JobId
from taskforce.core.principals import Principal
from taskforce.core.scenarios.kinds import DEBRIEF
from taskforce.core.scenarios.task import DebriefTask, ToldRun


class DebriefService:
    """Writes debriefs."""

    def __init__(self, *, desk: JobDesk, runs: EndedRuns, once: Once) -> None:
        self._desk = desk
        self._runs = runs
        self._once = once

    async def create(self, principal: Principal, request: WriteDebrief, *, key: str | None = None) -> JobView:
        """Write a page on a run, and what it changes against another one."""
        check_project(principal, request.project_id)

        async def make(note: Note) -> JobView:
            run = await self._told(principal, request.run_id)
            baseline = request.baseline_run_id
            task = DebriefTask(run=run, baseline=await self._told(principal, baseline) if baseline else None)
            job = self._desk.new(DEBRIEF, principal, task.model_dump(mode="json"), subject=None, alone=False)
            return JobView.of(await self._desk.accept(job, changes=note(job.id)))

        keyed = Keyed.of("debriefs.create", principal, request, key)
        return await self._once.do(keyed, make=make, again=partial(self._desk.handed_in, principal=principal))

    async def _told(self, principal: Principal, run_id: str) -> ToldRun:
        return await self._runs.told(JobId(run_id), project=principal.project)
