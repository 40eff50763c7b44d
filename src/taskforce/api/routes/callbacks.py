"""What workers outside report of the tasks and steps that are theirs."""

from fastapi import APIRouter, Request

from taskforce.api.dependencies import Steps, Tasks, Who
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import use_case
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import Id
from taskforce.application.pipelines.callbacks import StepService, TaskService
from taskforce.application.pipelines.schemas import (
    ReportedStepView,
    ReportStep,
    ReportTask,
    StepReport,
    TaskReport,
    TaskView,
)
from taskforce.core.pipelines.errors import StatusRefused, WorkNotFound

router = APIRouter(prefix="/v1", route_class=StrictRoute, tags=["pipelines"])


@router.put("/tasks/{task_id}/status", **use_case(TaskService.report, StatusRefused, WorkNotFound))
async def report_task(task_id: Id, asked: TaskReport, who: Who, tasks: Tasks, request: Request) -> TaskView:
    """The same word again changes nothing."""
    task = await tasks.report(who, checked(ReportTask, task_id=task_id, **dict(asked)))
    return task.placed_at(str(request.base_url).rstrip("/"))


@router.put("/steps/{step_id}/status", **use_case(StepService.report, StatusRefused, WorkNotFound))
async def report_step(
    step_id: Id, asked: StepReport, who: Who, steps: Steps, request: Request
) -> ReportedStepView:
    """The same word again changes nothing; a step that its run plays itself is 409."""
    step = await steps.report(who, checked(ReportStep, step_id=step_id, **dict(asked)))
    return step.placed_at(str(request.base_url).rstrip("/"))
