"""The plant that is simulated, as plain data: ours and the peers build theirs from it.

Eight groups of two machines in a job shop; eight products in four families, each with eight steps through
all groups in an order of its own; lognormal times; setups between families; jobs come one by one and are
taken by earliest due date. The whole shop has operators with skills, failures and rework besides.
"""

from dataclasses import dataclass
from itertools import permutations
from random import Random

GROUPS = 8
MACHINES = 2
FAMILIES = 4
VARIATION = 0.5
"""Coefficient of variation of a process time."""
SETUPS = {pair: 0.1 + 0.05 * (sum(pair) % 3) for pair in permutations(range(FAMILIES), 2)}
"""Hours by family before and family next."""
GAP, ALLOWED = 0.95, 40.0
"""Mean hours between jobs, and hours from arrival to due date."""
MTBF, MTTR = 60.0, 3.0
YIELD, REWORK = 0.97, 0.5
CREW = [frozenset({at % 8, (at + 1) % 8, (at + 3) % 8}) for at in range(16)]
"""The groups that each operator can work in."""


@dataclass(frozen=True, slots=True)
class Job:
    """A row of demand."""

    product: int
    arrives: float
    due: float


@dataclass(frozen=True, slots=True)
class Shop:
    """The plant and its demand."""

    routes: list[list[tuple[int, float]]]
    """Of each product: group and mean hours of each step. Its family is its number modulo the families."""
    jobs: list[Job]
    full: bool


def plant(name: str, jobs: int) -> Shop:
    """Return a plant by name: whole, plain or line; it is always the same one."""
    return line(jobs) if name == "line" else shop(jobs, full=name == "whole")


def shop(jobs: int, *, full: bool) -> Shop:
    """Return the job shop."""
    chance = Random(7)  # noqa: S311 - no secret
    routes = [
        [(group, 1.0 + 0.1 * chance.randrange(5)) for group in chance.sample(range(GROUPS), GROUPS)]
        for _ in range(2 * FAMILIES)
    ]
    demand = []
    now = 0.0
    for _ in range(jobs):
        now += chance.expovariate(1 / GAP)
        demand.append(Job(chance.randrange(2 * FAMILIES), now, now + ALLOWED))
    return Shop(routes, demand, full)


def line(jobs: int) -> Shop:
    """Return a plain flow line of so many jobs of one product, which every peer can express."""
    chance = Random(8)  # noqa: S311 - no secret
    demand = []
    now = 0.0
    for _ in range(jobs):
        now += chance.expovariate(1 / GAP)
        demand.append(Job(0, now, now + ALLOWED))
    return Shop([[(group, 1.4) for group in range(GROUPS)]], demand, full=False)
