"""The program of an experiment: its runs, side by side, each a job of its own."""

from functools import partial
from typing import ClassVar

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.errors import ChildFailed, JobFailed
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.scenarios.events import experiment_started, progress
from taskforce.core.scenarios.kinds import EXPERIMENT
from taskforce.core.scenarios.task import KIND, ExperimentTask, RunTask


class ExperimentProgram(Program):
    """Plays experiments. A run that fails leaves the others alone, and fails the experiment at the end."""

    kind: ClassVar[str] = EXPERIMENT

    def opening(self, job: Job) -> Event:
        return experiment_started(len(ExperimentTask.model_validate(job.input).scenarios))

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        task = ExperimentTask.model_validate(job.input)
        play = _ExperimentPlay(job, task, ctx)
        runs = {f"run/{number}": partial(play.run, number) for number in range(len(task.scenarios))}
        failed = [error for error in (await ctx.gather(runs, limit=task.parallelism)).values() if error]
        if failed:
            raise JobFailed(
                "runs_failed", f"{len(failed)} of {len(runs)} runs failed; the first: {failed[0]}"
            )
        return {"runs": len(runs)}


class _ExperimentPlay:
    def __init__(self, job: Job, task: ExperimentTask, ctx: JobContext) -> None:
        self._job = job
        self._task = task
        self._ctx = ctx
        self._ended = 0

    async def run(self, number: int) -> str:
        """Play a run, and return what it failed of, "" if it succeeded."""
        given = RunTask(
            plant=self._task.plant,
            scenario=self._task.scenarios[number],
            experiment=self._job.id,
            number=number,
        )
        error = ""
        try:
            await self._ctx.child(f"run/{number}", KIND, given.model_dump(mode="json"))
        except ChildFailed as failed:
            error = failed.message
        self._ended += 1
        percent = 100 * self._ended / len(self._task.scenarios)
        await self._ctx.progress(percent)
        await self._ctx.hint(progress(percent))
        return error
