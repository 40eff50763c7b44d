"""What a home holds, read from its store; and logs made comparable."""

import asyncio
import json
import re
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from taskforce.application.factory import Container, close_container, open_container
from taskforce.core.identity import JobId
from taskforce.core.jobs.events import RecordedEvent
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import JobFilter
from taskforce.core.paging import Page
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.settings import Settings

T = TypeVar("T")
Line = tuple[int, str, str, Any]
"""Number, type, message and details of an event."""

ALL = 10_000
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
HOST = re.compile(r"(127\.0\.0\.1|localhost):\d+")


def looked_up(home: Path, look: Callable[[Container], Coroutine[Any, Any, T]]) -> T:
    """Open a home without a worker, look something up, close it; whether an event loop runs here or not."""
    container = open_container(Settings(home=home, workers=0))
    try:
        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(asyncio.run, look(container)).result()
    finally:
        close_container(container)


def jobs_of(home: Path) -> list[Job]:
    """Return all jobs, oldest first."""

    async def look(container: Container) -> list[Job]:
        found = await container.store().list(JobFilter(project=DEFAULT_PROJECT), Page(limit=ALL))
        return list(reversed(found.items))

    return looked_up(home, look)


def job_of(home: Path) -> Job:
    """Return the only job there is."""
    jobs = jobs_of(home)
    assert len(jobs) == 1
    return jobs[0]


def log_of(home: Path, job_id: JobId) -> tuple[RecordedEvent, ...]:
    """Return a job's whole log."""
    return looked_up(home, lambda container: container.store().events(job_id, after=0, limit=ALL))


def lines_of(home: Path, job_id: JobId, *paths: Path) -> list[Line]:
    """Return a job's log less ids, times and places."""
    told = [(event.number, event.event) for event in log_of(home, job_id)]
    lines = [[number, event.type, event.message, event.details] for number, event in told]
    return [tuple(line) for line in comparable(lines, home, *paths)]


def comparable(value: Any, *paths: Path) -> Any:  # noqa: ANN401 - any JSON
    """Return a JSON value in which ids, times, hosts and these folders have names, the same ones each time.

    Ids are numbered as they come, so that two values stay different where the same id is not the same.
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    for place, path in enumerate(paths, start=1):
        text = text.replace(str(path.resolve()), f"<folder {place}>").replace(str(path), f"<folder {place}>")
    names: dict[str, str] = {}
    text = ID.sub(lambda found: names.setdefault(found.group(), f"<id {len(names) + 1}>"), text)
    return json.loads(HOST.sub("<host>", MOMENT.sub("<time>", text)))
