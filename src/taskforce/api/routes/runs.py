"""Runs of pipelines: started, listed, shown, cancelled, played again; and the logs of their steps."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from taskforce.api.answers import LISTED, MADE, TAGGED, links, replayed, single
from taskforce.api.dependencies import Key, Logs, Runs, Who
from taskforce.api.document.files import ANY, PARTLY, file_answers
from taskforce.api.document.headers import IF_NONE_MATCH, taking
from taskforce.api.download import Attachment, Download
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import KEYED, operation, use_case
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import Id
from taskforce.application.pipelines.schemas import (
    CancelRun,
    CreatedRunView,
    CreateRun,
    GetRun,
    GetRunLog,
    ListRuns,
    PartName,
    RerunRun,
    RunsView,
    RunView,
    SignedLog,
)
from taskforce.application.pipelines.service import RunService
from taskforce.core.artifacts import ArtifactDamaged
from taskforce.core.git import GitMissing
from taskforce.core.pipelines.errors import (
    AddressOver,
    CommitNotFound,
    FolderNotAllowed,
    RepositoryUnreachable,
    RunIsOver,
    RunNotFound,
    RunUnderWay,
    TooManyRuns,
)

router = APIRouter(prefix="/v1", route_class=StrictRoute, tags=["pipelines"])

Failed = Annotated[bool, Query(description="Keep the tasks that succeeded, play the others.")]
Expires = Annotated[int, Query(ge=0, le=2**53, description="When the address is over: seconds since 1970.")]
Signature = Annotated[
    str, Query(pattern=r"^[0-9a-f]{64}$", max_length=64, description="What says that the address is ours.")
]
LogKey = Annotated[str, Path(max_length=1_000, description="Where the log is stored.")]
Part = Annotated[PartName, Path(description="Its name.")]
STARTED = (
    *KEYED,
    RunUnderWay,
    TooManyRuns,
    FolderNotAllowed,
    CommitNotFound,
    RepositoryUnreachable,
    GitMissing,
)
BY_ADDRESS = (AddressOver, ArtifactDamaged)


@router.post("/runs", status_code=201, **use_case(RunService.create, *STARTED, responses=MADE))
async def create(asked: CreateRun, who: Who, runs: Runs, response: Response, *, key: Key) -> CreatedRunView:
    """Location names it; its events are those of the job of the same id."""
    made = await runs.create(who, asked, key=key)
    response.headers.update({"Location": f"{router.prefix}/runs/{made.id}"} | replayed(made))
    return made


@router.get("/runs", **use_case(RunService.list, responses=LISTED))
async def list_runs(
    asked: Annotated[ListRuns, Query()], who: Who, runs: Runs, request: Request, response: Response
) -> RunsView:
    """Link names the other parts."""
    found = await runs.list(who, asked)
    response.headers.update(links(request, total=found.total, limit=asked.limit, offset=asked.offset))
    return RunsView.of(found, asked)


@router.get(
    "/runs/{run_id}",
    response_model=RunView,
    **use_case(RunService.get, RunNotFound, responses=TAGGED),
    **taking(IF_NONE_MATCH),
)
async def get(run_id: Id, who: Who, runs: Runs, request: Request) -> Response:
    """Each step's logs_url can be read without a key, for an hour."""
    run = await runs.get(who, checked(GetRun, run_id=run_id))
    return single(request, run.placed_at(str(request.base_url).rstrip("/")))


@router.delete("/runs/{run_id}", status_code=204, **use_case(RunService.cancel, RunIsOver, RunNotFound))
async def cancel(run_id: Id, who: Who, runs: Runs) -> None:
    """What runs is asked to end, and killed ten seconds later."""
    await runs.cancel(who, checked(CancelRun, run_id=run_id))


@router.post(
    "/runs/{run_id}/rerun",
    status_code=201,
    **use_case(RunService.rerun, *STARTED, RunNotFound, responses=MADE),
)
async def rerun(
    run_id: Id, who: Who, runs: Runs, response: Response, *, failed: Failed = False, key: Key
) -> CreatedRunView:
    """A new run of the same commit; Location names it."""
    made = await runs.rerun(who, checked(RerunRun, run_id=run_id, failed=failed), key=key)
    response.headers.update({"Location": f"{router.prefix}/runs/{made.id}"} | replayed(made))
    return made


@router.get(
    "/runs/{run_id}/logs/{phase}/{project_name}/{step}",
    status_code=200,
    response_class=Download,
    **use_case(RunService.logs, ArtifactDamaged, RunNotFound, 416, responses=file_answers(*ANY)),
    **taking(*PARTLY),
)
async def logs(
    run_id: Id,
    phase: Part,
    project_name: Part,
    step: Part,
    *,
    who: Who,
    runs: Runs,
    request: Request,
) -> Response:
    """While the step runs its output is in the job's events."""
    asked = checked(GetRunLog, run_id=run_id, phase=phase, project_name=project_name, step=step)
    found, content = await runs.logs(who, asked)
    return Download(Attachment.of(found), content, request)


@router.get(
    "/logs/{key:path}",
    status_code=200,
    response_class=Download,
    **operation(
        "runs.signed_log", "Read a log by its signed address.", *BY_ADDRESS, 416, responses=file_answers(*ANY)
    ),
)
async def signed_log(
    key: LogKey,
    logs: Logs,
    request: Request,
    *,
    expires: Expires,
    signature: Signature,
) -> Response:
    """The address says who may read it: nobody is asked for a key."""
    found, content = await logs.signed(checked(SignedLog, key=key, expires=expires, signature=signature))
    return Download(Attachment.of(found), content, request)
