"""The program of a debrief: looks at a run, and at another one to compare it with, and writes a page."""

from functools import partial
from typing import ClassVar

from taskforce.application.scenarios.ended_runs import EndedRuns
from taskforce.application.scenarios.keeping_files import DebriefResult, kept_files
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.scenarios.events import debrief_started
from taskforce.core.scenarios.ports import Evaluator
from taskforce.core.scenarios.task import DEBRIEF, DebriefTask

WRITTEN = "written"


class DebriefProgram(Program):
    """Writes debriefs."""

    kind: ClassVar[str] = DEBRIEF

    def __init__(self, *, runs: EndedRuns, evaluator: Evaluator) -> None:
        self._runs = runs
        self._evaluator = evaluator

    def opening(self, job: Job) -> Event:
        return debrief_started(DebriefTask.model_validate(job.input).run)

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        task = DebriefTask.model_validate(job.input)
        result = await ctx.recall(WRITTEN, type=DebriefResult)
        if result is None:
            run = await self._runs.read(task.run, project=job.project)
            baseline = await self._runs.read(task.baseline, project=job.project) if task.baseline else None
            files = await self._evaluator.debrief(run, baseline)
            kept = await kept_files(ctx, files, project=job.project, run=task.run)
            result = DebriefResult(files=kept)
        result = await ctx.step(WRITTEN, partial(_given, result), type=DebriefResult)
        return result.model_dump(mode="json")


async def _given(result: DebriefResult) -> DebriefResult:
    return result
