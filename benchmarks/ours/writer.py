"""Another process that writes to the same database: a step at a steady rate until it is stopped."""

import asyncio
from pathlib import Path

from benchmarks.child import told
from benchmarks.ours.programs import Teller
from benchmarks.ours.stage import accept, ended, opened

LONG = 1_000_000


async def write(folder: Path, rate: float) -> None:
    """Play a job that tells an event and records a step at this rate."""
    with opened(folder, Teller(), workers=1) as container:
        await ended(container, await accept(container, Teller.kind, {"paced": LONG, "rate": rate}))


def main() -> None:
    """Do what is told."""
    asked = told()
    asyncio.run(write(Path(asked["folder"]), asked["rate"]))


if __name__ == "__main__":
    main()
