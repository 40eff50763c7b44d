"""Hints of workers that were killed, or held still, go to others; those of slow ones do not."""

import signal
from datetime import timedelta
from pathlib import Path

import pytest

from tests.integration.nats.two_processes import JOB, MISSION, a_queue, taken
from tests.integration.processes import Process, script, until
from tests.services.nats_server import NatsServer

HOLDER = Path(__file__).with_name("hint_holder.py")
WAIT = 1.0


async def holding(process: Process) -> None:
    until(lambda: "held" in process.out, what="the hint")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_the_hint_of_a_lost_worker_goes_to_another(
    empty_nats: NatsServer, tmp_path: Path, how: signal.Signals
) -> None:
    wait = timedelta(seconds=WAIT)
    async with a_queue(empty_nats.url, ack_wait=wait) as other:
        await other.check()
        with script(HOLDER, tmp_path, empty_nats.url, str(WAIT)) as holder:
            other.notify("mission", JOB)
            await holding(holder)
            assert await other.wait(MISSION, timeout=2 * wait) is None, "it is kept"
            holder.send(how)
            (await taken(other)).settle()
            holder.send(signal.SIGCONT)
