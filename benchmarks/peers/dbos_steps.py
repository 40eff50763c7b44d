"""Durable steps, DBOS: many workflows at once, one alone, and the recovery of a long one."""

import os
import sqlite3
import time
from pathlib import Path
from statistics import median

from dbos import DBOS, DBOSConfig, SetWorkflowID

from benchmarks.child import tell, told
from benchmarks.payload import JOBS, STEPS, step_output

asked = told()
FILE = Path(asked["folder"]) / "dbos.sqlite"
LONG = "long"


@DBOS.step()
def one(number: int) -> dict[str, object]:
    """Give a step's output."""
    return step_output(number)


@DBOS.workflow()
def steps(count: int) -> float:
    """Do so many steps, and tell how long that took."""
    begun = time.perf_counter()
    for number in range(count):
        one(number)
    return time.perf_counter() - begun


@DBOS.workflow()
def long() -> int:
    """Do as many steps as this process was told; while it is prepared, die behind the last one."""
    for number in range(asked["steps"]):
        one(number)
    if asked["case"] == "prepare":
        _multiply()
        tell(steps=asked["total"])
        os._exit(0)
    return int(asked["steps"])


def many(batches: int) -> None:
    """Run batches of workflows side by side."""
    seconds = []
    for _ in range(batches + 1):  # the first one warms up
        begun = time.perf_counter()
        handles = [DBOS.start_workflow(steps, STEPS) for _ in range(JOBS)]
        for handle in handles:
            handle.get_result()
        seconds.append(time.perf_counter() - begun)
    tell(steps_per_s=JOBS * STEPS / median(seconds[1:]))


def alone(batches: int) -> None:
    """Run one workflow after the other."""
    seconds = [steps(STEPS) for _ in range(batches + 1)]
    tell(ms_per_step=1_000 * median(seconds[1:]) / STEPS)


def recover() -> None:
    """Recover the workflow that its dead executor left, and wait for its end."""
    begun = time.perf_counter()
    (handle,) = DBOS._recover_pending_workflows(["prepared"])  # noqa: SLF001 - DBOS has no other word for it
    handle.get_result()
    tell(seconds=time.perf_counter() - begun)


def _multiply() -> None:
    """Record the rest by copying rows: the same as steps would have left, in less time."""
    with sqlite3.connect(FILE, timeout=30) as file:
        names = [row[1] for row in file.execute("PRAGMA table_info(operation_outputs)")]
        others = ", ".join(name for name in names if name != "function_id")
        (found,) = file.execute("SELECT count(*) FROM operation_outputs").fetchone()
        for shift in range(found, asked["total"], found):
            file.execute(
                f"INSERT INTO operation_outputs (function_id, {others}) "  # noqa: S608 - names of columns
                f"SELECT function_id + ?, {others} FROM operation_outputs WHERE function_id <= ?",
                (shift, found),
            )


def main() -> None:
    """Do what is told."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    if asked.get("wal"):
        with sqlite3.connect(FILE) as file:
            file.execute("PRAGMA journal_mode = WAL")
    config: DBOSConfig = {
        "name": "bench",
        "system_database_url": asked.get("url") or f"sqlite:///{FILE}",
        "application_version": "bench",
        "executor_id": "prepared" if asked["case"] == "prepare" else "measured",
        "run_admin_server": False,
        "log_level": "ERROR",
    }
    DBOS(config=config)
    DBOS.launch()
    if asked["case"] == "many":
        many(asked["batches"])
    elif asked["case"] == "alone":
        alone(asked["batches"])
    elif asked["case"] == "prepare":
        with SetWorkflowID(LONG):
            long()
    else:
        recover()
    DBOS.destroy()


if __name__ == "__main__":
    main()
