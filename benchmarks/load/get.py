"""GET the same path again and again: requests a second, and how long they took."""

import asyncio
import time
from statistics import quantiles

from benchmarks.child import tell, told
from benchmarks.load.wire import Wire


async def load(port: int, path: str, clients: int, seconds: float) -> None:
    """Keep so many clients busy for so long."""
    took: list[float] = []
    until = time.perf_counter() + seconds

    async def client() -> None:
        wire = await Wire.open(port)
        while (begun := time.perf_counter()) < until:
            status, body = await wire.ask("GET", path)
            if status != 200:  # noqa: PLR2004 - OK
                raise SystemExit(f"GET {path}: {status} {body[:500]!r}")
            took.append(time.perf_counter() - begun)
        wire.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    percentiles = quantiles(took, n=100)
    tell(per_s=len(took) / seconds, p50_ms=percentiles[49] * 1_000, p99_ms=percentiles[98] * 1_000)


if __name__ == "__main__":
    asked = told()
    asyncio.run(load(asked["port"], asked["path"], asked["clients"], asked["seconds"]))
