"""A run comes to the same bytes whoever plays it, and whatever dies meanwhile."""

import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from taskforce.application.factory import Container
from taskforce.core.identity import JobId
from taskforce.core.jobs.model import Job
from taskforce.core.scenarios.scenario import DispatchRule, ReleasePolicy, ScenarioConfig
from tests.integration.processes import Process, script, until
from tests.integration.scenarios.plays import (
    a_container,
    computing_below,
    import_plant,
    is_over,
    job_when,
    manifest_of,
    memory_of,
    parts_of,
    start,
    sums_of,
)

KEEPER = Path(__file__).with_name("keeper.py")
SCENARIO = ScenarioConfig(
    replications=40, seed=5, dispatch_rule=DispatchRule.ATCS, release_policy=ReleasePolicy.POLCA, wip_cards=9
)
SLACK = 24 * 1024
"""KiB that a worker may have more late in a run than early."""


def a_keeper(home: Path) -> Process:
    """Start a worker with a short lease."""
    return script(KEEPER, home, lease=1.0, workers=1)


async def at(container: Container, run: JobId, percent: float) -> Job:
    """Return a run once it has come so far."""
    return await job_when(container, run, lambda job: job.progress.percent >= percent)


@pytest.mark.parametrize("cut", [signal.SIGKILL, signal.SIGSTOP])
async def test_cut_off_twice_it_comes_to_the_bytes_of_one_that_was_left_alone(
    tmp_path: Path, cut: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_container(tmp_path, workers=0) as container:
        await import_plant(container, "high-mix")
        run = await start(container, SCENARIO)
        monkeypatch.setenv("PYTHONHASHSEED", "1")
        with a_keeper(tmp_path) as first:
            await at(container, run, 10)
            with closing(sqlite3.connect(tmp_path / "taskforce.db", timeout=30)) as ours:
                ours.execute("BEGIN IMMEDIATE")  # nobody is held still in the middle of a write
                first.send(cut)
                until(lambda: first.is_still or not first.is_alive)
                ours.rollback()
            monkeypatch.setenv("PYTHONHASHSEED", "2")
            with a_keeper(tmp_path) as second:
                taken = await job_when(container, run, lambda job: job.epoch == 2)
                assert taken.progress.percent >= 10
                (computing,) = until(lambda: computing_below(second.pid))
                await at(container, run, taken.progress.percent + 10)
                os.kill(computing, signal.SIGKILL)
                first.send(signal.SIGCONT)
                resumed = await job_when(container, run, is_over)
                first.kill()
                alone = await start(container, SCENARIO)
                await at(container, alone, 20)
                early = memory_of(second.pid)
                await at(container, alone, 90)
                assert memory_of(second.pid) < early + SLACK
                left_alone = await job_when(container, alone, is_over)
    assert resumed.epoch == left_alone.epoch + 1  # who lost a process that computes went on by itself
    assert sums_of(resumed) == sums_of(left_alone)
    assert manifest_of(tmp_path, resumed) == manifest_of(tmp_path, left_alone)
    assert parts_of(tmp_path, run) == parts_of(tmp_path, alone) == []
