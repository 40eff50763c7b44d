"""Simulated runs: started, listed, shown with what they came to, cancelled."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from taskforce.api.answers import LISTED, QUEUED, TAGGED, enqueued, links, single
from taskforce.api.dependencies import Key, ScenarioRuns, Who
from taskforce.api.document.headers import IF_NONE_MATCH, taking
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import KEYED, use_case
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import Id, PageRequest, ProjectId
from taskforce.application.scenarios.schemas import (
    GetScenarioRun,
    ListScenarioRuns,
    RunEnqueued,
    RunResultsIndex,
    RunStatusesView,
    RunStatusView,
    StartRun,
)
from taskforce.application.scenarios.service import ScenarioRunService
from taskforce.core.scenarios.errors import NoSnapshot, RunNotFound, RunUnfinished, ScenarioUnfit
from taskforce.core.scenarios.scenario import ScenarioConfig

router = APIRouter(prefix="/api/v1/projects/{project_id}/runs", route_class=StrictRoute, tags=["scenarios"])
STARTED = (*KEYED, NoSnapshot, ScenarioUnfit)


@router.post(
    "",
    status_code=202,
    response_model=RunEnqueued,
    **use_case(ScenarioRunService.create, *STARTED, responses=QUEUED),
)
async def create(
    project_id: ProjectId, scenario: ScenarioConfig, who: Who, runs: ScenarioRuns, *, key: Key
) -> Response:
    """The body is the scenario; what it does not say is the plant as it is. Location names the run."""
    made = await runs.create(who, checked(StartRun, project_id=project_id, scenario=scenario), key=key)
    return enqueued(made, made.status_url, made.run_id)


@router.get("", **use_case(ScenarioRunService.list, responses=LISTED))
async def list_runs(
    project_id: ProjectId,
    page: Annotated[PageRequest, Query()],
    *,
    who: Who,
    runs: ScenarioRuns,
    request: Request,
    response: Response,
) -> RunStatusesView:
    """Those of experiments are there, too. Link names the other parts."""
    asked = checked(ListScenarioRuns, project_id=project_id, limit=page.limit, offset=page.offset)
    found = await runs.list(who, asked)
    response.headers.update(links(request, total=found.total, limit=asked.limit, offset=asked.offset))
    return RunStatusesView.of(found, asked)


@router.get(
    "/{run_id}",
    response_model=RunStatusView,
    **use_case(ScenarioRunService.get, RunNotFound, responses=TAGGED),
    **taking(IF_NONE_MATCH),
)
async def get(project_id: ProjectId, run_id: Id, who: Who, runs: ScenarioRuns, request: Request) -> Response:
    """A run that was cancelled is failed, with the message `cancelled`."""
    asked = checked(GetScenarioRun, project_id=project_id, run_id=run_id)
    return single(request, await runs.get(who, asked))


@router.get(
    "/{run_id}/results",
    response_model=RunResultsIndex,
    **use_case(ScenarioRunService.results, RunNotFound, RunUnfinished, responses=TAGGED),
    **taking(IF_NONE_MATCH),
)
async def results(
    project_id: ProjectId, run_id: Id, who: Who, runs: ScenarioRuns, request: Request
) -> Response:
    """409 unless it is completed. KPIs are means with 95 % intervals; of one replication the mean alone."""
    asked = checked(GetScenarioRun, project_id=project_id, run_id=run_id)
    return single(request, await runs.results(who, asked))


@router.delete("/{run_id}", status_code=204, **use_case(ScenarioRunService.cancel, RunNotFound))
async def cancel(project_id: ProjectId, run_id: Id, who: Who, runs: ScenarioRuns) -> None:
    """Its simulation ends within a second."""
    await runs.cancel(who, checked(GetScenarioRun, project_id=project_id, run_id=run_id))
