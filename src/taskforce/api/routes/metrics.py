"""Figures of this process, for Prometheus."""

from fastapi import APIRouter, Response

from taskforce.api.dependencies import DoorsGiven
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import operation
from taskforce.core.jobs.figures import OPEN_STREAMS
from taskforce.core.shapes import UNLIMITED

router = APIRouter(route_class=StrictRoute, tags=["health"])

SCHEMA = {"type": "string", UNLIMITED: "a line for each thing that is counted"}
EXAMPLE = "# TYPE taskforce_missions_total counter\n"
TEXT = {
    200: {
        "description": "Figures in Prometheus' text format.",
        "content": {"text/plain": {"schema": SCHEMA, "example": EXAMPLE}},
    }
}


@router.get(
    "/metrics",
    response_class=Response,
    **operation("health.metrics", "Tell what this process has counted and measured.", responses=TEXT),
)
async def metrics(doors: DoorsGiven) -> Response:
    """What was played and answered here since it started, and how it stands now: queue, worker, streams."""
    meter = doors.services.meter()
    await doors.services.job_gauges().read()
    meter.set(OPEN_STREAMS, {(): doors.drain.listeners})
    return Response(meter.text(), headers={"Content-Type": meter.media_type, "Cache-Control": "no-store"})
