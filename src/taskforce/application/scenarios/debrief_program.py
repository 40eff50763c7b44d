"""The program of a debrief: looks at a run, and at another one to compare it with, and writes a page."""

from functools import partial
from typing import ClassVar

from taskforce.application.scenarios.keeping_files import DebriefResult, kept_files
from taskforce.core.documents import JsonObject
from taskforce.core.identity import ProjectId
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.scenarios.events import debrief_started
from taskforce.core.scenarios.kinds import DEBRIEF
from taskforce.core.scenarios.ports import Evaluated, Evaluator
from taskforce.core.scenarios.task import DebriefTask, ToldRun

WRITTEN = "written"


class DebriefProgram(Program):
    """Writes debriefs."""

    kind: ClassVar[str] = DEBRIEF

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def opening(self, job: Job) -> Event:
        return debrief_started(DebriefTask.model_validate(job.input).run.id)

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        result = await ctx.recall(WRITTEN, type=DebriefResult)
        if result is None:
            task = DebriefTask.model_validate(job.input)
            run = await _read(ctx, task.run, job.project)
            baseline = await _read(ctx, task.baseline, job.project) if task.baseline else None
            files = await self._evaluator.debrief(run, baseline)
            kept = await kept_files(ctx, files, project=job.project, run=task.run.id)
            result = DebriefResult(files=kept)
        result = await ctx.step(WRITTEN, partial(_given, result), type=DebriefResult)
        return result.model_dump(mode="json")


async def _read(ctx: JobContext, told: ToldRun, project: ProjectId) -> Evaluated:
    files = {file.name: await ctx.load(file.ref) for file in told.files}
    return Evaluated(facts=told.facts(project), files=files)


async def _given(result: DebriefResult) -> DebriefResult:
    return result
