"""Workers die, stand still or meet a full disk: in time others go on, and who wakes up writes nothing."""

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest

from taskforce.core.jobs.model import LOSSES_IN_A_ROW
from tests.integration.faults.cluster import SLOTS, Cluster, Member, cluster
from tests.integration.faults.ledger_plugin import STEPS
from tests.integration.faults.queues import FIRST, QUEUES
from tests.integration.faults.witness import Witness
from tests.integration.processes import until
from tests.integration.stalls import Stalls
from tests.services.postgres_server import PostgresServer
from tests.services.small_disk import a_small_disk, fill

pytestmark = [pytest.mark.durability, pytest.mark.timeout(600)]

IS_LONG = os.environ.get("FAULTS") == "long"
ROUNDS = 20 if IS_LONG else 2
LEASE = 2.0
ALLOWED = 2.0
"""Seconds after the end of a dead worker's lease within which another one has its job."""
BLUR = 0.1
"""How far, in seconds, a process may be off when it tells the server's time."""
STEP = 0.4
SLOWEST = "celery"
"""By its own means: a dead worker's message would be out of sight for an hour."""
_TAKEN = """
SELECT extract(epoch FROM at)::float8, extract(epoch FROM was_until)::float8
FROM witness.claims WHERE was_by = $1 AND job = ANY($2) AND at > to_timestamp($3)
"""


@pytest.mark.parametrize("queue", QUEUES if IS_LONG else [FIRST, SLOWEST])
def test_a_dead_workers_jobs_are_taken_over_within_its_lease_and_two_seconds(
    durable_postgres: PostgresServer, database: str, tmp_path: Path, queue: str
) -> None:
    with (
        QUEUES[queue]() as broker,
        cluster(tmp_path, durable_postgres, database, broker, workers=2, lease=LEASE) as machines,
        Stalls() as stalls,
    ):
        witness = Witness(machines)
        witness.begin()
        times: list[float] = []
        for _ in range(ROUNDS):
            machines.hand_in(SLOTS + 1, seconds=STEP)
            dead = who_plays(machines, witness)
            held = witness.held_by(dead)
            machines.kill(dead)
            killed = witness.now()
            machines.start_worker()
            witness.all_over()
            for at, over in witness.rows(_TAKEN, dead.role, held, killed):
                assert over - killed <= LEASE + BLUR, "a lease is longer than it was asked for"
                assert at >= over - BLUR, "a lease was taken before its end"
                times.append(at - killed)
        told = f"{queue}: {len(times)} taken over, in the median after {median(times):.2f} s"
        told += f", at worst after {max(times):.2f} s; nobody went on for {stalls.worst:.2f} s\n"
        sys.stdout.write(told)
        assert witness.statuses() == {"succeeded": ROUNDS * (SLOTS + 1)}
        assert len(times) >= ROUNDS
        assert max(times) <= LEASE + ALLOWED + stalls.worst


def test_who_wakes_up_after_its_lease_writes_nothing_and_goes_on_with_other_work(
    durable_postgres: PostgresServer, database: str, tmp_path: Path
) -> None:
    with (
        QUEUES[FIRST]() as broker,
        cluster(tmp_path, durable_postgres, database, broker, workers=2, lease=LEASE) as machines,
    ):
        witness = Witness(machines)
        witness.begin()
        machines.hand_in(SLOTS, seconds=STEP)
        zombie = who_plays(machines, witness)
        held = witness.held_by(zombie)
        zombie.process.send(signal.SIGSTOP)
        taken = "SELECT count(DISTINCT job) FROM witness.claims WHERE was_by = $1 AND job = ANY($2)"
        until(lambda: witness.rows(taken, zombie.role, held) == [(len(held),)], what="the take-over")
        zombie.process.send(signal.SIGCONT)
        witness.all_over()
        until(lambda: '"lost"' in zombie.process.err or "lease_lost" in zombie.process.err, what="its word")
        for other in [one for one in machines.workers if one is not zombie]:
            machines.kill(other)
        machines.hand_in(1, seconds=0.0)
        witness.all_over()
        assert_each_step_is_recorded_once(machines, witness, jobs=SLOTS + 1)


def test_a_disk_that_is_full_for_many_leases_delays_jobs_and_fails_none(
    durable_postgres: PostgresServer, database: str, tmp_path: Path
) -> None:
    with (
        QUEUES[FIRST]() as broker,
        a_small_disk(tmp_path / "artifacts") as disk,
        cluster(tmp_path, durable_postgres, database, broker, workers=1, lease=1.0) as machines,
    ):
        witness = Witness(machines)
        witness.begin()
        assert fill(disk / "ballast")
        machines.hand_in(SLOTS, seconds=0.0)
        tried = "SELECT min(epoch) > $1 AND count(*) = $2 FROM jobs WHERE ended_at IS NULL"
        until(lambda: witness.rows(tried, 2 * LOSSES_IN_A_ROW, SLOTS) == [(True,)], what="many tries")
        (disk / "ballast").unlink()
        witness.all_over()
        assert_each_step_is_recorded_once(machines, witness, jobs=SLOTS)


def who_plays(machines: Cluster, witness: Witness) -> Member:
    """Return the worker that plays the most jobs, once one has all of its places taken."""
    by_jobs: Callable[[Member], int] = lambda worker: len(witness.held_by(worker))  # noqa: E731

    def busiest() -> Member | None:
        worker = max(machines.workers, key=by_jobs)
        return worker if by_jobs(worker) > 0 else None

    return until(busiest, what="a worker with jobs")


def assert_each_step_is_recorded_once(machines: Cluster, witness: Witness, *, jobs: int) -> None:
    """See that all is done, each step by who held the job, and each log is whole."""
    assert witness.statuses() == {"succeeded": jobs}, machines.said()
    assert witness.strangers() == []
    assert witness.gaps() == []
    steps = witness.rows("SELECT count(*) FROM job_steps WHERE key LIKE 'step/%' AND status = 'done'")
    assert steps == [(STEPS * jobs,)]
    assert len(Counter(machines.ledger.read_text().split())) == STEPS * jobs
