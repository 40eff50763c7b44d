"""What the processes of the crash tests of webhooks do: tell events, deliver what waits, and die."""

import asyncio
from pathlib import Path

from dependency_injector import providers

from taskforce.application.factory import Container, close_container
from taskforce.core.jobs.ports import JobFilter
from taskforce.core.paging import Page
from taskforce.core.principals import DEFAULT_PROJECT
from tests.integration.durability.crash_driver import Trap
from tests.integration.webhooks.teller import idle, opened, started

COUNT = 2
"""Events that the job tells itself, beside its first and last."""


def tell_and_deliver(home: Path, die_at: str | None = None) -> None:
    """Start the job, if no process has yet, and go on until everything has left."""
    Container.probe.override(providers.Object(Trap(home / "places", die_at)))
    container = opened(home)

    async def run() -> None:
        container.desk().open()
        known = await container.store().list(JobFilter(project=DEFAULT_PROJECT), Page())
        if not known.total:
            await started(container, COUNT)
        await idle(container)

    try:
        asyncio.run(run())
    finally:
        close_container(container)
