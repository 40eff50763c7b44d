"""Pruning that dies on the way, or is done by two at once: what can be seen is whole, in the end all goes."""

import asyncio
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from taskforce.application.jobs.erasing import ROWS
from tests.integration.durability.old_home import OldHome
from tests.integration.processes import said, taskforce, until

NOTHING = dict.fromkeys(("jobs", "job_inputs", "job_events", "job_steps", "job_waits", "artifacts"), 0)


@pytest.fixture
def old(tmp_path: Path) -> OldHome:
    return OldHome(tmp_path)


@pytest.mark.durability
@pytest.mark.parametrize("left", [95, 50, 5])
async def test_one_that_is_killed_leaves_whole_jobs_and_the_next_one_finishes(
    old: OldHome, left: int
) -> None:
    await old.fill(jobs=100, events=20, chain=5)
    with taskforce(old.home, "prune", "--older-than", "1d", synchronous="NORMAL") as pruning:
        until(lambda: old.files() <= left, what="the pruning")
        pruning.kill()
    assert await old.check() % 5 == 0  # a family goes whole
    ended = said(old.home, "prune", "--older-than", "1d", synchronous="NORMAL")
    assert ended.code == 0, ended.err
    assert (old.rows(), old.files()) == (NOTHING, 0)


@pytest.mark.durability
async def test_two_at_once_remove_each_thing_once_and_leave_what_is_young(old: OldHome) -> None:
    await old.fill(jobs=60, chain=3)
    young = await old.fill(jobs=2, at=datetime.now(UTC))
    words = ("jobs", "prune", "--older-than", "30d", "--json")
    with taskforce(old.home, *words) as first, taskforce(old.home, *words) as second:
        both = [process.wait() for process in (first, second)]
    assert [(ended.code, ended.err) for ended in both] == [(0, "")] * 2
    assert sum(json.loads(ended.out)["jobs"] for ended in both) == 60
    assert (old.rows()["jobs"], old.files(), await old.check()) == (len(young), len(young), len(young))


@pytest.mark.durability
async def test_a_long_job_is_removed_in_pieces_between_which_others_write(old: OldHome) -> None:
    await old.fill(jobs=1, events=ROWS * 20)
    left: set[int] = set()
    with taskforce(old.home, "prune", "--older-than", "1d", synchronous="NORMAL") as pruning:
        other = sqlite3.connect(old.home / "taskforce.db", timeout=20, isolation_level=None)
        while pruning.is_alive:
            other.execute("BEGIN IMMEDIATE")
            left.add(other.execute("SELECT count(*) FROM job_events").fetchone()[0])
            other.execute("ROLLBACK")
            await asyncio.sleep(0.001)
        other.close()
        assert pruning.wait().code == 0
    assert old.rows() == NOTHING
    assert len(left) > 2, "others wrote while a part of it was left"
