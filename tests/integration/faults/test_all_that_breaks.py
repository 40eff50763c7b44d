"""An API and three workers work while all they stand on breaks; seen from outside, nothing of it shows.

FAULTS=long (`make faults`) does a thousand jobs of five steps under forty disturbances, else there are few of both.
"""

import asyncio
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from taskforce import Taskforce
from taskforce.settings import Settings
from tests.integration.faults.cluster import DATABASE, SLOTS, Cluster, cluster
from tests.integration.faults.customers import Customer
from tests.integration.faults.disturbances import DISTURBANCES, Scene, planned
from tests.integration.faults.ledger_plugin import KIND, STEPS, LedgerProgram
from tests.integration.faults.queues import QUEUES
from tests.integration.faults.witness import Witness
from tests.services.postgres_server import PostgresServer, postgres_server
from tests.services.small_disk import a_small_disk

pytestmark = [pytest.mark.durability, pytest.mark.timeout(1_800)]

IS_LONG = os.environ.get("FAULTS") == "long"
SEED = int(os.environ.get("SEED", "20260101"))
WORKERS = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is done, how much is broken meanwhile, and how long the rest may take."""

    jobs: int
    """Of the program, handed in before."""
    missions: int
    """Asked of the API meanwhile."""
    rate: float
    """Missions a second."""
    seconds: float
    """How long a step of the program takes."""
    disturbances: int
    patience: float


PLAN = Plan(700, 300, 2.0, 1.0, 40, 600) if IS_LONG else Plan(60, 20, 2.0, 0.3, len(DISTURBANCES), 180)
LEASE = 2.0


@pytest.fixture
def database() -> Iterator[PostgresServer]:
    with postgres_server(is_durable=True) as server:
        server.create(DATABASE)
        yield server


@pytest.mark.parametrize("queue", QUEUES)
def test_whatever_breaks_each_accepted_job_is_done_and_each_step_is_recorded_once(
    database: PostgresServer, tmp_path: Path, queue: str
) -> None:
    plan = list(planned(SEED, PLAN.disturbances, list(DISTURBANCES)))
    sys.stdout.write(f"SEED={SEED} {plan}\n")
    with (
        QUEUES[queue]() as broker,
        a_small_disk(tmp_path / "artifacts") as disk,
        cluster(tmp_path, database, broker, workers=WORKERS, lease=LEASE) as machines,
    ):
        witness = Witness(database)
        witness.begin()
        asyncio.run(handed_in(machines, PLAN.jobs))
        scene = Scene(machines, broker, witness, random.Random(SEED), LEASE, disk)  # noqa: S311 - the same each time
        with Customer(machines, PLAN.missions, PLAN.rate, SEED) as customer:
            for pause, name in plan:
                time.sleep(pause)
                begun = time.monotonic()
                DISTURBANCES[name](scene)
                sys.stdout.write(f"{name}: {time.monotonic() - begun:.1f} s, {witness.left()} jobs left\n")
        assert witness.left(), "the jobs were over before all was broken"
        all_over(machines, witness)
        assert customer.wrong == []
        assert customer.odd() == []
        assert_all_is_well(machines, witness, customer)


async def handed_in(machines: Cluster, count: int) -> None:
    """Hand in jobs of the program, as an application that embeds Taskforce does."""
    url = machines.database.url(DATABASE)
    settings = Settings(home=machines.folder / "door", workers=0, database_url=url, **machines.settings)
    async with Taskforce.open(settings, programs=[LedgerProgram()]) as tf:
        asked = {"ledger": str(machines.ledger), "seconds": PLAN.seconds}
        await asyncio.gather(*(tf.start(KIND, asked) for _ in range(count)))


def all_over(machines: Cluster, witness: Witness) -> None:
    """Wait until no job is left to play."""
    end = time.monotonic() + PLAN.patience
    while witness.left():
        assert time.monotonic() < end, f"{witness.statuses()}\n{machines.said()}"
        time.sleep(0.2)


def assert_all_is_well(machines: Cluster, witness: Witness, customer: Customer) -> None:
    """Hold the customer's list, the database and the ledger outside against each other."""
    failures = witness.rows("SELECT id, kind, failure FROM jobs WHERE status <> 'succeeded'")
    assert failures == [], machines.said()
    assert witness.statuses() == {"succeeded": PLAN.jobs + PLAN.missions}
    missions = witness.rows("SELECT key, made FROM idempotency")
    assert dict(missions) == customer.accepted
    assert len(set(customer.accepted.values())) == PLAN.missions

    assert witness.gaps() == []
    assert witness.strangers() == []
    logs = witness.logs()
    assert sorted((kind, count) for (kind, _), count in logs.items()) == [
        (KIND, PLAN.jobs),
        ("mission", PLAN.missions),
    ], logs

    recorded = witness.rows(
        "SELECT j.id || '/' || s.key FROM job_steps s JOIN jobs j ON j.number = s.job"
        " WHERE s.status = 'done' AND (s.key LIKE 'step/%' OR s.key LIKE '%/run')"
    )
    entered = Counter(line.removesuffix("/run") for line in machines.ledger.read_text().split())
    assert {str(key).removesuffix("/run") for (key,) in recorded} == set(entered)
    assert len(recorded) == len(entered) == STEPS * (PLAN.jobs + PLAN.missions)
    again = entered.total() - len(entered)
    sys.stdout.write(f"{len(entered)} steps, {again} done again, {len(customer.refusals())} times put off\n")
    assert again <= PLAN.disturbances * WORKERS * SLOTS, again
    receipts = witness.rows("SELECT key, size FROM artifacts WHERE kind = 'receipt'")
    assert len(receipts) == PLAN.jobs
    assert all((machines.artifacts / key).stat().st_size == size for key, size in receipts)
