"""Jobs for a server to show: a small one, and one with a log of 1,000 events, both over."""

import asyncio
from pathlib import Path

from benchmarks.child import tell, told
from benchmarks.ours.programs import Steps, Teller
from benchmarks.ours.stage import accept, ended, opened
from taskforce.application.factory import Container


async def prepare(container: Container, events: int) -> None:
    """Play both to their end."""
    small = await ended(container, await accept(container, Steps.kind, {"steps": 3}))
    long = await ended(container, await accept(container, Teller.kind, {"burst": events - 2}))
    tell(small=small.id, long=long.id, events=long.last_event)


def main() -> None:
    """Do what is told."""
    asked = told()
    with opened(Path(asked["folder"]), Steps(), Teller(), workers=2) as container:
        asyncio.run(prepare(container, asked["events"]))


if __name__ == "__main__":
    main()
