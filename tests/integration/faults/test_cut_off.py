"""Each service in turn is cut off for a while: what was accepted is done, and nothing has to be restarted.

FAULTS=long (`make faults`) cuts for 30 seconds in both manners, else for 6 in one.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.integration.faults.cluster import Cluster, cluster
from tests.integration.faults.customers import LONGEST, Answered, Customer
from tests.integration.faults.ledger_plugin import RECEIPT, STEPS
from tests.integration.faults.queues import FIRST, QUEUES
from tests.integration.faults.readers import Reader
from tests.integration.faults.witness import Witness
from tests.integration.processes import until
from tests.services.postgres_server import PostgresServer
from tests.services.redis_server import redis_server
from tests.services.s3_server import S3Server
from tests.services.wires import Cut, Wire, wire_to

pytestmark = [pytest.mark.durability, pytest.mark.timeout(900)]

IS_LONG = os.environ.get("FAULTS") == "long"
SECONDS = 30.0 if IS_LONG else 6.0
HOWS: Mapping[str, Cut] = {"artifacts": Cut.REFUSED}
"""How services are cut off in the short form, where not by silence: readers wait longer than that lasts."""
SEED = int(os.environ.get("SEED", "20260101"))
LEASE = 2.0
RATE = 4.0
JOBS = 8
STEP = 0.3
ENOUGH = 1_000_000
"""Requests a minute: they are counted, and none is too many."""


@contextmanager
def wired(
    server: PostgresServer, database: str, s3: S3Server, folder: Path, queue: str
) -> Iterator[tuple[Cluster, dict[str, Wire]]]:
    """Give a cluster that reaches each of its services by a wire, and the wires by the services' names."""
    with ExitStack() as stack:
        broker = stack.enter_context(QUEUES[queue]())
        counting = stack.enter_context(redis_server())
        targets = {
            "database": server.port,
            "limits": counting.port,
            "artifacts": s3.port,
            "broker": broker.port,
        }
        wires = {
            name: stack.enter_context(wire_to(port)) for name, port in targets.items() if port is not None
        }
        ports = {f"{name}_port": wires[name].port for name in ("database", "broker") if name in wires}
        reached: dict[str, Any] = {
            "rate_limit_url": f"redis://127.0.0.1:{wires['limits'].port}/0",
            "rate_limit": ENOUGH,
            "artifacts_url": s3.url(s3.create(), port=wires["artifacts"].port),
        }
        machines = stack.enter_context(
            cluster(folder, server, database, broker, workers=2, lease=LEASE, **reached, **ports)
        )
        yield machines, wires


@pytest.mark.parametrize("queue", QUEUES)
def test_whoever_is_cut_off_what_was_accepted_is_done_and_all_goes_on_by_itself(
    durable_postgres: PostgresServer, database: str, s3: S3Server, tmp_path: Path, queue: str
) -> None:
    with wired(durable_postgres, database, s3, tmp_path, queue) as (machines, wires):
        witness = Witness(machines)
        witness.begin()
        processes = [machines.api.process, *(worker.process for worker in machines.workers)]
        names = wires if IS_LONG or queue == FIRST else ["broker"]
        cuts = [
            (name, how)
            for name in names
            for how in (tuple(Cut) if IS_LONG else (HOWS.get(name, Cut.SILENT),))
        ]
        machines.hand_in(JOBS, seconds=0.0)
        witness.all_over()
        missions = 0
        for number, (name, how) in enumerate(cuts, start=2):
            machines.hand_in(JOBS, seconds=STEP)
            count = int(RATE * (SECONDS + 1))
            with (
                Reader(machines, receipts(witness)) as reader,
                Customer(machines, count, RATE, SEED, name=f"{name}-{how.value}") as customer,
            ):
                time.sleep(0.5)
                wires[name].cut_for(SECONDS, how)
                mended = time.monotonic()
            missions += count
            witness.all_over()
            sys.stdout.write(
                f"{name} {how.value}: {told(customer.answers)}; read {told(reader.answers)}; "
                f"all over {time.monotonic() - mended:.1f} s after it\n"
            )
            assert customer.wrong == []
            assert customer.odd() == []
            assert reader.odd() == []
            assert witness.statuses() == {"succeeded": JOBS * number + missions}, machines.said()
            until(lambda: machines.api.ask("GET", "/health/ready").status == 200, what="readiness")
        assert all(process.is_alive for process in processes)
        assert witness.strangers() == []
        assert witness.gaps() == []
        jobs = JOBS * (1 + len(cuts))
        steps = witness.rows("SELECT count(*) FROM job_steps WHERE key LIKE 'step/%' AND status = 'done'")
        assert steps == [(STEPS * jobs,)]
        assert len(set(machines.ledger.read_text().split())) == STEPS * (jobs + missions)
        assert_each_receipt_is_there(machines, receipts(witness), jobs=jobs)


def receipts(witness: Witness) -> list[str]:
    """Return the artifacts that jobs of the program have left."""
    return [str(artifact) for (artifact,) in witness.rows("SELECT id FROM artifacts WHERE kind = 'receipt'")]


def assert_each_receipt_is_there(machines: Cluster, artifacts: Sequence[str], *, jobs: int) -> None:
    """See that each job has left its receipt, whole."""
    assert len(artifacts) == jobs
    with httpx2.Client(base_url=f"http://127.0.0.1:{machines.api_port}", timeout=LONGEST) as http:
        answers = [http.get(f"/api/v1/artifacts/{artifact}") for artifact in artifacts]
    assert {(answer.status_code, len(answer.content)) for answer in answers} == {(200, RECEIPT)}


def told(answers: Sequence[Answered]) -> str:
    """Return in short what was answered."""
    by_status = dict(Counter(one.status for one in answers))
    return f"{by_status}, longest {max(one.seconds for one in answers):.1f} s"
