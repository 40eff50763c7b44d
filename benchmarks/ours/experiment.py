"""Scenarios of one plant, so many at once in processes of the pool: how long all of them take.

Both as the wall's clock has it, and less what the processes waited for a core that others had, in the mean.
"""

import asyncio
import os
import time
from pathlib import Path

from benchmarks import shop as model
from benchmarks.child import tell, told
from benchmarks.ours.simulate import plant_of
from taskforce.core.scenarios.canonical import document
from taskforce.core.scenarios.scenario import ScenarioConfig
from taskforce.infrastructure.processes.computing import Computing
from taskforce.infrastructure.scenarios.computed import ComputedSimulator
from taskforce.infrastructure.system.clock import SystemClock


def waited(processes: int) -> float:
    """Return the seconds that each of our processes was ready and had no core, in the mean (proc(5))."""
    below = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) for pid in below) / 1e9 / processes


async def main() -> None:
    """Simulate what is told, once the processes are there."""
    asked = told()
    plant = document(plant_of(model.plant(asked["plant"], asked["jobs"])))
    computing = Computing(processes=asked["processes"])
    simulator = ComputedSimulator(computing, SystemClock())

    async def play(seed: int, replications: int) -> None:
        scenario = ScenarioConfig(seed=seed, replications=replications)
        async with simulator.play(plant, scenario, b"") as slices:
            async for _ in slices:
                pass

    await asyncio.gather(*(play(seed, 1) for seed in range(asked["processes"])))
    begun, lost = time.perf_counter(), waited(asked["processes"])
    await asyncio.gather(*(play(seed, asked["replications"]) for seed in range(asked["scenarios"])))
    took, lost = time.perf_counter() - begun, waited(asked["processes"]) - lost
    tell(
        per_s=asked["scenarios"] / took,
        undisturbed_per_s=asked["scenarios"] / (took - lost),
        waited_share=lost / took,
    )
    computing.close()


if __name__ == "__main__":
    asyncio.run(main())
