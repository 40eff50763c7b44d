"""Each service in turn is cut off for a while: what was accepted is done, and nothing has to be restarted.

FAULTS=long (`make faults`) cuts for 30 seconds in both manners, else for 6.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.integration.faults.cluster import Cluster, cluster
from tests.integration.faults.customers import Customer
from tests.integration.faults.ledger_plugin import STEPS
from tests.integration.faults.queues import FIRST, QUEUES
from tests.integration.faults.witness import Witness
from tests.integration.processes import until
from tests.services.postgres_server import PostgresServer
from tests.services.redis_server import redis_server
from tests.services.wires import Cut, Wire, wire_to

pytestmark = [pytest.mark.durability, pytest.mark.timeout(900)]

IS_LONG = os.environ.get("FAULTS") == "long"
SECONDS = 30.0 if IS_LONG else 6.0
HOWS = tuple(Cut) if IS_LONG else (Cut.SILENT,)
SEED = int(os.environ.get("SEED", "20260101"))
LEASE = 2.0
RATE = 4.0
JOBS = 8
STEP = 0.3
ENOUGH = 1_000_000
"""Requests a minute: they are counted, and none is too many."""


@contextmanager
def wired(
    server: PostgresServer, database: str, folder: Path, queue: str
) -> Iterator[tuple[Cluster, dict[str, Wire]]]:
    """Give a cluster that reaches each of its services by a wire, and the wires by the services' names."""
    with ExitStack() as stack:
        broker = stack.enter_context(QUEUES[queue]())
        counting = stack.enter_context(redis_server())
        targets = {"database": server.port, "limits": counting.port, "broker": broker.port}
        wires = {
            name: stack.enter_context(wire_to(port)) for name, port in targets.items() if port is not None
        }
        ports = {f"{name}_port": wires[name].port for name in ("database", "broker") if name in wires}
        limits: dict[str, Any] = {
            "rate_limit_url": f"redis://127.0.0.1:{wires['limits'].port}/0",
            "rate_limit": ENOUGH,
        }
        machines = stack.enter_context(
            cluster(folder, server, database, broker, workers=2, lease=LEASE, **limits, **ports)
        )
        yield machines, wires


@pytest.mark.parametrize("queue", QUEUES)
def test_whoever_is_cut_off_what_was_accepted_is_done_and_all_goes_on_by_itself(
    durable_postgres: PostgresServer, database: str, tmp_path: Path, queue: str
) -> None:
    with wired(durable_postgres, database, tmp_path, queue) as (machines, wires):
        witness = Witness(machines)
        witness.begin()
        processes = [machines.api.process, *(worker.process for worker in machines.workers)]
        names = wires if IS_LONG or queue == FIRST else ["broker"]
        cuts = [(name, how) for name in names for how in HOWS]
        missions = 0
        for number, (name, how) in enumerate(cuts):
            machines.hand_in(JOBS, seconds=STEP)
            count = int(RATE * (SECONDS + 1))
            with Customer(machines, count, RATE, SEED, name=f"{name}-{how.value}") as customer:
                time.sleep(0.5)
                wires[name].cut_for(SECONDS, how)
                mended = time.monotonic()
            missions += count
            witness.all_over()
            sys.stdout.write(
                f"{name} {how.value}: {dict(Counter(one.status for one in customer.answers))}, "
                f"longest {max(one.seconds for one in customer.answers):.1f} s, "
                f"all over {time.monotonic() - mended:.1f} s after it\n"
            )
            assert customer.wrong == []
            assert customer.odd() == []
            assert witness.statuses() == {"succeeded": JOBS * (number + 1) + missions}, machines.said()
            until(lambda: machines.api.ask("GET", "/health/ready").status == 200, what="readiness")
        assert all(process.is_alive for process in processes)
        assert witness.strangers() == []
        assert witness.gaps() == []
        steps = witness.rows("SELECT count(*) FROM job_steps WHERE key LIKE 'step/%' AND status = 'done'")
        assert steps == [(STEPS * JOBS * len(cuts),)]
        assert len(set(machines.ledger.read_text().split())) == STEPS * (JOBS * len(cuts) + missions)
