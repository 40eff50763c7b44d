"""How a step is done: by a program, by a job of another kind, or by somebody outside who reports."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from taskforce.application.pipelines.showing import LiveOutput
from taskforce.application.pipelines.trees import RunTree
from taskforce.core.artifacts import ArtifactRef, ArtifactStore, Content
from taskforce.core.clock import Clock
from taskforce.core.documents import JsonObject
from taskforce.core.errors import TaskforceError
from taskforce.core.jobs.errors import TIMED_OUT, ChildFailed, StepFailed
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.signals import TIMER
from taskforce.core.jobs.steps import LONGEST_OUTPUT
from taskforce.core.pipelines.actions import COMMAND, EXTERNAL, ActionSource, ActionWork, AskedAction
from taskforce.core.pipelines.changes import MoveStep
from taskforce.core.pipelines.config import spelled
from taskforce.core.pipelines.events import step_output
from taskforce.core.pipelines.identity import step_id
from taskforce.core.pipelines.keys import log_key, report_key, result_key, upload_key
from taskforce.core.pipelines.masking import Mask
from taskforce.core.pipelines.model import WorkStatus
from taskforce.core.pipelines.plan import PlannedStep
from taskforce.core.pipelines.ports import SecretSource, StepCommand, StepRunner
from taskforce.core.pipelines.task import STEP_REPORT

SHELL = ("sh", "-eu", "-c")
LOG = "step_log"
TEXT = "text/plain; charset=utf-8"
RESULT = "step_result"
JSON = "application/json"


class StepResult(BaseModel):
    """What a step came to."""

    model_config = ConfigDict(frozen=True)

    exit_code: int | None = None
    error: str = ""
    """Empty when it succeeded."""
    logs_key: str | None = None
    result: ArtifactRef | None = None
    """What a job came to, where that is longer than a record may be."""
    ends_task: bool = False
    """Whether its task fails with it, also where the step is not required."""


class StepBroke(TaskforceError):
    """A step that did not succeed; recorded as failed, so that a job that continues this one tries again."""

    code = "step_failed"

    def __init__(self, result: StepResult) -> None:
        super().__init__(result.error, details=result.model_dump(mode="json"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedStep:
    """A step and where it stands in its run."""

    phase: str
    project_name: str
    folder: str
    step: PlannedStep

    @property
    def key(self) -> str:
        """Return what it is recorded under."""
        return f"{self.phase}/{self.project_name}/{self.step.name}"


class StepActs:
    """Does the steps of one run."""

    def __init__(
        self,
        *,
        job: Job,
        ctx: JobContext,
        tree: RunTree,
        runner: StepRunner,
        secrets: SecretSource,
        actions: ActionSource,
        artifacts: ArtifactStore,
        clock: Clock,
        hides: Sequence[str],
    ) -> None:
        self._artifacts = artifacts
        self._job = job
        self._ctx = ctx
        self._tree = tree
        self._runner = runner
        self._secrets = secrets
        self._actions = actions
        self._clock = clock
        self._hidden = secrets.known(hides)
        """The secrets of all steps: one may print what another left in the tree."""
        self._mask = Mask({}, others=self._hidden)
        self._showing: set[asyncio.Future[None]] = set()

    async def do(self, placed: PlacedStep, *, until: datetime) -> StepResult:
        """Do a step, before a moment; it is done once, and what it came to is recorded."""
        tries = placed.step.retries + 1
        for number in range(1, tries + 1):
            try:
                return await self._try(placed, number, until=until, is_last=number == tries)
            except StepFailed as failed:
                if number == tries:
                    return self._masked(_result_of(failed))
        raise AssertionError("a step is tried once at least")

    async def _try(self, placed: PlacedStep, number: int, *, until: datetime, is_last: bool) -> StepResult:
        if placed.step.action == COMMAND:
            key = f"{placed.key}/{number}"
            do = partial(self._command, placed, number, until=until, is_last=is_last)
            return await self._ctx.step(key, do, type=StepResult)
        if placed.step.action == EXTERNAL:
            return await self._external(placed, number, until=until)
        return await self._child(placed, number, until=until)

    # ------------------------------------------------------------ programs

    async def _command(
        self, placed: PlacedStep, number: int, *, until: datetime, is_last: bool
    ) -> StepResult:
        tree = await self._tree.get()
        step = placed.step
        output = LiveOutput(partial(self._show, placed))
        command = StepCommand(
            argv=(*SHELL, step.run) if isinstance(step.run, str) else step.run or (),
            tree=tree,
            folder=placed.folder,
            log=tree.scratch / "logs" / placed.phase / placed.project_name / f"{step.name}.log",
            env={"TASKFORCE_RUN_ID": self._job.id, **step.env},
            secrets=self._secrets.values(step.secrets),
            hidden=self._hidden,
            timeout=min(step.timeout, max(until - self._clock.now(), timedelta(milliseconds=1))),
        )
        try:
            ended = await self._runner.run(command, on_output=output)
        except asyncio.CancelledError:
            if self._ctx.is_cancelled and command.log.exists():
                await self._keep_cut_off(placed, number, command.log)
            raise
        finally:
            output.flush()
        succeeded = ended.exit_code == 0
        ref = None
        if succeeded or is_last:
            ref = await self._keep_log(placed, number, b"" if ended.is_silent else command.log)
        error = "" if succeeded else ended.error
        result = StepResult(exit_code=ended.exit_code, error=error, logs_key=ref.key if ref else None)
        if not succeeded:
            raise StepBroke(result)
        return result

    async def _keep_cut_off(self, placed: PlacedStep, number: int, log: Path) -> None:
        """Keep what a step has printed until its run was cancelled."""
        ref = await self._keep_log(placed, number, log)
        move = MoveStep(
            step=step_id(self._job.id, placed.phase, placed.project_name, placed.step.name),
            status=WorkStatus.FAILED,
            at=self._clock.now(),
            error="It was stopped, for its run was cancelled.",
            logs_key=ref.key,
        )
        await self._ctx.write(f"{self._job.id}/{placed.key}/{number}/cut", move)

    async def _keep_log(self, placed: PlacedStep, number: int, log: Content) -> ArtifactRef:
        return await self._ctx.save(
            f"{self._job.id}/{placed.key}/{number}/log",
            log,
            kind=LOG,
            media_type=TEXT,
            place=self._place(placed),
        )

    def _show(self, placed: PlacedStep, text: str) -> None:
        delta = step_output(placed.phase, placed.project_name, placed.step.name, text)
        showing = asyncio.ensure_future(self._ctx.hint(delta))
        self._showing.add(showing)  # a task that nobody holds may vanish
        showing.add_done_callback(self._showing.discard)

    def _place(self, placed: PlacedStep) -> str:
        return log_key(self._job.id, placed.phase, placed.project_name, placed.step.name)

    # ------------------------------------------------------------ other jobs

    async def _child(self, placed: PlacedStep, number: int, *, until: datetime) -> StepResult:
        action = self._actions.get(placed.step.action)
        key = f"{placed.key}/{number}"

        async def prepare() -> ActionWork:
            tree = await self._tree.get()
            asked = AskedAction(
                run=self._job.id,
                project=self._job.project,
                created_by=self._job.created_by,
                folder=tree.tree / placed.folder,
                arguments=placed.step.arguments,
            )
            return await action.prepare(asked)

        work = await self._ctx.step(f"{key}/asked", prepare, type=ActionWork)
        for place, change in enumerate(action.changes(work)):
            await self._ctx.write(f"{key}/rows/{place}", change)
        begun = self._ctx.now(f"{self._job.id}/{key}/begun")
        over = min(until, begun + placed.step.timeout)
        try:
            result = await self._ctx.child(
                f"{key}/child", work.kind, work.input, subject=work.subject, until=over
            )
        except ChildFailed as failed:
            if failed.reason != TIMED_OUT:
                raise
            time = spelled(over - begun)
            why = f"Its {work.kind} took longer than the {time} that it might, and was cancelled."
            raise StepFailed(key, TIMED_OUT, why) from failed
        kept = await self._keep_result(key, work.kind, result)
        shown: JsonObject = result if kept is None else {"result": kept.model_dump(mode="json")}
        text = self._mask.text(json.dumps(shown, indent=2, ensure_ascii=False)).encode("utf-8", "replace")
        ref = await self._ctx.save(
            f"{self._job.id}/{key}/log", text, kind=LOG, media_type=TEXT, place=self._place(placed)
        )
        return StepResult(exit_code=0, logs_key=ref.key, result=kept)

    async def _keep_result(self, key: str, kind: str, result: JsonObject) -> ArtifactRef | None:
        """Store a result that is too long to be held by a record; None: it is the log."""
        told = self._mask.text(json.dumps(result, separators=(",", ":"), ensure_ascii=False))
        text = told.encode("utf-8", "replace")
        if len(text) <= LONGEST_OUTPUT:
            return None
        place = result_key(self._job.id, kind, self._ctx.child_of(f"{key}/child"))
        return await self._ctx.save(
            f"{self._job.id}/{key}/result", text, kind=RESULT, media_type=JSON, place=place
        )

    def _masked(self, result: StepResult) -> StepResult:
        return result.model_copy(update={"error": self._mask.text(result.error)})

    # ------------------------------------------------------------ somebody outside

    async def _external(self, placed: PlacedStep, number: int, *, until: datetime) -> StepResult:
        key = report_key(placed.phase, placed.project_name, placed.step.name)
        over = min(until, self._clock.now() + placed.step.timeout)
        signal = await self._ctx.wait_for(key, STEP_REPORT, until=over)
        if signal.name == TIMER:
            return StepResult(error=f"Nobody reported within {spelled(placed.step.timeout)}.")
        said = signal.payload
        failed = said.get("status") != WorkStatus.SUCCESS.value
        error = str(said.get("error") or "Reported as failed.") if failed else ""
        exit_code, logs_key = said.get("exit_code"), said.get("logs_key")
        if said.get("is_put"):
            await self._take_over(placed, number)
        return StepResult(
            exit_code=exit_code if isinstance(exit_code, int) else None,
            error=error,
            logs_key=str(logs_key) if logs_key else None,
            ends_task=bool(said.get("ends_task")),
        )

    async def _take_over(self, placed: PlacedStep, number: int) -> None:
        """Take over the log that was put where it may be: who still has the address changes no artifact."""
        key = upload_key(self._job.id, placed.phase, placed.project_name, placed.step.name)

        async def take() -> str:
            async with self._artifacts.arrived(key) as chunks:
                ref = await self._keep_log(placed, number, chunks)
            return ref.key

        await self._ctx.step(f"{placed.key}/{number}/taken", take, type=str)


def _result_of(failed: StepFailed) -> StepResult:
    """Return what a failed step came to, in its own words if it has any."""
    try:
        told = StepResult.model_validate(failed.details)
    except ValidationError:
        told = StepResult()
    return told if told.error else StepResult(error=failed.message)
