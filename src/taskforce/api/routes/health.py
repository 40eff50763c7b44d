"""Whether the process lives, and whether it can take work."""

from typing import Annotated, Literal

from fastapi import APIRouter

import taskforce
from taskforce.api.dependencies import DoorsGiven
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import operation
from taskforce.application.jobs.readiness import CheckView
from taskforce.application.jobs.schemas import View
from taskforce.core.documents import JsonObject
from taskforce.core.errors import Unavailable
from taskforce.core.shapes import shape

router = APIRouter(route_class=StrictRoute, tags=["health"])

Version = Annotated[str, shape(maxLength=64)]
MOST_CHECKS = 32


class HealthView(View):
    """A process that lives."""

    status: Literal["healthy"]
    version: Version


class ServiceView(View):
    """A service that answers: the health check of the seed of videos."""

    status: Literal["ok"]
    version: Version


class ReadyView(View):
    """A service that can take work, and what was checked."""

    status: Literal["ready"]
    version: Version
    checks: Annotated[list[CheckView], shape(maxItems=MOST_CHECKS)]


@router.get("/health", **operation("health.live", "Tell whether the process lives."))
async def live() -> HealthView:
    """Depends on nothing: a database that is down is no reason to restart."""
    return HealthView(status="healthy", version=taskforce.__version__)


@router.get("/api/health", **operation("health.service", "Tell whether the service answers."))
async def service() -> ServiceView:
    """The same as /health, in the words that makers of films know."""
    return ServiceView(status="ok", version=taskforce.__version__)


@router.get("/health/ready", **operation("health.ready", "Tell whether the service can take work.", 503))
async def ready(doors: DoorsGiven) -> ReadyView:
    """503 names what failed; each check has two seconds, and all are made at once."""
    if doors.drain.is_on:
        raise Unavailable("Not ready: the server stops.")
    checks = await doors.services.readiness().check()
    failed = [check.name for check in checks if check.status == "failed"]
    if failed:
        shown: JsonObject = {"checks": [check.model_dump(mode="json") for check in checks]}
        raise Unavailable(f"Not ready: {', '.join(failed)}.", details=shown)
    return ReadyView(status="ready", version=taskforce.__version__, checks=checks)
