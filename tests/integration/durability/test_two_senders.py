"""Two processes on one home: each attempt is made by one of them, and what a dead one did is taken over."""

import time
from collections import Counter
from pathlib import Path

import pytest

from taskforce.application.factory import Container
from tests.integration.durability.crash_driver import begun, forked
from tests.integration.durability.webhook_driver import tell_and_deliver
from tests.integration.webhooks.teller import hooked, idle, in_home, started
from tests.services.receiver import receiver, slow, status

pytestmark = pytest.mark.durability

JOBS, COUNT = 12, 3
SECONDS = 30.0


def told(home: Path) -> None:
    """Tell events in a process that delivers none."""

    async def tell(container: Container) -> None:
        for _ in range(JOBS):
            await started(container, COUNT)
        await idle(container)

    in_home(home, tell, foreground=True)


def test_two_processes_never_make_the_same_attempt(tmp_path: Path) -> None:
    with receiver() as there:
        hooked(tmp_path, there.url("/", behaves=slow(0.02, status(204))), concurrency=4)
        told(tmp_path)
        senders = [begun(tell_and_deliver, tmp_path) for _ in range(2)]
        for sender in senders:
            sender.join(SECONDS)
            assert sender.exitcode == 0
    counts = Counter(there.ids())
    assert len(counts) == JOBS * (COUNT + 2)
    assert set(counts.values()) == {1}
    assert there.most_at_once["/"] <= 4
    for job in {one.rpartition("/")[0] for one in counts}:
        of_job = [int(one.rpartition("/")[2]) for one in there.ids() if one.startswith(job)]
        assert of_job == list(range(1, COUNT + 3))


def test_what_a_killed_process_was_sending_goes_out_again_at_once(tmp_path: Path) -> None:
    with receiver() as there:
        hooked(tmp_path, there.url("/", behaves=slow(SECONDS, status(204))), concurrency=1)
        told(tmp_path)
        sender = begun(tell_and_deliver, tmp_path)
        end = time.monotonic() + SECONDS
        while not there.got:
            assert time.monotonic() < end
            time.sleep(0.01)
        sender.kill()
        sender.join(SECONDS)
        there.url("/", behaves=status(204))
        began = time.monotonic()
        assert forked(tell_and_deliver, tmp_path) == 0
        assert time.monotonic() - began < 15  # the lease of a minute is not waited for
    counts = Counter(there.ids())
    assert len(counts) == JOBS * (COUNT + 2)
    assert counts[there.ids()[0]] == 2
