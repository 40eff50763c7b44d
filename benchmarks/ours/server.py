"""Our API as `taskforce serve` runs it, with the measured program and tool beside the shipped ones."""

import asyncio
from pathlib import Path

from dependency_injector import providers

from benchmarks.child import told
from benchmarks.ours.lookup import LookupOnly, write_profile
from benchmarks.ours.programs import Teller
from benchmarks.ours.stage import accept, opened
from taskforce.api.server import serve
from taskforce.application.factory import Container
from taskforce.core.documents import JsonObject


async def begin(container: Container, inputs: list[JsonObject]) -> None:
    """Hand in jobs that tell events while the server runs; they are played beside it."""
    for input in inputs:
        await accept(container, Teller.kind, input)


def main() -> None:
    """Serve until SIGTERM."""
    asked = told()
    home = Path(asked["folder"])
    write_profile(home)
    with opened(home, Teller(), workers=asked["workers"], model=asked.get("model")) as container:
        container.tools.override(providers.Object(LookupOnly()))
        asyncio.run(begin(container, asked.get("begin", [])))
        serve(container, port=asked["port"])


if __name__ == "__main__":
    main()
