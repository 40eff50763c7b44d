"""A program that tells events between its steps, and what a home needs so that they leave."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from taskforce.application.factory import Container, close_container, open_container
from taskforce.application.jobs.schemas import JobView
from taskforce.application.webhooks.schemas import CreateWebhook, WebhookSecretView
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.principals import local_principal
from taskforce.settings import Settings
from tests.services.receiver import LOOPBACK

T = TypeVar("T")
ME = local_principal()
PATIENCE = 30.0


class Teller(Program):
    """Tells `count` events, each with a step of its own."""

    kind: ClassVar[str] = "teller"

    def opening(self, job: Job) -> Event:
        return Event(type="started")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        count = job.input["count"]
        assert isinstance(count, int)
        for number in range(count):
            await ctx.emit(f"told/{number}", Event(type="told", details={"n": number}))
            await ctx.step(f"step/{number}", _nothing, type=int)
        return {"told": count}


async def _nothing() -> int:
    return 0


def settings_of(home: Path, **more: Any) -> Settings:  # noqa: ANN401 - any setting
    return Settings(home=home, private_networks=(ip_network(LOOPBACK),), model_probe=False, **more)


def opened(home: Path, *, foreground: bool = False, **more: Any) -> Container:  # noqa: ANN401 - any setting
    return open_container(settings_of(home, **more), programs=[Teller()], foreground=foreground)


def in_home(home: Path, do: Callable[[Container], Coroutine[Any, Any, T]], **more: Any) -> T:  # noqa: ANN401 - the same
    """Open a home, do something there, and close it; on a thread, so that it matters not what runs here."""
    container = opened(home, **more)
    try:
        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(asyncio.run, do(container)).result()
    finally:
        close_container(container)


def hooked(home: Path, url: str, **fields: Any) -> WebhookSecretView:  # noqa: ANN401 - any field
    """Create a webhook."""

    async def create(container: Container) -> WebhookSecretView:
        return await container.webhooks().create(ME, CreateWebhook(url=url, **fields))

    return in_home(home, create, workers=0)


async def started(container: Container, count: int) -> JobView:
    job = container.desk().new("teller", ME, {"count": count}, subject=None, alone=False)
    return JobView.of(await container.desk().accept(job))


async def idle(container: Container) -> None:
    """Wait until nothing is due any more."""
    async with asyncio.timeout(PATIENCE):
        while not await container.worker().is_idle():  # noqa: ASYNC110 - other processes do it as well
            await asyncio.sleep(0.02)
