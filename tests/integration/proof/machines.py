"""Virtual machines with real workers on them, and the network between them, which promises nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from taskforce.application.jobs.checkpoints import Kernel
from taskforce.application.jobs.companion import Nobody
from taskforce.application.jobs.player import Player
from taskforce.application.jobs.poller import LogPoller
from taskforce.application.jobs.recovery import Recovery
from taskforce.application.jobs.throttles import Throttles
from taskforce.application.jobs.watch import LogFollower
from taskforce.application.jobs.worker import Worker
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.clock import Clock
from taskforce.core.identity import IdSource, JobId, WorkerId
from taskforce.core.jobs.ports import Hint, JobQueue, JobStore, Probe, WorkerRoster
from taskforce.core.jobs.program import Program
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.feeds.in_process import InProcessFeed
from taskforce.infrastructure.jobs.sql import SqlJobStore
from taskforce.infrastructure.queues.in_process import InProcessQueue
from taskforce.infrastructure.telemetry.silent import SilentTracer
from tests.integration.proof.virtual_disk import Disk, Moment, VirtualDatabase
from tests.integration.proof.virtual_loop import Machine, VirtualLane, VirtualLoop


def sql_store(database: Database, clock: Clock) -> JobStore:
    return SqlJobStore(database, clock, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seams:
    """Where a mutant is put in."""

    database: type[VirtualDatabase] = VirtualDatabase
    store: Callable[[Database, Clock], JobStore] = sql_store


@dataclass(slots=True)
class Network:
    """Carries hints: some are lost, some doubled, some late."""

    loop: VirtualLoop
    chance: Random
    lost: float
    doubled: float
    late: float
    inboxes: dict[Machine, JobQueue] = field(default_factory=dict)

    def spread(self, kind: str) -> None:
        for machine, inbox in self.inboxes.items():
            copies = 0 if self.chance.random() < self.lost else 1
            copies += self.chance.random() < self.doubled
            for _ in range(copies):
                with self.loop.acting_as(machine):
                    self.loop.call_later(self.chance.uniform(0, self.late), inbox.notify, kind)

    def loses(self) -> bool:
        """Tell whether it loses what it is given now."""
        return self.chance.random() < self.lost


class NetworkQueue(JobQueue):
    """A machine's door to the network."""

    def __init__(self, network: Network, machine: Machine) -> None:
        self._network = network
        self._inbox = InProcessQueue()
        network.inboxes[machine] = self._inbox

    def notify(self, kind: str, job_id: JobId | None = None) -> None:
        self._network.spread(kind)

    async def wait(self, kinds: frozenset[str], *, timeout: timedelta) -> Hint | None:
        return await self._inbox.wait(kinds, timeout=timeout)

    async def check(self) -> None:
        return


class ForgetfulFeed(InProcessFeed):
    """What plays say of a job to the watchers of their machine; some of it is forgotten on the way."""

    def __init__(self, network: Network, watchers: InProcessFeed) -> None:
        super().__init__()
        self._network = network
        self._watchers = watchers

    def moved(self, job_id: JobId) -> None:
        if not self._network.loses():
            self._watchers.moved(job_id)


class MomentProbe(Probe):
    """A probe that tells the simulation where its machine is."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment

    def reach(self, place: str) -> None:
        self._moment(place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What all machines have in common."""

    loop: VirtualLoop
    disk: Disk
    chance: Random
    network: Network
    roster: WorkerRoster
    artifacts: ArtifactStore
    ids: IdSource
    programs: dict[str, Program]
    seams: Seams
    lease: timedelta

    def store(self, moment: Moment, clock: Clock) -> JobStore:
        """Return a store of its own, as each process has one."""
        database = self.seams.database(self.disk, chance=self.chance, moment=moment)
        return self.seams.store(database, clock)


@dataclass(frozen=True, slots=True, eq=False)
class Host:
    """A machine and the worker on it, which is the real one."""

    machine: Machine
    worker: Worker
    follower: LogFollower

    @property
    def is_alive(self) -> bool:
        return not self.machine.is_dead


def _as_it_is(store: JobStore, _: Moment) -> JobStore:
    return store


def a_host(
    name: str,
    slots: int,
    common: Environment,
    *,
    clock: Clock,
    moment: Callable[[Machine, str], None],
    watched: Callable[[JobStore, Moment], JobStore] = _as_it_is,
) -> Host:
    """Start a machine with a worker."""
    machine = Machine(name)

    def here(place: str) -> None:
        moment(machine, place)

    store = watched(common.store(here, clock), here)
    queue = NetworkQueue(common.network, machine)
    watchers = InProcessFeed()
    feed = ForgetfulFeed(common.network, watchers)
    kernel = Kernel(
        store=store,
        artifacts=common.artifacts,
        feed=feed,
        clock=clock,
        ids=common.ids,
        probe=MomentProbe(here),
        throttle=Throttles(common.programs).of,
        lease=common.lease,
    )
    worker = Worker(
        name=lambda: WorkerId(name),
        store=store,
        queue=queue,
        feed=feed,
        roster=common.roster,
        player=Player(kernel=kernel, programs=common.programs, tracer=SilentTracer()),
        recovery=Recovery(store=store, queue=queue, roster=common.roster),
        poller=LogPoller(store=store, feed=watchers),
        slots=slots,
        lease=common.lease,
        foreground=False,
        grace=timedelta(seconds=2),
        companion=Nobody(),
        lane=lambda _: VirtualLane(common.loop),
    )
    with common.loop.acting_as(machine):
        worker.start()
    return Host(machine, worker, LogFollower(store=store, feed=watchers))
