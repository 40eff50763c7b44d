"""What happens to a cluster while it works, by name; and a plan of it that a seed makes."""

import random
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.integration.faults.cluster import Cluster
from tests.integration.faults.queues import Broker
from tests.integration.faults.witness import Witness
from tests.services.small_disk import fill


@dataclass(slots=True)
class Scene:
    """A cluster, what it stands on, and where chance comes from."""

    cluster: Cluster
    broker: Broker
    witness: Witness
    chance: random.Random
    lease: float
    disk: Path
    """The small disk that the artifacts are on."""


def kill_a_worker(scene: Scene) -> None:
    """End one as a power cut would, and start another one."""
    scene.cluster.kill(scene.chance.choice(scene.cluster.workers))
    scene.cluster.start_worker()


def kill_the_api(scene: Scene) -> None:
    """End it as a power cut would, and start another one on its port."""
    scene.cluster.kill_api()
    scene.cluster.start_api()


def freeze_a_worker(scene: Scene) -> None:
    """Stop one until its leases are over and somebody else has its jobs; then let it go on."""
    worker = scene.chance.choice(scene.cluster.workers)
    worker.process.send(signal.SIGSTOP)
    time.sleep(scene.lease + 0.7)
    worker.process.send(signal.SIGCONT)


def restart_the_broker(scene: Scene) -> None:
    """Kill it and start it again, with what it has stored."""
    scene.broker.restart(wiped=False)


def wipe_the_broker(scene: Scene) -> None:
    """Kill it and start it again with nothing: no stream, no consumer, no hint."""
    scene.broker.restart(wiped=True)


def restart_the_database(scene: Scene) -> None:
    """Shut it down as its owner would."""
    _restarted(scene, signal.SIGINT)


def crash_the_database(scene: Scene) -> None:
    """End it so that it has to recover from its log."""
    _restarted(scene, signal.SIGQUIT)


def fill_the_disk(scene: Scene) -> None:
    """Leave no room for artifacts, for longer than a lease."""
    ballast = scene.disk / "ballast"
    assert fill(ballast)
    time.sleep(scene.lease * 1.5)
    ballast.unlink()


Disturbance = Callable[[Scene], None]
DISTURBANCES: Mapping[str, Disturbance] = {
    one.__name__: one
    for one in (
        kill_a_worker,
        kill_the_api,
        freeze_a_worker,
        restart_the_broker,
        wipe_the_broker,
        restart_the_database,
        crash_the_database,
        fill_the_disk,
    )
}


OF_A_BROKER = frozenset({restart_the_broker.__name__, wipe_the_broker.__name__})


def possible(*, has_broker: bool) -> list[str]:
    """Return what can happen where there is a broker, or none."""
    return [name for name in DISTURBANCES if has_broker or name not in OF_A_BROKER]


def planned(seed: int, count: int, names: list[str]) -> Iterator[tuple[float, str]]:
    """Yield pauses in seconds and names: each comes once before one comes again."""
    chance = random.Random(seed)  # noqa: S311 - it is to be the same each time
    left: list[str] = []
    for _ in range(count):
        left = left or chance.sample(names, len(names))
        yield chance.uniform(0.1, 0.5), left.pop()


def spared(witness: Witness) -> None:
    """Wait until no job is known to have lost a worker since its last step.

    A third loss in a row would rightly make it a dead letter: the first may be one that nobody has
    noticed yet, and the second is the one that the caller is about to bring.
    """
    query = """SELECT id, kind, status, losses, epoch, lease_owner FROM jobs
               WHERE losses >= 1 AND ended_at IS NULL"""
    end = time.monotonic() + 90
    while hurt := witness.rows(query):
        assert time.monotonic() < end, (
            f"jobs that lost a worker do not go on: {hurt}\n{witness.cluster.said()}"
        )
        time.sleep(0.05)


def _restarted(scene: Scene, how: signal.Signals) -> None:
    scene.cluster.server.stop(how)
    time.sleep(scene.chance.uniform(0.0, 1.0))
    scene.cluster.server.start()
