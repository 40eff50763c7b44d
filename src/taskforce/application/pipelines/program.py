"""The pipeline program: finds what a repository wants done at a commit, and plays it as a job."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from taskforce.application.pipelines.acting import StepActs
from taskforce.application.pipelines.following import AfterSuccess
from taskforce.application.pipelines.measuring import PhaseStopwatch
from taskforce.application.pipelines.playing import RunPlay
from taskforce.application.pipelines.trees import RunTree, removed, tidy
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.clock import Clock
from taskforce.core.documents import JsonObject
from taskforce.core.errors import Invalid
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.errors import JobFailed, StepFailed
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.jobs.retry import RetryPolicy
from taskforce.core.pipelines.actions import COMMAND, EXTERNAL, ActionSource
from taskforce.core.pipelines.changes import CreateRun, PlanRun
from taskforce.core.pipelines.events import run_created, run_planned
from taskforce.core.pipelines.plan import PlannedStep, RunPlan
from taskforce.core.pipelines.planning import planned
from taskforce.core.pipelines.ports import ConfigReader, RunStore, SecretSource, SourceTree, StepRunner
from taskforce.core.pipelines.starting import phases_of
from taskforce.core.pipelines.task import KIND, RunTask, facts_of

MOST = 100
"""Runs of one repository that are not over."""
DISCOVERY = "discovery"
DISCOVERY_TIMEOUT = timedelta(minutes=10)
AGAIN = RetryPolicy(attempts=3, first=timedelta(seconds=1), unless=(Invalid,))


class Discovered(BaseModel):
    """What a repository wants done, and at which commit exactly."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    commit_sha: str
    plan: RunPlan


class PipelineProgram(Program):
    """Plays runs."""

    kind: ClassVar[str] = KIND

    def __init__(
        self,
        *,
        sources: SourceTree,
        configs: ConfigReader,
        runner: StepRunner,
        secrets: SecretSource,
        actions: ActionSource,
        artifacts: ArtifactStore,
        runs: RunStore,
        after: AfterSuccess,
        stopwatch: PhaseStopwatch,
        clock: Clock,
        limit: int,
    ) -> None:
        self._sources = sources
        self._configs = configs
        self._runner = runner
        self._secrets = secrets
        self._actions = actions
        self._artifacts = artifacts
        self._runs = runs
        self._after = after
        self._stopwatch = stopwatch
        self._clock = clock
        self._limit = limit
        """Tasks of one run that are played side by side."""

    def opening(self, job: Job) -> Event:
        return run_created(facts_of(job))

    def taken_in(self, job: Job) -> Sequence[Change]:
        facts = facts_of(job)
        return [CreateRun(facts=facts, most=MOST, is_alone=not self._sources.is_folder(facts.repository))]

    async def ended(self, job: Job) -> None:
        await removed(self._sources, job.id)

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        await tidy(self._sources, self._runs)
        tree = RunTree(facts_of(job), self._sources)
        task = RunTask.model_validate(job.input)
        facts = task.facts(job)
        again = CreateRun(facts=facts, most=None)  # it is there, unless another job started this one
        await ctx.write(f"{job.id}/run", again)
        found = await self._discovered(ctx, tree)
        await ctx.write(f"{job.id}/plan", PlanRun(run=job.id, phases=phases_of(job.id, found.plan)))
        await ctx.emit("planned", run_planned(found.plan))
        acts = StepActs(
            job=job,
            ctx=ctx,
            tree=tree,
            runner=self._runner,
            secrets=self._secrets,
            actions=self._actions,
            artifacts=self._artifacts,
            clock=self._clock,
            hides=sorted({name for step in _steps(found.plan) for name in step.secrets}),
        )
        run = RunPlay(
            task=task,
            facts=facts,
            ctx=ctx,
            acts=acts,
            stopwatch=self._stopwatch,
            clock=self._clock,
            limit=self._limit,
        )
        await run.settle("plan")
        await run.play(found.plan)
        if run.broke is not None:
            broke = run.broke
            details: JsonObject = {"phase": broke.phase, "project": broke.project, "step": broke.step}
            raise JobFailed("step_failed", broke.message, details=details)
        await self._after.follow(facts, found.plan, commit_sha=found.commit_sha, ctx=ctx)
        return {"commit_sha": found.commit_sha, "phases": len(found.plan.phases)}

    async def _discovered(self, ctx: JobContext, tree: RunTree) -> Discovered:
        """Return the plan of the commit. Raises JobFailed when there is none."""

        async def discover() -> Discovered:
            opened = await tree.get()
            plan = planned(await self._configs.read(opened.tree))
            for name in sorted({step.action for step in _steps(plan)} - {COMMAND, EXTERNAL}):
                self._actions.get(name)
            return Discovered(commit_sha=opened.commit_sha, plan=plan)

        try:
            return await ctx.step(
                DISCOVERY, discover, type=Discovered, retry=AGAIN, timeout=DISCOVERY_TIMEOUT
            )
        except StepFailed as failed:
            raise JobFailed(failed.reason, failed.message, details={"phase": DISCOVERY}) from failed


def _steps(plan: RunPlan) -> Iterator[PlannedStep]:
    return (step for phase in plan.phases for task in phase.tasks for step in task.steps)
