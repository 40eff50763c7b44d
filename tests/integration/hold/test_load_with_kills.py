"""A load at 80 % of what a server can do, and the server killed again and again: nothing lost or doubled.

FAULTS=long (`make faults`) lasts ten minutes with a kill each minute, else one minute with three kills.
"""

import asyncio
import os
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.hold.load import NOTES, Load
from tests.integration.hold.served import Served, served

pytestmark = [pytest.mark.durability, pytest.mark.timeout(1_500)]

IS_LONG = os.environ.get("FAULTS") == "long"
SEED = int(os.environ.get("SEED", "20260101"))
SHARE = 0.8
WORKERS = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """How long the load lasts, how often the server is killed, and how long its capacity is measured."""

    seconds: float
    kills: int
    measured: float
    patience: float
    """Seconds after the load within which everything must have ended."""


PLAN = Plan(600, 10, 15, 300) if IS_LONG else Plan(60, 3, 5, 120)


def test_of_a_load_with_kills_every_accepted_job_ends_and_none_is_done_twice(tmp_path: Path) -> None:
    sys.stdout.write(f"SEED={SEED}\n")
    chance = random.Random(SEED)  # noqa: S311 - it is to be the same each time
    with served(tmp_path / "before" / "home", workers=WORKERS) as server:
        (tmp_path / "before").mkdir(exist_ok=True)
        capacity = asyncio.run(Load(server, tmp_path / "before", chance).capacity(PLAN.measured))
    with served(tmp_path / "home", workers=WORKERS) as server:
        load = Load(server, tmp_path, chance)
        asyncio.run(loaded(load, server, rate=SHARE * capacity, chance=chance))
        late = ended(server)
        accepted = load.accepted()
        sys.stdout.write(
            f"capacity {capacity:.0f}/s, {len(accepted)} accepted, {PLAN.kills} kills, "
            f"{load.asked_again} asked again, the last ended {late:.1f} s after the load\n"
        )
        assert load.wrong == []
        compare(server, dict(accepted))


async def loaded(load: Load, server: Served, *, rate: float, chance: random.Random) -> None:
    """Hand in missions, and kill the server once in each part of the time."""

    async def kill() -> None:
        part = PLAN.seconds / (PLAN.kills + 0.5)
        begun = time.monotonic()
        for number in range(PLAN.kills):
            await asyncio.sleep(begun + (number + chance.uniform(0.3, 1.0)) * part - time.monotonic())
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)

    async with asyncio.TaskGroup() as both:
        both.create_task(load.hand_in(rate=rate, seconds=PLAN.seconds))
        both.create_task(kill())


def ended(server: Served) -> float:
    """Wait until nothing is left to play; return how long that took."""
    begun = time.monotonic()
    while left := server.rows("SELECT status, count(*) FROM jobs WHERE ended_at IS NULL GROUP BY 1"):
        assert time.monotonic() - begun < PLAN.patience, f"left: {left}; {server.said[-3_000:]}"
        time.sleep(0.2)
    return time.monotonic() - begun


def compare(server: Served, accepted: dict[str, str]) -> None:
    """Hold the client's ledger, the store and what was done outside against each other."""
    jobs = set(accepted.values())
    assert len(jobs) == len(accepted)
    assert dict(server.rows("SELECT key, made FROM idempotency")) == accepted
    assert {job for (job,) in server.rows("SELECT id FROM jobs")} == jobs
    assert server.rows("SELECT DISTINCT status FROM jobs") == [("succeeded",)]
    assert server.rows("SELECT count(*) FROM sessions") == [(len(jobs),)]
    gaps = """SELECT j.id FROM jobs j LEFT JOIN job_events e ON e.job = j.number GROUP BY j.number
              HAVING count(*) != j.last_event OR max(e.number) != j.last_event
                     OR sum(e.type = 'started') != 1 OR sum(e.type = 'complete') != 1"""
    assert server.rows(gaps) == []
    notes = Counter((server.home / "ledger").read_text().split())
    assert len(notes) == NOTES * len(jobs)
    assert {note.split("/")[0] for note in notes} == jobs
    again = notes.total() - len(notes)  # a step that was under way when its server died
    assert again <= PLAN.kills * WORKERS * NOTES, again
