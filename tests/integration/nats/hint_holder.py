"""A worker's process: it takes one hint, says so, and keeps it until it is ended."""

import asyncio
import sys
from datetime import timedelta

from tests.integration.nats.two_processes import a_queue, taken


async def hold(url: str, seconds: float) -> None:
    async with a_queue(url, ack_wait=timedelta(seconds=seconds)) as queue:
        hint = await taken(queue)
        sys.stdout.write("held\n")
        sys.stdout.flush()
        while True:
            await asyncio.sleep(seconds / 5)
            hint.keep()


if __name__ == "__main__":
    asyncio.run(hold(sys.argv[1], float(sys.argv[2])))
