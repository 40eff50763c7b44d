"""Capacity: what a load comes to in rows, bytes, connections and workers, and which wall it meets first.

No clock is read, and the seed says what is random: the same load gives the same figures.
`benchmarks.capacity_page` writes them into docs/explanation/capacity.md.
"""

import heapq
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random

from benchmarks.unit_costs import HINTS_PER_S, REPLAYED_PER_S, STREAMS, UnitCosts

DAY = 86_400.0
HOUR = 3_600.0
FULL = 0.7
"""The share of a wall that is used in the busiest hour; the rest is for what nobody planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is asked of an installation. Bytes are of JSON as it is stored."""

    name: str
    jobs_per_day: float
    peak: float = 3.0
    """The busiest hour by the mean one."""
    steps: int = 10
    events_per_step: float = 1.0
    input_bytes: float = 500
    step_bytes: float = 300
    event_bytes: float = 300
    hints_per_step: float = 100
    """Tokens and lines of logs that are shown live: sent, never stored."""
    watchers: float = 1.0
    """Streams open on a job that runs."""
    step_seconds: float = 3.0
    spread: float = 1.0
    """Standard deviation of a job's time by its mean."""
    kept_days: float = 90

    @property
    def job_seconds(self) -> float:
        """Return the mean time that a job takes a place for."""
        return self.steps * self.step_seconds

    @property
    def peak_jobs_per_s(self) -> float:
        """Return the arrivals of the busiest hour."""
        return self.peak * self.jobs_per_day / DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What there is to carry it: one shard."""

    costs: UnitCosts
    disk_bytes: float = 1e12
    log_bytes_per_s: float = 100e6
    connections: int = 200
    pool: int = 8
    doors: int = 2
    places: int = 8
    """Jobs at once in a worker's process (TASKFORCE_WORKERS)."""
    lease: float = 30.0
    patience: float = 1.0
    """Seconds that a job may wait for a place, on average, in the busiest hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """Something that ends: how much of it is asked for, and how much there is."""

    name: str
    asked: float
    there: float
    unit: str

    @property
    def share(self) -> float:
        """Return how much of it is used."""
        return self.asked / self.there


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows by table."""

    jobs: float
    job_inputs: float
    job_steps: float
    job_events: float

    @property
    def all(self) -> float:
        """Return their sum."""
        return self.jobs + self.job_inputs + self.job_steps + self.job_events


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a load comes to in a house."""

    load: Load
    house: House
    rows_a_job: Rows
    bytes_a_job: float
    log_bytes_a_job: float
    writes_per_s: float
    """Transactions that change a job, in the busiest hour."""
    busy: float
    """Jobs that run at once then, by Little's law."""
    places: int
    workers: int
    wait: float
    """Mean seconds that a job waits for a place then, by Erlang's formula."""
    walls: tuple[Wall, ...]

    @property
    def first_wall(self) -> Wall:
        """Return the one that is nearest."""
        return max(self.walls, key=lambda wall: wall.share)

    @property
    def shards(self) -> int:
        """Return how many houses carry it, each with some of the projects, when each is used to `FULL`."""
        return max(1, math.ceil(self.first_wall.share / FULL))


def rows_of_a_job(load: Load, costs: UnitCosts) -> Rows:
    """Return the rows that a job leaves."""
    events = costs.own_events + load.steps * load.events_per_step
    return Rows(jobs=1, job_inputs=1, job_steps=load.steps, job_events=events)


def bytes_of_a_job(load: Load, costs: UnitCosts) -> float:
    """Return the bytes that a job leaves in the database, indexes included."""
    told = load.steps * load.events_per_step
    return (
        costs.job_bytes
        + load.input_bytes
        + load.steps * (costs.step_bytes + load.step_bytes)
        + (told + costs.own_events) * costs.event_bytes
        + told * load.event_bytes
    )


def log_bytes_of_a_job(load: Load, costs: UnitCosts) -> float:
    """Return the bytes that a job writes to the write-ahead log."""
    told = load.steps * load.events_per_step
    return (
        costs.log_job_bytes
        + load.input_bytes
        + load.steps * (costs.log_step_bytes + load.step_bytes)
        + told * (costs.log_event_bytes + load.event_bytes)
    )


def forecast(load: Load, house: House) -> Forecast:
    """Return what the load comes to."""
    costs = house.costs
    per_s = load.peak_jobs_per_s
    busy = per_s * load.job_seconds
    places, wait = places_for(busy, load.job_seconds, house.patience)
    workers = math.ceil(places / house.places)
    # Accepted, claimed, each step, ended; and each job that runs keeps its lease three times in its length.
    writes = per_s * (load.steps + 3) + busy * 3 / house.lease
    walls = _walls(load, house, busy=busy, writes=writes, workers=workers)
    return Forecast(
        load=load,
        house=house,
        rows_a_job=rows_of_a_job(load, costs),
        bytes_a_job=bytes_of_a_job(load, costs),
        log_bytes_a_job=log_bytes_of_a_job(load, costs),
        writes_per_s=writes,
        busy=busy,
        places=places,
        workers=workers,
        wait=wait,
        walls=walls,
    )


def _walls(load: Load, house: House, *, busy: float, writes: float, workers: int) -> tuple[Wall, ...]:
    costs, per_s = house.costs, load.peak_jobs_per_s
    kept = load.jobs_per_day * load.kept_days * bytes_of_a_job(load, costs)
    told = per_s * rows_of_a_job(load, costs).job_events
    hints = told + per_s * load.steps * load.hints_per_step
    opened = (workers + house.doors) * (house.pool + 1)
    watched, sent = busy * load.watchers, hints * load.watchers
    logged = per_s * log_bytes_of_a_job(load, costs)
    walls = (
        Wall(name="writes", asked=writes, there=costs.steps_per_s, unit="transactions/s"),
        Wall(name="disk", asked=kept, there=house.disk_bytes, unit="bytes"),
        Wall(name="streams", asked=watched, there=house.doors * STREAMS, unit="streams"),
        Wall(name="events sent", asked=sent, there=house.doors * REPLAYED_PER_S, unit="events/s"),
    )
    of_a_server = (
        Wall(name="write-ahead log", asked=logged, there=house.log_bytes_per_s, unit="bytes/s"),
        Wall(name="connections", asked=opened, there=house.connections, unit="connections"),
        Wall(name="live messages", asked=hints, there=HINTS_PER_S, unit="messages/s"),
    )
    return (*walls, *of_a_server) if costs.is_server else walls


def waiting_share(busy: float, places: int) -> float:
    """Return the share of jobs that find no place free: Erlang's C formula, by the recursion of his B.

    A. K. Erlang, 1917; as in D. Gross et al., Fundamentals of Queueing Theory, M/M/c. Arrivals are
    independent, times exponential, places alike, nobody leaves; `busy` is arrivals a second times the mean
    time.
    """
    blocked = 1.0
    for number in range(1, places + 1):
        blocked = busy * blocked / (number + busy * blocked)
    return blocked / (1 - busy / places * (1 - blocked))


def mean_wait(busy: float, places: int, seconds: float) -> float:
    """Return the mean seconds until a place is free, of jobs that take so many; too few: endless."""
    return waiting_share(busy, places) * seconds / (places - busy) if places > busy else math.inf


def places_for(busy: float, seconds: float, patience: float) -> tuple[int, float]:
    """Return the fewest places with which the mean wait is no longer than that, and how long it is."""
    places = math.floor(busy) + 1
    while (wait := mean_wait(busy, places, seconds)) > patience:
        places += 1
    return places, wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of an hour."""

    jobs: int
    mean_wait: float
    wait_95: float
    most_waiting: int
    most_busy: int


def played(load: Load, *, places: int, seed: int, seconds: float = HOUR) -> Played:
    """Let the jobs of the busiest hour come one by one to so many places; who waits is served in order.

    Times are lognormal with the load's mean and spread (Erlang's formula takes exponential ones). The first
    arrivals find all places free, so what comes in the first mean time is not counted.
    """
    random = Random(seed)  # noqa: S311 - no secret
    free: list[float] = [0.0] * places
    waits: list[float] = []
    marks: list[tuple[float, int]] = []
    sigma = math.sqrt(math.log(1 + load.spread**2))
    mu = math.log(load.job_seconds) - sigma**2 / 2
    for now in _arrivals(random, load.peak_jobs_per_s, seconds):
        begun = max(now, heapq.heappop(free))
        ended = begun + random.lognormvariate(mu, sigma)
        heapq.heappush(free, ended)
        marks += [(now, 1), (begun, -1)]
        if now > load.job_seconds:
            waits.append(begun - now)
    waits.sort()
    counted = len(waits)
    return Played(
        jobs=counted,
        mean_wait=sum(waits) / counted if counted else 0.0,
        wait_95=waits[math.ceil(0.95 * counted) - 1] if counted else 0.0,
        most_waiting=_most(marks),
        most_busy=places - sum(1 for end in free if end == 0.0),
    )


def _arrivals(random: Random, per_s: float, seconds: float) -> Iterator[float]:
    now = random.expovariate(per_s)
    while now < seconds:
        yield now
        now += random.expovariate(per_s)


def _most(marks: list[tuple[float, int]]) -> int:
    waiting = most = 0
    for _, change in sorted(marks):
        waiting += change
        most = max(most, waiting)
    return most


def spread_over(load: Load, shards: int) -> Load:
    """Return what one shard of so many bears, when projects are spread evenly."""
    return replace(load, jobs_per_day=load.jobs_per_day / shards)


def by_name(walls: tuple[Wall, ...]) -> Mapping[str, Wall]:
    """Return the walls by their names."""
    return {wall.name: wall for wall in walls}
