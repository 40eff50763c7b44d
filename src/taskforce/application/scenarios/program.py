"""The program of a run: simulates a scenario on a snapshot, and makes of it what people read."""

from functools import partial
from typing import ClassVar

from taskforce.application.scenarios.keeping_files import RunResult, kept_files
from taskforce.application.scenarios.plants import read_plant
from taskforce.application.scenarios.simulating import MOST_BYTES, SHARE, Simulating
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.scenarios.events import progress, run_started
from taskforce.core.scenarios.ports import Evaluator, Simulator
from taskforce.core.scenarios.task import KIND, RunTask, facts_of

EVALUATED = "evaluated"


class ScenarioProgram(Program):
    """Plays runs."""

    kind: ClassVar[str] = KIND

    def __init__(
        self,
        *,
        artifacts: ArtifactStore,
        simulator: Simulator,
        evaluator: Evaluator,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._artifacts = artifacts
        self._simulator = simulator
        self._evaluator = evaluator
        self._most_bytes = most_bytes

    def opening(self, job: Job) -> Event:
        return run_started(facts_of(job))

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        task = RunTask.model_validate(job.input)
        simulating = Simulating(
            job=job,
            task=task,
            ctx=ctx,
            artifacts=self._artifacts,
            simulator=self._simulator,
            most_bytes=self._most_bytes,
        )
        result = await ctx.recall(EVALUATED, type=RunResult)
        if result is None:
            self._evaluator.check()
            plant = await read_plant(self._artifacts, task.plant)
            replications = await simulating.play(plant)
            result = await self._evaluated(job, ctx, plant, replications)
        result = await ctx.step(EVALUATED, partial(_given, result), type=RunResult)
        await simulating.clear()
        return result.model_dump(mode="json")

    async def _evaluated(
        self, job: Job, ctx: JobContext, plant: bytes, replications: tuple[bytes, ...]
    ) -> RunResult:
        async def tell(share: float) -> None:
            percent = SHARE + (100.0 - SHARE) * share
            await ctx.progress(percent, "evaluating")
            await ctx.hint(progress(percent))

        await tell(0.0)
        evaluation = await self._evaluator.evaluate(plant, facts_of(job), replications, tell=tell)
        files = await kept_files(ctx, evaluation.files, project=job.project, run=job.id)
        return RunResult(kpis=evaluation.kpis, files=files)


async def _given(result: RunResult) -> RunResult:
    return result
