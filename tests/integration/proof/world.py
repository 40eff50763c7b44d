"""The world outside of the jobs: where effects happen, and who remembers what was said of them."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from taskforce.core.jobs.model import Job
from taskforce.core.jobs.signals import SignalName
from taskforce.core.jobs.steps import Effect
from tests.integration.proof.audit import Finding
from tests.integration.proof.plans import Node, Surroundings, worth
from tests.integration.proof.virtual_loop import Machine, VirtualLoop

Place = tuple[str, str]
"""A job's id, the first's of those that continue each other, and a key."""


class Refused(Exception):
    """A try that fails, as planned."""


@dataclass(slots=True)
class World(Surroundings):
    loop: VirtualLoop
    owns: Callable[[Job], bool]
    """Tells whether a job is played by whom the store says; one that lost its lease may not know it yet."""
    origin: Callable[[str], str] = str
    """Returns the first of the jobs that a job continues: what they do is done once by all of them."""
    done: Counter[Place] = field(default_factory=Counter)
    tries: Counter[Place] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    _done: set[Place] = field(default_factory=set)
    _failed: set[Place] = field(default_factory=set)
    _heard: dict[Place, SignalName] = field(default_factory=dict)
    _under_way: "defaultdict[Place, list[Machine]]" = field(default_factory=lambda: defaultdict(list))

    def note(self, who: str, what: str) -> None:
        self.trace.append(f"{self.loop.time():10.6f} {who} {what}")

    def find(self, what: object) -> None:
        self.findings.append(f"at {self.loop.time():.6f}: {what}")
        self.note("!", str(what))

    async def effect(self, job: Job, node: Node) -> int:
        place = (self.origin(job.id), node.key)
        if (place in self._done or (job.id, node.key) in self._failed) and self.owns(job):
            self.find(Finding(f"{node.key} of {job.id} was reported as done and is begun again"))
        machine = self.loop.machine
        if machine is not None:
            self._under_way[place].append(machine)
        try:
            await asyncio.sleep(node.seconds / 2)
            self.tries[place] += 1
            if node.failures >= node.attempts or self.tries[place] <= node.failures:
                raise Refused(f"try {self.tries[place]} of {node.key}")
            self._happen(place, node)
            await asyncio.sleep(node.seconds / 2)
            return worth(node.key)
        finally:
            if machine is not None:
                self._under_way[place].remove(machine)

    def reported(self, job: Job, key: str, *, is_done: bool) -> None:
        if is_done:
            self._done.add((self.origin(job.id), key))
        else:
            self._failed.add((job.id, key))

    def heard(self, job: Job, key: str, name: SignalName) -> None:
        before = self._heard.setdefault((self.origin(job.id), key), name)
        self.note("world", f"hears {name} of {key}")
        if before != name:
            self.find(Finding(f"{key} of {job.id} was told {before}, and then {name}"))

    def is_under_way(self, place: Place) -> bool:
        """Tell whether somebody who is alive is in the middle of it."""
        return any(not machine.is_dead for machine in self._under_way[place])

    def _happen(self, place: Place, node: Node) -> None:
        self.done[place] += 1
        self.note("world", f"{node.key} of {place[0][-4:]}")
        if node.effect is Effect.ONCE and self.done[place] > 1:
            self.find(Finding(f"{node.key} of {place[0]} is to be done once and was done twice"))
