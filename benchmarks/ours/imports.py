"""A plant of many rows is imported: seconds from files to snapshot, and the most memory the process had."""

import asyncio
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.child import tell, told
from taskforce.application.factory import close_container, open_container
from taskforce.application.scenarios.import_schemas import ImportPlant
from taskforce.core.principals import local_principal
from taskforce.settings import Settings

PRODUCTS, STEPS = 1_000, 8
UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes of what the system counts memory in."""


def files(rows: int) -> dict[str, bytes]:
    """Return the tables of a plant with so many rows, most of them demand."""
    products = [f"p{number},f{number % 7},1.5,0.25" for number in range(PRODUCTS)]
    steps = [f"r{one},p{one},s{step},g{step},0.5,0.98" for one in range(PRODUCTS) for step in range(STEPS)]
    machines = [f"m{step},Machine {step},c{step},g{step},1" for step in range(STEPS)]
    demand = _demand(rows - PRODUCTS - len(steps) - len(machines) - 1)
    tables = {
        "plant": ["plant_id,name,timezone", "plant,A plant,Europe/Berlin"],
        "products": ["product_id,family_id,process_time_mean,process_time_sigma", *products],
        "routings": [
            "routing_id,product_id,step_id,machine_group_id,process_time_mean,yield_rate",
            *steps,
        ],
        "machines": ["machine_id,name,cell_id,machine_group_id,capacity", *machines],
        "demand": ["product_id,due_date,quantity,release_date,priority", *demand],
    }
    return {f"{name}.csv": "\n".join(lines).encode() for name, lines in tables.items()}


def _demand(rows: int) -> Iterator[str]:
    """Yield orders, each released at a minute of its own within a year."""
    for number in range(rows):
        month, day = number % 12 + 1, number // 12 % 28 + 1
        due, released = f"2027-{month:02}-{day:02}", f"2026-{month:02}-{day:02}"
        clock = f"{number // 336 % 24:02}:{number // 8064 % 60:02}"
        yield f"p{number % PRODUCTS},{due},{number % 9 + 1},{released}T{clock},0"


async def imported(folder: Path, rows: int) -> None:
    """Import, and tell how long it took."""
    container = open_container(Settings(home=folder), foreground=True)
    try:
        request = ImportPlant(project_id="default", files=files(rows))
        begun = time.perf_counter()
        await container.scenario_imports().commit(local_principal(), request)
        seconds = time.perf_counter() - begun
    finally:
        close_container(container)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT / 2**20
    tell(seconds=seconds, mebibytes=memory)


def main() -> None:
    """Do what is told."""
    asked = told()
    asyncio.run(imported(Path(asked["folder"]), asked["rows"]))


if __name__ == "__main__":
    main()
