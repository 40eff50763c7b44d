"""Logs that workers outside put to signed addresses."""

from fastapi import APIRouter, Request, Response

from taskforce.api.dependencies import Logs
from taskforce.api.routes.runs import Expires, LogKey, Signature
from taskforce.api.uploads import FILE, BytesRoute
from taskforce.api.use_cases import operation
from taskforce.application.jobs.refusals import checked
from taskforce.application.pipelines.schemas import SignedLog
from taskforce.core.pipelines.errors import AddressOver

router = APIRouter(prefix="/v1", route_class=BytesRoute, tags=["pipelines"])


@router.put(
    "/logs/{key:path}",
    status_code=204,
    response_class=Response,
    **operation(
        "runs.put_signed_log",
        "Put a log to its signed address.",
        AddressOver,
        openapi_extra={"security": [], **FILE},
    ),
)
async def put_signed_log(
    key: LogKey, logs: Logs, request: Request, *, expires: Expires, signature: Signature
) -> Response:
    """It is the log's once the step is reported with its key; the address is good for nothing else."""
    asked = checked(SignedLog, key=key, expires=expires, signature=signature)
    await logs.put(asked, request.stream())
    return Response(status_code=204)
