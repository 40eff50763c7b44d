"""Experiments: started, shown with their runs, cancelled."""

from fastapi import APIRouter, Request, Response

from taskforce.api.answers import QUEUED, TAGGED, enqueued, single
from taskforce.api.dependencies import Experiments, Key, Who
from taskforce.api.document.headers import IF_NONE_MATCH, taking
from taskforce.api.routes.scenario_runs import STARTED
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import use_case
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import Id, ProjectId
from taskforce.application.scenarios.experiments import ExperimentService
from taskforce.application.scenarios.schemas import (
    ExperimentView,
    GetExperiment,
    NewExperiment,
    StartExperiment,
)
from taskforce.core.scenarios.errors import ExperimentNotFound
from taskforce.core.scenarios.sweeps import SweepsInvalid

router = APIRouter(
    prefix="/api/v1/projects/{project_id}/experiments", route_class=StrictRoute, tags=["scenarios"]
)


@router.post(
    "",
    status_code=202,
    response_model=ExperimentView,
    **use_case(ExperimentService.create, *STARTED, SweepsInvalid, responses=QUEUED),
)
async def create(
    project_id: ProjectId, asked: NewExperiment, who: Who, experiments: Experiments, *, key: Key
) -> Response:
    """Sorted by their values, the runs have the seeds seed_base, seed_base + 1 and so on."""
    request = checked(StartExperiment, project_id=project_id, **dict(asked))
    made = await experiments.create(who, request, key=key)
    place = f"/api/v1/projects/{project_id}/experiments/{made.experiment_id}"
    return enqueued(made, place, made.experiment_id)


@router.get(
    "/{experiment_id}",
    response_model=ExperimentView,
    **use_case(ExperimentService.get, ExperimentNotFound, responses=TAGGED),
    **taking(IF_NONE_MATCH),
)
async def get(
    project_id: ProjectId, experiment_id: Id, who: Who, experiments: Experiments, request: Request
) -> Response:
    """Runs that have begun, with the KPIs of those that are completed."""
    asked = checked(GetExperiment, project_id=project_id, experiment_id=experiment_id)
    return single(request, await experiments.get(who, asked))


@router.delete("/{experiment_id}", status_code=204, **use_case(ExperimentService.cancel, ExperimentNotFound))
async def cancel(project_id: ProjectId, experiment_id: Id, who: Who, experiments: Experiments) -> None:
    """Runs that are completed keep their results."""
    await experiments.cancel(who, checked(GetExperiment, project_id=project_id, experiment_id=experiment_id))
