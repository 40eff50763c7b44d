"""Our side of a benchmark: a container on a folder, with the programs and tools that are measured."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypeAlias

from dependency_injector import providers
from pydantic import SecretStr

from taskforce.application.factory import Container, close_container, open_container
from taskforce.application.jobs.schemas import WatchJob
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import Program
from taskforce.core.principals import DEFAULT_PROJECT, local_principal
from taskforce.settings import Settings

PLANNER = "local:planner"
LogLevel: TypeAlias = Literal["debug", "info", "warning", "error"]
CROWD = 1_000_000
"""Requests are counted as ever, and one principal may ask as much as a crowd does."""


@contextmanager
def opened(
    home: Path,
    *programs: Program,
    workers: int,
    model: str | None = None,
    log_level: LogLevel = "error",
    database_url: str | None = None,
    queue_url: str | None = None,
) -> Iterator[Container]:
    """Open a container on a home as shipped, save for these programs beside its own."""
    home.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        home=home,
        workers=workers,
        model=model or PLANNER,
        log_level=log_level,
        database_url=None if database_url is None else SecretStr(database_url),
        rate_limit=CROWD,
        streams_per_principal=CROWD,
    )
    if queue_url is not None:
        settings = settings.model_copy(update={"queue_url": SecretStr(queue_url)})
    container = open_container(settings)
    known = {program.kind: providers.Object(program) for program in programs}
    container.programs.override(providers.Dict({"mission": container.mission_program, **known}))
    try:
        yield container
    finally:
        close_container(container)


async def accept(container: Container, kind: str, input: JsonObject) -> Job:
    """Hand in a job."""
    desk = container.desk()
    return await desk.accept(desk.new(kind, local_principal(), input, subject=kind, alone=False))


async def ended(container: Container, job: Job) -> Job:
    """Wait for a job's end and return it."""
    async for page in await container.jobs().watch(local_principal(), WatchJob(job_id=job.id)):
        if page.is_end:
            break
    return await container.store().get(job.id, project=DEFAULT_PROJECT)
