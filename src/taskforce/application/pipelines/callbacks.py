"""What workers outside report of the steps that are theirs."""

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.pipelines.logs import StepLogs
from taskforce.application.pipelines.schemas import (
    ReportedStepView,
    ReportStep,
    ReportTask,
    StepView,
    TaskView,
)
from taskforce.core.clock import Clock
from taskforce.core.documents import JsonObject
from taskforce.core.errors import FieldError, Invalid
from taskforce.core.identity import JobId, wait_id
from taskforce.core.jobs.errors import WaitNotFound, WaitNotOpen
from taskforce.core.pipelines.actions import EXTERNAL
from taskforce.core.pipelines.changes import MoveStep, MoveTask
from taskforce.core.pipelines.errors import StatusRefused
from taskforce.core.pipelines.identity import StepId, TaskId
from taskforce.core.pipelines.keys import log_key, run_prefix, upload_key
from taskforce.core.pipelines.model import Step, Task, WorkStatus
from taskforce.core.pipelines.ports import PlacedTask, RunStore
from taskforce.core.pipelines.statuses import step_moves, task_moves
from taskforce.core.pipelines.task import STEP_REPORT
from taskforce.core.principals import Principal

_NO_PARTS = frozenset({"", ".", ".."})


class Reports:
    """Hands what was said of an external step to the run that waits for it."""

    def __init__(self, *, desk: JobDesk, runs: RunStore, clock: Clock) -> None:
        self._desk = desk
        self._runs = runs
        self._clock = clock

    async def answer(self, principal: Principal, placed: PlacedTask, step: Step, said: JsonObject) -> None:
        """Answer the step's wait, and write its row at once: the run says the same when it goes on.

        Raises StatusRefused when the run does not wait for this step.
        """
        wait = wait_id(placed.run, placed.report_key(step))
        try:
            await self._desk.answer(placed.run, wait, STEP_REPORT, said, principal)
        except (WaitNotFound, WaitNotOpen) as closed:
            raise StatusRefused(f"The run does not wait for step {step.name}. Look at the run.") from closed
        exit_code, logs_key = said.get("exit_code"), said.get("logs_key")
        move = MoveStep(
            step=step.id,
            status=WorkStatus(str(said["status"])),
            at=self._clock.now(),
            exit_code=exit_code if isinstance(exit_code, int) else None,
            error=str(said.get("error") or ""),
            logs_key=str(logs_key) if logs_key else None,
        )
        await self._runs.report(move)


class StepService:
    """Takes reports of steps."""

    def __init__(self, *, runs: RunStore, reports: Reports, logs: StepLogs) -> None:
        self._runs = runs
        self._reports = reports
        self._logs = logs

    async def report(self, principal: Principal, request: ReportStep) -> ReportedStepView:
        """Say how an external step stands."""
        step_id = StepId(request.step_id)
        placed = await self._runs.task_of_step(step_id, project=principal.project)
        step = _step(placed.task, step_id)
        _check_external(step)
        _check_key(request.logs_s3_key, run=placed.run)
        place = upload_key(placed.run, placed.phase, placed.task.project_name, step.name)
        if step_moves(step.status, request.status):
            _check_began(step)
            key, is_put = request.logs_s3_key, request.logs_s3_key == place
            if is_put:
                await self._logs.check_put(place)
                key = log_key(placed.run, placed.phase, placed.task.project_name, step.name)
            failed = request.status is WorkStatus.FAILED
            said: JsonObject = {
                "status": request.status.value,
                "exit_code": request.exit_code,
                "error": _reported(request.exit_code) if failed else "",
                "logs_key": key,
                "is_put": is_put,
            }
            await self._reports.answer(principal, placed, step, said)
            placed = await self._runs.task_of_step(step_id, project=principal.project)
        return self._view(_step(placed.task, step_id), place)

    def _view(self, step: Step, place: str) -> ReportedStepView:
        shown = dict(StepView.of(step, self._logs.link))
        if step.status is not WorkStatus.RUNNING:
            return ReportedStepView(**shown)
        return ReportedStepView(**shown, logs_upload_url=self._logs.upload(place), logs_upload_key=place)


class TaskService:
    """Takes reports of tasks."""

    def __init__(self, *, runs: RunStore, reports: Reports, logs: StepLogs, clock: Clock) -> None:
        self._runs = runs
        self._reports = reports
        self._logs = logs
        self._clock = clock

    async def report(self, principal: Principal, request: ReportTask) -> TaskView:
        """Say how a task stands whose turn is at an external step: that step ends so."""
        task_id = TaskId(request.task_id)
        placed = await self._runs.task(task_id, project=principal.project)
        task = placed.task
        if task_moves(task.status, request.status):
            step = _current(task)
            if request.status is WorkStatus.SUCCESS and task.steps[-1].id != step.id:
                last = task.steps[-1].name
                raise StatusRefused(f"Step {step.name} is not the last: {last} is. Report the step.")
            said: JsonObject = {
                "status": request.status.value,
                "error": request.error or ("Reported as failed." if _failed(request) else ""),
                "ends_task": True,
            }
            await self._reports.answer(principal, placed, step, said)
            move = MoveTask(
                task=task_id, status=request.status, at=self._clock.now(), error=str(said["error"])
            )
            await self._runs.report(move)
            task = (await self._runs.task(task_id, project=principal.project)).task
        return TaskView.of(task, self._logs.link)


def _failed(request: ReportTask) -> bool:
    return request.status is WorkStatus.FAILED


def _step(task: Task, step_id: StepId) -> Step:
    return next(step for step in task.steps if step.id == step_id)


def _current(task: Task) -> Step:
    """Return the external step that a task is at. Raises StatusRefused."""
    for step in task.steps:
        if step.status is WorkStatus.RUNNING:
            _check_external(step)
            return step
    raise StatusRefused(f"Task {task.project_name} is at no step. Its run moves it.")


def _check_external(step: Step) -> None:
    if step.action != EXTERNAL:
        raise StatusRefused(f"Step {step.name} is a {step.action}: its run says how it stands.")


def _check_began(step: Step) -> None:
    if step.status is WorkStatus.PENDING:
        raise StatusRefused(f"It is not step {step.name}'s turn yet. Wait until the run says that it runs.")


def _check_key(key: str | None, *, run: JobId) -> None:
    """Refuse a log that is not the run's."""
    if key is None:
        return
    is_path = key.isprintable() and "\\" not in key and _NO_PARTS.isdisjoint(key.split("/"))
    if not key.startswith(run_prefix(run)) or not is_path:
        detail = f"must lie under {run_prefix(run)}"
        raise Invalid(
            f"logs_s3_key {detail}.", errors=[FieldError(pointer="/logs_s3_key", code="key", detail=detail)]
        )


def _reported(exit_code: int | None) -> str:
    return "Reported as failed." if exit_code is None else f"It ended with exit code {exit_code}."
