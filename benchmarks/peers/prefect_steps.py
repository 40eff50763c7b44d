"""The graph of no-op steps as a flow of Prefect on its own local server with SQLite.

As shipped its tasks are functions in threads. Tuned they are coroutines, and nothing is logged or cached.
Prefect 3 tells its server of tasks beside the flow, which may be over long before its record is: so it is
timed until the flow has all results, and until the server has all steps as completed.
"""

import asyncio
import os
import subprocess
import time
from pathlib import Path

from benchmarks.child import tell, told
from benchmarks.graph import ALL, DOES_NOTHING, SIDE_BY_SIDE, STEPS, TASKS

asked = told()
QUIET = {"PREFECT_LOGGING_LEVEL": "CRITICAL", "PREFECT_LOGGING_TO_API_ENABLED": "false"}
os.environ |= {
    "PREFECT_HOME": asked["folder"],
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}
os.environ |= QUIET if asked["tuned"] else {}

from prefect import flow, runtime, task  # noqa: E402 - it reads the environment when it is imported
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.client.orchestration import get_client  # noqa: E402
from prefect.client.schemas import filters  # noqa: E402
from prefect.client.schemas.sorting import TaskRunSort  # noqa: E402
from prefect.task_runners import ThreadPoolTaskRunner  # noqa: E402


@task
def step() -> None:
    """Start the program that does nothing."""
    subprocess.run([DOES_NOTHING], check=True)


@task
def project() -> None:
    """Do the steps of a task in order."""
    for _ in range(STEPS):
        step()


@flow(task_runner=ThreadPoolTaskRunner(max_workers=SIDE_BY_SIDE))
def shipped() -> tuple[float, float]:
    """Do all; tell when that is done and when it is recorded."""
    begun = time.perf_counter()
    for future in [project.submit() for _ in range(TASKS)]:
        future.result()
    done = time.perf_counter() - begun
    _wait_for_record("step", runtime.flow_run.id)
    return done, time.perf_counter() - begun


@task(cache_policy=NO_CACHE, persist_result=False)
async def quick_step() -> None:
    """Start the program that does nothing."""
    program = await asyncio.create_subprocess_exec(DOES_NOTHING)
    if await program.wait():
        raise SystemExit("a program that does nothing failed")


@flow(persist_result=False)
async def tuned() -> tuple[float, float]:
    """Do all; tell when that is done and when it is recorded."""
    begun = time.perf_counter()
    places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def quick_project() -> None:
        async with places:
            for _ in range(STEPS):
                await quick_step()

    await asyncio.gather(*(quick_project() for _ in range(TASKS)))
    done = time.perf_counter() - begun
    await asyncio.to_thread(_wait_for_record, "quick_step", runtime.flow_run.id)
    return done, time.perf_counter() - begun


def _wait_for_record(name: str, run: str) -> None:
    """Wait until the server has all steps of a run as completed."""
    asked_for = {
        "flow_run_filter": filters.FlowRunFilter(id={"any_": [run]}),
        "task_run_filter": filters.TaskRunFilter(
            name={"like_": f"{name}-"}, state={"type": {"any_": ["COMPLETED"]}}
        ),
        "sort": TaskRunSort.ID_DESC,
        "limit": ALL,
    }
    with get_client(sync_client=True) as client:
        while len(client.read_task_runs(**asked_for)) < ALL:
            time.sleep(0.1)


def main() -> None:
    """Run it once."""
    Path(asked["folder"]).mkdir(parents=True, exist_ok=True)
    done, recorded = asyncio.run(tuned()) if asked["tuned"] else shipped()
    tell(done=done, seconds=recorded, whole=time.time() - asked["begun"])


if __name__ == "__main__":
    main()
