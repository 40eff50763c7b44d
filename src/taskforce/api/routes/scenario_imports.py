"""A plant's data: looked at, and taken in."""

from fastapi import APIRouter, Response

from taskforce.api.answers import replayed
from taskforce.api.dependencies import Key, ScenarioImports, Who
from taskforce.api.document.headers import with_headers
from taskforce.api.uploads import BODY, Payload, UploadRoute
from taskforce.api.use_cases import KEYED, use_case
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import ProjectId
from taskforce.application.scenarios.import_schemas import ImportPlant, ProjectSnapshot, ValidationReport
from taskforce.application.scenarios.imports import ScenarioImportService
from taskforce.core.scenarios.errors import DataInvalid

router = APIRouter(prefix="/api/v1/projects/{project_id}", route_class=UploadRoute, tags=["scenarios"])
COMMITTED = {201: with_headers("Idempotent-Replayed")}


@router.post("/import:validate", openapi_extra=BODY, **use_case(ScenarioImportService.validate))
async def validate(
    project_id: ProjectId, given: Payload, who: Who, imports: ScenarioImports
) -> ValidationReport:
    """The data as JSON, as a form of CSV files or one zip, or as a zip alone. Nothing is kept of it."""
    return await imports.validate(who, checked(ImportPlant, project_id=project_id, **dict(given)))


@router.post(
    "/import:commit",
    status_code=201,
    openapi_extra=BODY,
    **use_case(ScenarioImportService.commit, *KEYED, DataInvalid, responses=COMMITTED),
)
async def commit(
    project_id: ProjectId,
    given: Payload,
    who: Who,
    imports: ScenarioImports,
    *,
    response: Response,
    key: Key,
) -> ProjectSnapshot:
    """Data that is not valid is 409, with the report in error.details."""
    made = await imports.commit(who, checked(ImportPlant, project_id=project_id, **dict(given)), key=key)
    response.headers.update(replayed(made))
    return made
