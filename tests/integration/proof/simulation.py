"""A deterministic simulation: real workers over the real SQL, in virtual time, with seeded faults.

One seed is one history: the same programs, the same crashes, the same trace.
"""

import asyncio
import logging
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, NoReturn

import structlog

from taskforce.core.clock import Clock
from taskforce.core.identity import WorkerId
from taskforce.infrastructure.artifacts.memory import MemoryArtifactStore
from taskforce.infrastructure.system.ids import CountedIds
from taskforce.infrastructure.system.roster import MemoryRoster
from tests.integration.proof.audit import Auditor, Finding, examine
from tests.integration.proof.clocks import Clocks
from tests.integration.proof.lineage import Lineage
from tests.integration.proof.machines import Environment, Host, Network, Seams, a_host
from tests.integration.proof.outcomes import compare
from tests.integration.proof.outside import Outside
from tests.integration.proof.plans import KIND, Planned
from tests.integration.proof.virtual_disk import Disk
from tests.integration.proof.virtual_loop import Died, Machine, NothingLeft, VirtualLoop
from tests.integration.proof.world import World

LONGEST = 300.0
"""Virtual seconds after which a job that is not over counts as lost."""
HEARING = 15.0
"""Virtual seconds within which whoever watches sees that all jobs are over."""
TROUBLE = 15.0
"""Virtual seconds after which nothing is disturbed any more."""
_LEFT = "SELECT count(*) FROM jobs WHERE status IN ('queued', 'running', 'waiting')"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What came of a seed."""

    seed: int
    findings: tuple[str, ...]
    trace: tuple[str, ...]

    def count(self, word: str) -> int:
        return sum(f" {word}" in line for line in self.trace)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How bad the world is, in this seed."""

    dies_at_a_place: float
    pause: float
    """Seconds between what the monkey does, on average."""
    tells_the_dead: bool
    """Whether a worker that died is known to be dead, or its lease has to run out."""
    skew: float
    """Seconds by which a machine's clock is off, at most."""


def simulate(seed: int, seams: Seams | None = None) -> History:
    """Live one history."""
    loop = VirtualLoop()
    with Disk() as disk:
        simulation = _Simulation(seed, loop, disk, seams or Seams())
        with heard(simulation.world):
            try:
                simulation.live()
            finally:
                disk.is_gone = True
                findings, trace = tuple(simulation.world.findings), tuple(simulation.world.trace)
                loop.end()
    return History(seed=seed, findings=findings, trace=trace)


class _Simulation:
    def __init__(self, seed: int, loop: VirtualLoop, disk: Disk, seams: Seams) -> None:
        lineage = Lineage(disk)
        self.world = World(loop, lineage.owns, lineage.origin)
        self._chance = chance = Random(seed)  # noqa: S311 - it is to be the same each time
        self._loop = loop
        self._disk = disk
        self._roster = MemoryRoster()
        self._auditor = Auditor(disk, dead=lambda owner: bool(self._roster.dead([WorkerId(owner)])))
        self._faults = Faults(
            dies_at_a_place=chance.choice([0.0, 0.003, 0.01, 0.03]),
            pause=chance.uniform(0.3, 2.5),
            tells_the_dead=chance.random() < 0.5,
            skew=chance.choice([0.0, 0.0, 5.0, 3_600.0]),
        )
        self._clocks = Clocks(loop, chance, most=self._faults.skew)
        clock = self._clocks.of("door")
        self._common = Environment(
            loop=loop,
            disk=disk,
            chance=chance,
            network=Network(
                loop, chance, lost=chance.choice([0, 0.3, 1]), doubled=0.2, late=chance.uniform(0, 1)
            ),
            roster=self._roster,
            artifacts=MemoryArtifactStore(),
            ids=CountedIds(),
            programs={KIND: Planned(self.world)},
            seams=seams,
            lease=timedelta(seconds=chance.uniform(1, 4)),
        )
        self._slots = chance.randint(1, 3)
        self._hosts: list[Host] = []
        self._outside = Outside(
            self._common,
            world=self.world,
            lineage=lineage,
            door=self._common.store(lambda _: self._look(clock), clock),
            clock=clock,
            hosts=self._hosts,
        )
        self._started = 0
        self._trouble: list[asyncio.Task[None]] = []

    def live(self) -> None:
        self._loop.set_exception_handler(self._hear)
        try:
            self._loop.run_until_complete(self._live())
        except NothingLeft:
            self.world.find(Finding("everybody waits and nobody will ever be woken"))
        if not self.world.findings:
            self._examine()

    async def _live(self) -> None:
        self._hosts += [self._new_host() for _ in range(self._chance.randint(1, 3))]
        clients = [self._loop.create_task(client()) for client in self._outside.clients()]
        watching = [self._loop.create_task(watch()) for watch in self._outside.watchers()]
        others = [self._loop.create_task(work()) for work in (self._outside.answer_all, self._disturb)]
        while self._loop.time() < LONGEST and not self.world.findings:
            await asyncio.sleep(0.25)
            if all(client.done() for client in clients) and self._disk.rows(_LEFT) == [(0,)]:
                break
        else:
            if not self.world.findings:
                lost = self._disk.rows("SELECT id, status FROM jobs")
                self.world.find(Finding(f"jobs are lost: {lost}"))
        if watching and not self.world.findings:
            await asyncio.wait(watching, timeout=HEARING)
        for task in (*clients, *others, *watching):
            task.cancel()
        await asyncio.wait([*clients, *others, *watching])

    # ------------------------------------------------------------ what goes wrong

    async def _disturb(self) -> None:
        while self._loop.time() < TROUBLE:
            await asyncio.sleep(self._chance.expovariate(1 / self._faults.pause))
            host = self._chance.choice(self._hosts)
            if host.machine.is_dead or host.machine.is_still:
                continue
            faults = [self._kill, self._hold, self._hold, self._hold, self._drain]
            fault = self._chance.choice(faults + [self._set_clock] * (self._faults.skew > 0))
            self._trouble.append(self._loop.create_task(fault(host)))
        self._clocks.agree()

    async def _kill(self, host: Host) -> None:
        self._die(host.machine, "by the monkey's hand")

    async def _hold(self, host: Host) -> None:
        seconds = self._chance.uniform(0.1, 2.5) * self._common.lease.total_seconds()
        self.world.note("monkey", f"holds {host.machine.name} for {seconds:.3f}")
        host.machine.stand_still()
        await asyncio.sleep(seconds)
        host.machine.go_on(self._loop)

    async def _set_clock(self, host: Host) -> None:
        off = self._clocks.set(host.machine.name)
        self.world.note("monkey", f"sets the clock of {host.machine.name} off by {off:.3f}")

    async def _drain(self, host: Host) -> None:
        self.world.note("monkey", f"drains {host.machine.name}")
        with self._loop.acting_as(host.machine):
            drained = host.worker.drain()
        while not drained.done() and host.is_alive:  # noqa: ASYNC110 - virtual time
            await asyncio.sleep(0.1)
        self._die(host.machine, "drained")

    def _moment(self, machine: Machine, place: str) -> None:
        """Be told where a machine is; it may die there."""
        self.world.note(machine.name, place)
        if place == "disk.before_reply":
            self._look(self._clocks.of(machine.name))
        is_fatal = self._chance.random() < self._faults.dies_at_a_place
        if is_fatal and self._loop.time() < TROUBLE and not machine.is_dead:
            self._die(machine, f"at {place}")
            raise Died

    def _die(self, machine: Machine, how: str) -> None:
        if machine.is_dead:
            return
        self.world.note("monkey", f"ends {machine.name} {how}")
        machine.die()
        del self._common.network.inboxes[machine]
        if self._faults.tells_the_dead:
            self._roster.leave(WorkerId(machine.name))
        with self._loop.acting_as(None):
            self._loop.call_later(self._chance.uniform(0.05, 2), self._replace, machine)

    def _replace(self, machine: Machine) -> None:
        self._hosts[:] = [self._new_host() if host.machine is machine else host for host in self._hosts]

    def _new_host(self) -> Host:
        self._started += 1
        name = f"w{self._started}"
        clock = self._clocks.of(name)
        return a_host(name, self._slots, self._common, clock=clock, moment=self._moment)

    # ------------------------------------------------------------ what must hold

    def _look(self, clock: Clock) -> None:
        """Look at what was just written, by the clock of who wrote it."""
        now, earliest = (_microseconds(moment) for moment in (clock.now(), self._clocks.earliest()))
        try:
            self._auditor.look(now, earliest=earliest)
        except Finding as found:
            self.world.find(found)

    def _examine(self) -> None:
        try:
            examine(self._disk)
            compare(self._disk, accepted=self._outside.accepted, losses=self._auditor.losses)
            self._outside.examine()
        except Finding as found:
            self.world.find(found)

    def _hear(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if error is not None and not isinstance(error, Died):
            self.world.find(f"{context['message']}: {error!r}")


def _microseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


@contextmanager
def heard(world: World) -> Iterator[None]:
    """Let what the kernel logs be part of the trace; what it never says in good order is a finding."""

    def hear(_: object, __: str, said: MutableMapping[str, Any]) -> NoReturn:
        event = str(said["event"])
        world.note("log", f"{event} {said.get('job_id', '')[-4:]} {said.get('reason', '')}")
        if event in {"duty_failed", "play_broke_off"}:
            world.find(Finding(f"{event}: {said.get('reason')}"))
        raise structlog.DropEvent

    before = structlog.get_config()
    wrapper = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, hear], wrapper_class=wrapper)
    try:
        yield
    finally:
        structlog.configure(**before)
