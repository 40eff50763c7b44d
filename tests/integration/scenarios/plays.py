"""Runs on an example plant by the services of a container, and the processes that compute."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from taskforce.application.factory import Container, close_container, open_container
from taskforce.application.scenarios.import_schemas import ImportPlant
from taskforce.application.scenarios.keeping_files import RunResult
from taskforce.application.scenarios.schemas import StartRun
from taskforce.core.identity import JobId
from taskforce.core.jobs.model import Job
from taskforce.core.principals import DEFAULT_PROJECT, local_principal
from taskforce.core.scenarios.scenario import ScenarioConfig
from taskforce.infrastructure.processes.computing import CHILD
from taskforce.settings import Settings
from tests.integration.processes import PATIENCE, ROOT, is_alive

PLANTS = ROOT / "examples" / "plants"
ME = local_principal()
LONGEST = 3 * PATIENCE
"""Seconds: who computes is polite, and comes last on a busy machine."""


@contextmanager
def a_container(home: Path, *, workers: int) -> Iterator[Container]:
    """Open a container; with workers it plays itself."""
    container = open_container(Settings(home=home, workers=workers, log_level="error", model_probe=False))
    try:
        yield container
    finally:
        close_container(container)


async def import_plant(container: Container, name: str) -> None:
    """Import an example."""
    files = {file.name: file.read_bytes() for file in (PLANTS / name).glob("*.csv")}
    await container.scenario_imports().commit(ME, ImportPlant(project_id=DEFAULT_PROJECT, files=files))


async def start(container: Container, scenario: ScenarioConfig) -> JobId:
    """Hand in a run."""
    made = await container.scenario_runs().create(ME, StartRun(project_id=DEFAULT_PROJECT, scenario=scenario))
    return JobId(made.run_id)


async def job_of(container: Container, job_id: JobId) -> Job:
    return await container.store().get(job_id, project=None)


async def job_when(
    container: Container, job_id: JobId, is_so: Callable[[Job], bool], *, seconds: float = LONGEST
) -> Job:
    """Return a job once it is so."""

    end = time.monotonic() + seconds
    while not is_so(job := await job_of(container, job_id)):
        assert not job.status.is_over, job
        assert time.monotonic() < end, job
        await asyncio.sleep(0.01)
    return job


def is_over(job: Job) -> bool:
    return job.status.is_over


def sums_of(job: Job) -> dict[str, str]:
    """Return what a run has made, each file by its SHA-256; a manifest tells the run's own id, too."""
    assert job.outcome is not None
    assert job.outcome.failure is None, job.outcome.failure
    files = RunResult.model_validate(job.outcome.result).files
    return {file.name: file.ref.sha256 for file in files if file.name != "manifest.json"}


def manifest_of(home: Path, job: Job) -> str:
    """Return a run's manifest without its id."""
    assert job.outcome is not None
    (ref,) = (
        file.ref
        for file in RunResult.model_validate(job.outcome.result).files
        if file.name == "manifest.json"
    )
    return (home / "artifacts" / ref.key).read_text().replace(job.id, "RUN")


def parts_of(home: Path, job_id: JobId) -> list[str]:
    """Return what a simulation has left in the store."""
    folder = home / "artifacts" / DEFAULT_PROJECT / job_id
    return sorted(
        str(file.relative_to(folder))
        for kind in ("state", "replication")
        for file in (folder / kind).rglob("*")
        if file.is_file()
    )


def computing_below(pid: int) -> list[int]:
    """Return the processes that compute for another one."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid and CHILD.encode() in (process / "cmdline").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return [pid for pid in found if is_alive(pid)]


def memory_of(pid: int) -> int:
    """Return the resident memory of a process, in KiB."""
    (line,) = (
        line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")
    )
    return int(line.split()[1])
