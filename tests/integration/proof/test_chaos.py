"""Real processes are killed, frozen and starved; whatever was accepted is done, and goes on by itself."""

import os
import random
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from taskforce.core.errors import Unavailable
from tests.integration.processes import until
from tests.integration.proof.homes import (
    all_over,
    assert_all_is_well,
    done,
    handed_in,
    left,
    rows,
    said,
    statuses,
)
from tests.integration.proof.ledger_driver import Work, started, workers
from tests.services.small_disk import a_small_disk, fill

pytestmark = [pytest.mark.durability, pytest.mark.timeout(900)]

IS_LONG = os.environ.get("FAULTS") == "long"
ROUNDS = 20 if IS_LONG else 1
SEED = int(os.environ.get("SEED", "20260101"))
INSTANTS = 50
MANY = 200


@pytest.mark.parametrize("seed", range(SEED, SEED + ROUNDS))
def test_workers_that_are_killed_and_frozen_at_fifty_instants_lose_and_double_nothing(
    tmp_path: Path, seed: int
) -> None:
    sys.stdout.write(f"SEED={seed}\n")
    chance = random.Random(seed)  # noqa: S311 - it is to be the same each time
    jobs, steps = 50, 40
    handed_in(tmp_path, jobs, steps=steps, seconds=0.1)
    how = Work(home=tmp_path)
    with workers(how, how, how) as processes:
        for _ in range(INSTANTS):
            time.sleep(chance.uniform(0.0, 0.4))
            spared(tmp_path)
            place = chance.randrange(len(processes))
            pid = processes[place].pid
            assert pid is not None
            if chance.random() < 0.5:
                os.kill(pid, signal.SIGSTOP)
                time.sleep(chance.choice([0.05, 0.2, 1.2]))
                os.kill(pid, signal.SIGCONT)
            else:
                processes[place].kill()
                processes[place].join(10)
                processes[place] = started(how)
        assert left(tmp_path), "the jobs were over before the chaos was"
        all_over(tmp_path)
    assert_all_is_well(tmp_path, jobs=jobs, steps=steps)
    again = done(tmp_path).total() - jobs * steps
    assert again <= INSTANTS * how.slots, f"{again} steps were done again"


def spared(home: Path) -> None:
    """Wait until no job is known to have lost a worker since its last step.

    A third loss in a row would rightly make it a dead letter: the first may be one that nobody has
    noticed yet, and the second is the one that the caller is about to bring.
    """
    for _ in range(1_000):
        if rows(home, "SELECT count(*) FROM jobs WHERE losses >= 1 AND ended_at IS NULL") == [(0,)]:
            return
        time.sleep(0.02)
    raise AssertionError("a job that lost a worker does not go on")


def test_two_workers_that_fight_for_two_hundred_jobs_on_one_file_do_each_step_once(tmp_path: Path) -> None:
    handed_in(tmp_path, MANY, steps=5, seconds=0.0)
    how = Work(home=tmp_path, lease=10)
    with workers(how, how):
        all_over(tmp_path)
    assert_all_is_well(tmp_path, jobs=MANY, steps=5)
    assert set(done(tmp_path).values()) == {1}
    assert rows(tmp_path, "SELECT DISTINCT losses, epoch FROM jobs") == [(0, 2)]


def test_a_clock_that_jumps_an_hour_forth_and_back_loses_nothing(tmp_path: Path) -> None:
    jobs, steps = 20, 16
    handed_in(tmp_path, jobs, steps=steps, seconds=0.1)
    with workers(Work(home=tmp_path), Work(home=tmp_path, jumps=SEED)):
        all_over(tmp_path)
    assert_all_is_well(tmp_path, jobs=jobs, steps=steps)


def test_a_database_that_somebody_holds_for_seconds_delays_and_loses_nothing(tmp_path: Path) -> None:
    jobs, steps = 8, 30
    handed_in(tmp_path, jobs, steps=steps, seconds=0.05)
    with workers(Work(home=tmp_path), Work(home=tmp_path)):
        for _ in range(2):
            time.sleep(0.3)
            with held(tmp_path):
                before = rows(tmp_path, "SELECT count(*) FROM job_steps")
                time.sleep(2.2)
                assert rows(tmp_path, "SELECT count(*) FROM job_steps") == before
        all_over(tmp_path)
    assert_all_is_well(tmp_path, jobs=jobs, steps=steps)


def test_a_locked_database_refuses_new_work_in_clear_words_and_goes_on_when_it_is_free(
    tmp_path: Path,
) -> None:
    jobs, steps = 4, 30
    handed_in(tmp_path, jobs, steps=steps, seconds=0.1)
    impatient = Work(home=tmp_path, busy_timeout=0.2)
    with workers(impatient, impatient):
        until(lambda: done(tmp_path), what="the first step")
        with held(tmp_path):
            time.sleep(2)
            until(lambda: "Another process writes" in said(tmp_path), what="the word that it is busy")
        all_over(tmp_path)
    assert_all_is_well(tmp_path, jobs=jobs, steps=steps)


@pytest.mark.parametrize("log", ["another/stderr", "disk/stderr"])
def test_a_full_disk_refuses_new_work_in_clear_words_and_goes_on_when_there_is_space(
    tmp_path: Path, log: str
) -> None:
    jobs, steps = 4, 40
    (tmp_path / "another").mkdir()
    with a_small_disk(tmp_path / "disk") as disk:
        home = disk / "home"
        handed_in(home, jobs, steps=steps, seconds=0.05)
        with workers(Work(home=home, ledger=tmp_path / "ledger", log=tmp_path / log)):
            until(lambda: done(tmp_path), what="the first step")
            ballast = disk / "ballast"
            filled = fill(ballast)
            with pytest.raises(Unavailable, match="disk is full"):
                handed_in(home, 500, steps=1, seconds=0.0)
            accepted = sum(statuses(home).values())
            time.sleep(2)
            assert left(home), "the jobs were over before the disk was full"
            ballast.unlink()
            all_over(home, seconds=20)
        assert filled
        assert statuses(home) == {"succeeded": accepted}
        assert set(done(tmp_path)) >= {f"job{job}/{step}" for job in range(jobs) for step in range(steps)}
    if log.startswith("another"):
        assert "disk is full" in (tmp_path / log).read_text()


@contextmanager
def held(home: Path) -> Iterator[None]:
    """Hold the database's only write lock, as another process that writes does."""
    with closing(sqlite3.connect(home / "taskforce.db", timeout=20, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
