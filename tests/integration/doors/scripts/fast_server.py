"""A server with a program of the tests, which tells what it is asked to, and with short deadlines."""

import argparse
import asyncio
from typing import ClassVar

from dependency_injector import providers

from taskforce.api.protocol import Deadlines
from taskforce.api.server import serve
from taskforce.application.factory import close_container, open_container
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.principals import local_principal
from taskforce.settings import load_settings

BURST = 20


class Telling(Program):
    """Tells `count` events at `rate` a second, and then each of `texts`."""

    kind: ClassVar[str] = "telling"

    def opening(self, job: Job) -> Event:
        return Event(type="started", message="")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        count, rate, texts = (job.input[name] for name in ("count", "rate", "texts"))
        assert isinstance(count, int)
        assert isinstance(rate, int)
        assert isinstance(texts, list)
        for first in range(0, count, BURST):
            for number in range(first, min(first + BURST, count)):
                await ctx.emit(f"event/{number}", Event(type="told", message=str(number)))
            await ctx.step(f"pace/{first}", lambda: _pace(BURST / rate), type=int)
        for number, text in enumerate(texts):
            await ctx.emit(f"text/{number}", Event(type="text", message=str(text), details={"text": text}))
        return {}


async def _pace(seconds: float) -> int:
    await asyncio.sleep(seconds)
    return 0


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--port", type=int)
    asked.add_argument("--count", type=int, default=0)
    asked.add_argument("--rate", type=int, default=1_000)
    asked.add_argument("--text", action="append", default=[])
    asked.add_argument("--megabyte", action="store_true")
    asked.add_argument("--head", type=float, default=Deadlines().head)
    asked.add_argument("--body", type=float, default=Deadlines().body)
    words = asked.parse_args()
    container = open_container(load_settings().settings)
    container.programs.override(providers.Dict({Telling.kind: Telling()}))
    try:
        texts = [text.encode().decode("unicode_escape") for text in words.text] + (
            ["x" * 2**20] if words.megabyte else []
        )
        if words.count or texts:
            told = {"count": words.count, "rate": words.rate, "texts": texts}
            desk = container.desk()
            job = desk.new(Telling.kind, local_principal(), told, subject="telling", alone=False)
            asyncio.run(desk.accept(job))
        serve(container, port=words.port, deadlines=Deadlines(head=words.head, body=words.body))
    finally:
        close_container(container)


if __name__ == "__main__":
    main()
