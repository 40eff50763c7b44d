"""One play of a run: its groups one after the other, their tasks side by side, the steps of each in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from pydantic import JsonValue

from taskforce.application.pipelines.acting import PlacedStep, StepActs, StepResult
from taskforce.application.pipelines.measuring import PhaseStopwatch
from taskforce.core.clock import Clock
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.program import JobContext
from taskforce.core.pipelines import events
from taskforce.core.pipelines.changes import MovePhase, MoveStep, MoveTask
from taskforce.core.pipelines.identity import phase_id, step_id, task_id
from taskforce.core.pipelines.model import PhaseStatus, RunFacts, WorkStatus
from taskforce.core.pipelines.plan import PlannedPhase, PlannedTask, RunPlan
from taskforce.core.pipelines.task import KeptTask, RunTask


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakage:
    """The first failure that fails the run."""

    phase: str
    project: str
    step: str
    error: str

    @property
    def message(self) -> str:
        """Return it as a line."""
        return f"{self.phase}/{self.project}/{self.step}: {self.error}"


@dataclass(slots=True, kw_only=True)
class PhasePlay:
    """How far a phase is in this play."""

    planned: PlannedPhase
    left: int
    """Its tasks that have not ended, nor been passed over."""
    begun: datetime | None = None
    error: str = ""


class RunPlay:
    """Plays what is planned, and writes how it stands."""

    def __init__(
        self,
        *,
        task: RunTask,
        facts: RunFacts,
        ctx: JobContext,
        acts: StepActs,
        stopwatch: PhaseStopwatch,
        clock: Clock,
        limit: int,
    ) -> None:
        self._task = task
        self._run = facts.id
        self._ctx = ctx
        self._acts = acts
        self._stopwatch = stopwatch
        self._clock = clock
        self._limit = limit
        self._steps, self._done = 0, 0
        self.broke: Breakage | None = None

    async def play(self, plan: RunPlan) -> None:
        """Play all groups; after a failure that counts no task begins, and later phases are skipped."""
        self._steps = sum(len(task.steps) for phase in plan.phases for task in phase.tasks)
        for group in plan.groups():
            phases = [PhasePlay(planned=phase, left=len(phase.tasks)) for phase in group]
            branches = {
                f"{phase.planned.name}/{task.project_name}": partial(self._task_in_turn, phase, task)
                for phase in phases
                for task in phase.planned.tasks
            }
            await self._ctx.gather(branches, limit=self._limit)
            for phase in phases:
                if phase.begun is None:
                    await self._skip(phase.planned)

    async def settle(self, place: str) -> None:
        """See that all that was told is on record before others go on: they may be quicker."""
        await self._ctx.step(f"{self._run}/{place}/settled", _nothing, type=bool)

    # ------------------------------------------------------------ phases

    async def _task_in_turn(self, phase: PhasePlay, task: PlannedTask) -> None:
        """Play a task, unless the run has failed meanwhile; the last of a phase ends it."""
        if self.broke is None:
            until = await self._begun(phase)
            error = await self._play_task(phase.planned, task, until=until)
            phase.error = phase.error or error
            await self.settle(f"{phase.planned.name}/{task.project_name}")
        phase.left -= 1
        if phase.left == 0 and phase.begun is not None:
            await self._end(phase)

    async def _begun(self, phase: PhasePlay) -> datetime:
        """Say that a phase runs, with its first task, and return when its time is up."""
        if phase.begun is None:
            name = phase.planned.name
            phase.begun = self._ctx.now(f"{self._run}/{name}/begun")
            await self._move_phase(name, PhaseStatus.RUNNING, events.PHASE_STARTED)
        return phase.begun + phase.planned.timeout

    async def _end(self, phase: PhasePlay) -> None:
        status = PhaseStatus.FAILED if phase.error else PhaseStatus.SUCCESS
        name = phase.planned.name
        await self._move_phase(name, status, events.PHASE_COMPLETED)

        async def measure() -> bool:
            if phase.begun is not None:
                self._stopwatch.take(name, status, self._clock.now() - phase.begun)
            return True

        await self._ctx.step(f"{self._run}/{name}/settled", measure, type=bool)

    async def _skip(self, phase: PlannedPhase) -> None:
        await self._move_phase(phase.name, PhaseStatus.SKIPPED, events.PHASE_COMPLETED)

    async def _move_phase(self, name: str, status: PhaseStatus, type: str) -> None:
        move = MovePhase(phase=phase_id(self._run, name), status=status, at=self._clock.now())
        await self._told(f"{name}/{status}", move, events.phase_event(type, name, status=status.value))

    # ------------------------------------------------------------ tasks

    async def _play_task(self, phase: PlannedPhase, task: PlannedTask, *, until: datetime) -> str:
        """Play a task and return what it failed of, "" if it succeeded."""
        await self._move_task(phase, task, WorkStatus.RUNNING, events.TASK_STARTED)
        kept = self._task.kept_task(phase.name, task.project_name)
        if kept is not None:
            error = await self._keep(phase, task, kept)
        else:
            error = await self._play_steps(phase, task, until=until)
        status = WorkStatus.FAILED if error else WorkStatus.SUCCESS
        await self._move_task(phase, task, status, events.TASK_COMPLETED, error=error)
        return error

    async def _play_steps(self, phase: PlannedPhase, task: PlannedTask, *, until: datetime) -> str:
        for placed in _placed(phase, task):
            await self._move_step(placed, WorkStatus.RUNNING, events.STEP_STARTED)
            result = await self._acts.do(placed, until=until)
            await self._end_step(placed, result)
            if result.error and (placed.step.required or result.ends_task):
                if phase.required and self.broke is None:
                    self.broke = Breakage(
                        phase=phase.name,
                        project=task.project_name,
                        step=placed.step.name,
                        error=result.error,
                    )
                return f"{placed.step.name}: {result.error}"
        return ""

    async def _keep(self, phase: PlannedPhase, task: PlannedTask, kept: KeptTask) -> str:
        """Take over what a task came to in the run that is played again."""
        came_to = {step.name: step for step in kept.steps}
        for placed in _placed(phase, task):
            before = came_to.get(placed.step.name)
            if before is not None:
                await self._move_step(placed, WorkStatus.RUNNING, events.STEP_STARTED)
                result = StepResult(exit_code=before.exit_code, logs_key=before.logs_key)
                await self._end_step(placed, result)
        return ""

    async def _move_task(
        self, phase: PlannedPhase, task: PlannedTask, status: WorkStatus, type: str, error: str = ""
    ) -> None:
        own = task_id(self._run, phase.name, task.project_name)
        move = MoveTask(task=own, status=status, at=self._clock.now(), error=error)
        said: dict[str, JsonValue] = {"error": error} if error else {}
        event = events.task_event(type, phase.name, task.project_name, status=status.value, **said)
        await self._told(f"{phase.name}/{task.project_name}/{status}", move, event)

    # ------------------------------------------------------------ steps

    async def _end_step(self, placed: PlacedStep, result: StepResult) -> None:
        status = WorkStatus.FAILED if result.error else WorkStatus.SUCCESS
        await self._move_step(placed, status, events.STEP_COMPLETED, result)
        self._done += 1
        await self._ctx.progress(100 * self._done / self._steps, placed.key)

    async def _move_step(
        self, placed: PlacedStep, status: WorkStatus, type: str, result: StepResult | None = None
    ) -> None:
        ended = result or StepResult()
        name = placed.step.name
        move = MoveStep(
            step=step_id(self._run, placed.phase, placed.project_name, name),
            status=status,
            at=self._clock.now(),
            exit_code=ended.exit_code,
            error=ended.error,
            logs_key=ended.logs_key,
        )
        said: dict[str, JsonValue] = {"status": status.value, "action": placed.step.action}
        if result is not None:
            said |= {"exit_code": ended.exit_code, "error": ended.error}
        if ended.result is not None:
            said["result"] = ended.result.model_dump(mode="json")
        event = events.step_event(type, placed.phase, placed.project_name, name, **said)
        await self._told(f"{placed.key}/{status}", move, event)

    async def _told(self, place: str, change: Change, event: Event) -> None:
        """Write a row and tell it; both are this run's own, also where its steps are those of another job."""
        await self._ctx.write(f"{self._run}/{place}", change)
        await self._ctx.emit(f"{event.type}:{place}", event)


async def _nothing() -> bool:
    return True


def _placed(phase: PlannedPhase, task: PlannedTask) -> Iterator[PlacedStep]:
    for step in task.steps:
        yield PlacedStep(phase=phase.name, project_name=task.project_name, folder=task.folder, step=step)
