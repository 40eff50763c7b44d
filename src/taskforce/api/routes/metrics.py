"""Counters of this process, for Prometheus."""

from fastapi import APIRouter, Response

from taskforce.api.dependencies import DoorsGiven
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import operation
from taskforce.core.shapes import UNLIMITED

router = APIRouter(route_class=StrictRoute, tags=["health"])

SCHEMA = {"type": "string", UNLIMITED: "a line for each thing that is counted"}
EXAMPLE = "# TYPE taskforce_missions_total counter\n"
TEXT = {
    200: {
        "description": "Counters in Prometheus' text format.",
        "content": {"text/plain": {"schema": SCHEMA, "example": EXAMPLE}},
    }
}


@router.get(
    "/metrics",
    response_class=Response,
    **operation("health.metrics", "Tell what this process has counted.", responses=TEXT),
)
async def metrics(doors: DoorsGiven) -> Response:
    """Missions, turns, tokens and tool calls that were played here since it started."""
    meter = doors.services.meter()
    return Response(meter.text(), headers={"Content-Type": meter.media_type, "Cache-Control": "no-store"})
