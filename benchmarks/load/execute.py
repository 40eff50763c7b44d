"""POST missions: requests a second, and the share of a request that is not the mission's own time."""

import asyncio
import json
import time
from datetime import datetime
from statistics import quantiles
from typing import Any

from benchmarks.child import tell, told
from benchmarks.load.wire import Wire
from benchmarks.payload import TURN_QUESTION

PATH = "/api/v1/execute"
WARM_UP = 10


async def load(port: int, mission: dict[str, Any], clients: int, seconds: float) -> None:
    """Keep so many clients busy for so long, each with missions of its own."""
    took: list[tuple[float, str]] = []
    body = json.dumps({"mission": TURN_QUESTION, **mission}).encode()
    wires = [await Wire.open(port) for _ in range(clients)]
    for wire in wires:
        for _ in range(WARM_UP):
            await _execute(wire, body)
    begun = time.perf_counter()

    async def client(wire: Wire) -> None:
        while (asked_at := time.perf_counter()) < begun + seconds:
            job_id = await _execute(wire, body)
            took.append((time.perf_counter() - asked_at, job_id))

    await asyncio.gather(*map(client, wires))
    passed = time.perf_counter() - begun
    rest = [request - await _own_seconds(wires[0], job_id) for request, job_id in took[-500:]]
    cut = quantiles(rest, n=100)
    tell(
        per_s=len(took) / passed,
        p50_ms=quantiles([request for request, _ in took], n=100)[49] * 1_000,
        overhead_p50_ms=cut[49] * 1_000,
        overhead_p99_ms=cut[98] * 1_000,
    )


async def _execute(wire: Wire, body: bytes) -> str:
    status, answer = await wire.ask("POST", PATH, body)
    view = json.loads(answer)
    if status != 200 or view["status"] != "completed":  # noqa: PLR2004 - OK
        raise SystemExit(f"POST {PATH}: {status} {answer[:500]!r}")
    return str(view["job_id"])


async def _own_seconds(wire: Wire, job_id: str) -> float:
    """Return the time from a mission's first event to its last, by the log."""
    path = f"/api/v1/jobs/{job_id}/events"
    _, body = await wire.ask("GET", path, headers={"Accept": "application/json"})
    told_at = [datetime.fromisoformat(item["timestamp"]) for item in json.loads(body)["items"]]
    return (told_at[-1] - told_at[0]).total_seconds()


if __name__ == "__main__":
    asked = told()
    asyncio.run(load(asked["port"], asked["mission"], asked["clients"], asked["seconds"]))
