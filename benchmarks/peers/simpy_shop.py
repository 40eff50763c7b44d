"""The shop in SimPy: machines are processes that take jobs from a priority store; failures interrupt them."""

import time
from collections.abc import Generator
from itertools import count
from math import exp, log, sqrt
from random import Random
from typing import Any

import simpy

from benchmarks import shop as model
from benchmarks.child import tell, told

SIGMA = sqrt(log(1 + model.VARIATION**2))
TIMES = 2
Steps = Generator[simpy.Event, Any, None]


class Job:
    """A job and what has become of its time."""

    __slots__ = (
        "arrived",
        "at",
        "due",
        "family",
        "number",
        "processed",
        "route",
        "set_up",
        "since",
        "waited",
    )

    def __init__(self, number: int, job: model.Job, route: list[tuple[int, float]]) -> None:
        self.number, self.route, self.due = number, route, job.due
        self.family = job.product % model.FAMILIES
        self.at = 0
        self.arrived = self.since = job.arrives
        self.waited = self.set_up = self.processed = 0.0


class Machine:
    """A machine of a group."""

    def __init__(self, floor: "Floor", name: str, group: int) -> None:
        self.floor, self.name, self.group, self.queue = floor, name, group, floor.queues[group]
        self.family: int | None = None
        self.repaired: simpy.Event | None = None
        self.process = floor.env.process(self.work())
        if floor.shop.full:
            floor.env.process(self.fail())

    def work(self) -> Steps:
        """Take the most urgent job, set up, process, pass it on."""
        floor, env = self.floor, self.floor.env
        while True:
            taken = self.queue.get()
            try:
                item = yield taken
            except simpy.Interrupt:
                taken.cancel()
                if taken.triggered:
                    self.queue.put(taken.value)
                yield self.repaired
                continue
            job: Job = item.item
            worker = (yield from self.ask()) if floor.shop.full else None
            job.waited += env.now - job.since
            setup = model.SETUPS.get((self.family, job.family)) if self.family is not None else None
            self.family = job.family
            if setup:
                floor.note("setup_started", job, self.name)
                begun = env.now
                yield from self.spend(setup)
                job.set_up += env.now - begun
                floor.note("setup_ended", job, self.name)
            floor.note("started", job, self.name)
            begun = env.now
            mean = job.route[job.at][1]
            yield from self.spend(mean * exp(floor.times.gauss(-SIGMA * SIGMA / 2, SIGMA)))
            job.processed += env.now - begun
            floor.note("ended", job, self.name)
            if worker is not None:
                floor.crew.put(worker)
            floor.pass_on(job)

    def ask(self) -> Generator[simpy.Event, Any, frozenset[int]]:
        """Wait for an operator with the skill."""
        while True:
            asked = self.floor.crew.get(lambda skills: self.group in skills)
            try:
                worker: frozenset[int] = yield asked
            except simpy.Interrupt:
                asked.cancel()
                if asked.triggered:
                    self.floor.crew.put(asked.value)
                yield self.repaired
            else:
                return worker

    def spend(self, hours: float) -> Steps:
        """Work for so long, repairs not included."""
        env = self.floor.env
        while hours > 0:
            begun = env.now
            try:
                yield env.timeout(hours)
                return
            except simpy.Interrupt:
                hours -= env.now - begun
                yield self.repaired

    def fail(self) -> Steps:
        """Fail and be repaired for ever."""
        env, chance = self.floor.env, self.floor.failures
        while True:
            yield env.timeout(chance.expovariate(1 / model.MTBF))
            self.repaired = env.event()
            self.process.interrupt()
            self.floor.note_machine("failed", self.name)
            yield env.timeout(chance.expovariate(1 / model.MTTR))
            self.floor.note_machine("repaired", self.name)
            self.repaired.succeed()


class Floor:
    """All of it."""

    def __init__(self, shop: model.Shop, *, seed: int, timeline: bool) -> None:
        self.shop, self.env = shop, simpy.Environment()
        self.times, self.failures, self.quality = (Random(f"{seed}/{name}") for name in "tfq")  # noqa: S311
        self.queues = [simpy.PriorityStore(self.env) for _ in range(model.GROUPS)]
        self.crew = simpy.FilterStore(self.env)
        self.crew.items.extend(model.CREW)
        self.machines = [
            Machine(self, f"m{group}-{at}", group)
            for group in range(model.GROUPS)
            for at in range(model.MACHINES)
        ]
        self.lines: list[tuple[float, str, str, str, int]] | None = [] if timeline else None
        self.over: list[Job] = []
        self.lead = 0.0
        self.done = 0
        self.order = count()
        self.left = len(shop.jobs)
        self.ended = self.env.event()
        self.env.process(self.arrive())

    def arrive(self) -> Steps:
        """Let all jobs come."""
        for number, job in enumerate(self.shop.jobs):
            yield self.env.timeout(job.arrives - self.env.now)
            arrived = Job(number, job, self.shop.routes[job.product])
            self.note("arrived", arrived, "")
            self.note("released", arrived, "")
            self.put(arrived)

    def put(self, job: Job) -> None:
        """Let a job join the queue of its step."""
        job.since = self.env.now
        self.note("queued", job, "")
        item = simpy.PriorityItem((job.due, next(self.order)), job)
        self.queues[job.route[job.at][0]].put(item)

    def pass_on(self, job: Job) -> None:
        """Let a job go on to its next step, again to this one, or away."""
        if self.shop.full and self.quality.random() >= model.YIELD:
            if self.quality.random() >= model.REWORK:
                self.note("scrapped", job, "")
                self.leave(job)
                return
            self.note("reworked", job, "")
        else:
            job.at += 1
        if job.at < len(job.route):
            self.put(job)
        else:
            self.note("completed", job, "")
            self.lead += self.env.now - job.arrived
            self.done += 1
            self.leave(job)

    def leave(self, job: Job) -> None:
        """Count a job out."""
        self.over.append(job)
        self.left -= 1
        if not self.left:
            self.ended.succeed()

    def note(self, event: str, job: Job, machine: str) -> None:
        """Write a line of the timeline."""
        if self.lines is not None:
            self.lines.append((self.env.now, event, str(job.number), machine, job.at))

    def note_machine(self, event: str, machine: str) -> None:
        """Write what happens to a machine."""
        if self.lines is not None:
            self.lines.append((self.env.now, event, "", machine, 0))


def main() -> None:
    """Simulate what is told, with a timeline and without."""
    asked = told()
    shop = model.plant(asked["plant"], asked["jobs"])
    told_first: list[float] = []
    plain: list[float] = []
    walls: list[float] = []
    leads: list[float] = []
    for number in [*range(asked["replications"])] * TIMES:
        begun, wall = time.process_time(), time.perf_counter()
        floor = Floor(shop, seed=asked["seed"] + number, timeline=number == 0)
        floor.env.run(until=floor.ended)
        (plain if number else told_first).append(time.process_time() - begun)
        walls.append(time.perf_counter() - wall)
        leads.append(floor.lead / floor.done)
    jobs = asked["jobs"]
    tell(
        told_jobs_per_s=jobs / min(told_first),
        jobs_per_s=jobs / min(plain or told_first),
        wall_jobs_per_s=jobs * len(walls) / sum(walls),
        told_seconds=min(told_first),
        lead=sum(leads) / len(leads),
    )


if __name__ == "__main__":
    main()
