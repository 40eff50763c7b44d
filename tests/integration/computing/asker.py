"""A process that has another one compute, until it is killed: `asker.py FILE`."""

import asyncio
import sys
from pathlib import Path

from taskforce.infrastructure.processes.computing import Computing
from tests.integration.computing import works


async def main(started: Path) -> None:
    async with Computing(processes=1).run(works.busy, started) as answers:
        async for _ in answers:
            pass


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
