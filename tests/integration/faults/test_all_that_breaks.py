"""An API and three workers work while all they stand on breaks; seen from outside, nothing of it shows.

FAULTS=long (`make faults`) does a thousand jobs of five steps under forty disturbances, else few of both.
"""

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.faults.cluster import SLOTS, Cluster, cluster
from tests.integration.faults.customers import Customer
from tests.integration.faults.disturbances import DISTURBANCES, Scene, planned, possible, spared
from tests.integration.faults.ledger_plugin import KIND, STEPS
from tests.integration.faults.queues import FIRST, QUEUES
from tests.integration.faults.witness import Witness
from tests.services.postgres_server import PostgresServer, postgres_server
from tests.services.small_disk import a_small_disk

pytestmark = [pytest.mark.durability, pytest.mark.timeout(1_800)]

IS_LONG = os.environ.get("FAULTS") == "long"
SEED = int(os.environ.get("SEED", "20260101"))
WORKERS = 3
OF_HINTS = ["restart_the_broker", "kill_a_worker", "crash_the_database", "wipe_the_broker"]
"""What is broken in the short form with another queue than the first."""
DATABASE = "taskforce"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is broken, how much is handed in before each disturbance, and how long the rest may take."""

    disturbances: int
    jobs: int
    """Of the program."""
    missions: int
    """Asked of the API, beside all else."""
    rate: float
    """Missions a second."""
    patience: float
    megabytes: int
    """Of the disk for artifacts: all receipts have room there."""


PLAN = Plan(40, 25, 200, 1.0, 600, 64) if IS_LONG else Plan(len(DISTURBANCES), 10, 20, 2.0, 180, 4)
LEASE = 1.5
STEP = 0.5
"""Seconds."""
TOLD = ("started", *(f"told/{number}" for number in range(STEPS)), "@complete")
"""The keys of the events of each job of the program."""


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with postgres_server(is_durable=True) as server:
        server.create(DATABASE)
        yield server


@pytest.mark.parametrize("queue", QUEUES)
def test_whatever_breaks_each_accepted_job_is_done_and_each_step_is_recorded_once(
    server: PostgresServer, tmp_path: Path, queue: str
) -> None:
    names = OF_HINTS if queue != FIRST and not IS_LONG else possible(has_broker=queue != FIRST)
    plan = list(planned(SEED, PLAN.disturbances if IS_LONG else len(names), names))
    sys.stdout.write(f"SEED={SEED} {plan}\n")
    with (
        QUEUES[queue]() as broker,
        a_small_disk(tmp_path / "artifacts", megabytes=PLAN.megabytes) as disk,
        cluster(tmp_path, server, DATABASE, broker, workers=WORKERS, lease=LEASE) as machines,
    ):
        witness = Witness(machines)
        witness.begin()
        scene = Scene(machines, broker, witness, random.Random(SEED), LEASE, disk)  # noqa: S311 - the same each time
        handed_in = 0
        with Customer(machines, PLAN.missions, PLAN.rate, SEED) as customer:
            for pause, name in plan:
                spared(witness)
                handed_in += _busy(machines, witness, pause)
                begun = time.monotonic()
                DISTURBANCES[name](scene)
                sys.stdout.write(f"{name}: {time.monotonic() - begun:.1f} s, {witness.left()} jobs left\n")
        witness.all_over(seconds=PLAN.patience)
        assert customer.wrong == []
        assert customer.odd() == []
        assert machines.surprises() == []
        assert_all_is_well(machines, witness, customer, jobs=handed_in, disturbances=len(plan))


def _busy(machines: Cluster, witness: Witness, pause: float) -> int:
    """Hand in jobs until some are left after the pause; return how many were handed in."""
    for times in range(1, 11):
        machines.hand_in(PLAN.jobs, seconds=STEP)
        time.sleep(pause)
        if witness.left():
            return times * PLAN.jobs
    raise AssertionError("jobs are over before anything can break")


def assert_all_is_well(
    machines: Cluster, witness: Witness, customer: Customer, *, jobs: int, disturbances: int
) -> None:
    """Hold the customer's list, the database and the ledger outside against each other."""
    failures = witness.rows("SELECT id, kind, failure FROM jobs WHERE status <> 'succeeded'")
    assert failures == [], machines.said()
    assert witness.statuses() == {"succeeded": jobs + PLAN.missions}
    missions = witness.rows("SELECT key, made FROM idempotency")
    assert dict(missions) == customer.accepted
    assert len(set(customer.accepted.values())) == PLAN.missions

    assert witness.gaps() == []
    assert witness.strangers() == []
    logs = witness.logs()
    assert logs.pop((KIND, TOLD), 0) == jobs, logs
    assert [(kind, count) for (kind, _), count in logs.items()] == [("mission", PLAN.missions)], logs

    recorded = witness.rows(
        "SELECT j.id || '/' || s.key FROM job_steps s JOIN jobs j ON j.number = s.job"
        " WHERE s.status = 'done' AND (s.key LIKE 'step/%' OR s.key LIKE '%/run')"
    )
    entered = Counter(line.removesuffix("/run") for line in machines.ledger.read_text().split())
    assert disordered(entered) == {}
    assert {str(key).removesuffix("/run") for (key,) in recorded} == set(entered)
    assert len(recorded) == len(entered) == STEPS * (jobs + PLAN.missions)
    again = entered.total() - len(entered)
    ((taken,),) = witness.rows("SELECT count(*) FROM witness.claims WHERE was_by IS NOT NULL")
    sys.stdout.write(
        f"{len(entered)} steps, {again} done again, {taken} jobs taken over, "
        f"{len(customer.refusals())} requests put off\n"
    )
    assert again <= disturbances * WORKERS * SLOTS, again
    receipts = witness.rows("SELECT key, size FROM artifacts WHERE kind = 'receipt'")
    assert len(receipts) == jobs
    assert all((machines.artifacts / key).stat().st_size == size for key, size in receipts)


def disordered(entered: Iterable[str]) -> dict[str, list[str]]:
    """Return the jobs of the program whose steps were not entered one after the other, by first entries."""
    found: dict[str, list[str]] = {}
    for line in entered:
        job, is_step, number = line.partition("/step/")
        if is_step:
            found.setdefault(job, []).append(number)
    right = [str(number) for number in range(STEPS)]
    return {job: numbers for job, numbers in found.items() if numbers != right}
