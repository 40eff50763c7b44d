"""Who worked on what: the bars of a Gantt chart, made of a timeline and bounded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from taskforce.core.scenarios.figures import figure
from taskforce.core.scenarios.outcome import Entry, Happening, Replication
from taskforce.core.scenarios.plant import Machine, Plant

MOST_BARS = 2_000
MOST_MACHINES = 40
SETUP, FAILED = "setup", "failed"
"""Kinds of bars that are of no family of products."""

_BEGINS = {Happening.SETUP_STARTED, Happening.STARTED, Happening.FAILED}
_ENDS = {
    Happening.SETUP_ENDED: Happening.SETUP_STARTED,
    Happening.ENDED: Happening.STARTED,
    Happening.REPAIRED: Happening.FAILED,
}

_Key: TypeAlias = tuple[str, str, Happening]
"""Of what is under way: machine, job, how it began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A stretch of a machine's time, in hours since the epoch."""

    row: int
    """Of the chart, from 0 at the top."""
    lane: int
    """Which of the machine's places it takes, from 0; a failure takes all."""
    start: float
    end: float
    kind: str
    """Setup, failed, or the family whose product is made, with `family:` before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gantt:
    """A Gantt chart; what is left out of it is said in its note."""

    machines: tuple[Machine, ...]
    bars: tuple[Bar, ...]
    start: float
    end: float
    note: str


def gantt_of(plant: Plant, replication: Replication) -> Gantt:
    """Return the chart of a replication's timeline: its first hours, where not all bars find room."""
    machines = plant.machines[:MOST_MACHINES]
    bars = sorted(
        _bars(plant, machines, replication), key=lambda bar: (bar.start, bar.row, bar.lane, bar.kind)
    )
    start = min((entry.timestamp for entry in replication.entries), default=0.0)
    start, end = min(start, replication.began), replication.ended
    notes = []
    if len(bars) > MOST_BARS:
        cut = bars[MOST_BARS].start
        notes.append(f"the first {figure(cut - start, 1)} of {figure(end - start, 1)} h")
        bars = [replace(bar, end=min(bar.end, cut)) for bar in bars if bar.start < cut]
        end = cut
    if len(machines) < len(plant.machines):
        notes.append(f"{len(machines)} of {len(plant.machines):,} machines")
    return Gantt(machines=machines, bars=tuple(bars), start=start, end=end, note=", ".join(notes))


def _bars(plant: Plant, machines: Sequence[Machine], replication: Replication) -> Iterator[Bar]:
    tracks = _Tracks(machines, _families(plant, replication))
    for entry in replication.entries:
        if not tracks.has(entry.machine_id):
            continue
        if entry.event in _BEGINS:
            tracks.begin(entry)
        elif entry.event in _ENDS:
            yield from tracks.end((entry.machine_id, entry.job_id, _ENDS[entry.event]), at=entry.timestamp)
    yield from tracks.end_all(at=replication.ended)


class _Tracks:
    """What is under way on each machine, and in which of its lanes."""

    def __init__(self, machines: Sequence[Machine], families: Mapping[str, str]) -> None:
        self._rows = {machine.machine_id: row for row, machine in enumerate(machines)}
        self._families = families
        self._taken: dict[str, set[int]] = {machine.machine_id: set() for machine in machines}
        self._under_way: dict[_Key, tuple[int, Entry]] = {}

    def has(self, machine_id: str) -> bool:
        return machine_id in self._rows

    def begin(self, entry: Entry) -> None:
        lane = 0
        if entry.event is not Happening.FAILED:
            taken = self._taken[entry.machine_id]
            lane = next(lane for lane in range(len(taken) + 1) if lane not in taken)
            taken.add(lane)
        self._under_way[entry.machine_id, entry.job_id, entry.event] = lane, entry

    def end(self, key: _Key, *, at: float) -> Iterator[Bar]:
        """Give the bar that ends, unless it began before the timeline or is of no width."""
        if key not in self._under_way:
            return
        lane, entry = self._under_way.pop(key)
        if entry.event is not Happening.FAILED:
            self._taken[entry.machine_id].discard(lane)
        if at > entry.timestamp:
            row, kind = self._rows[entry.machine_id], _kind(entry, self._families)
            yield Bar(row=row, lane=lane, start=entry.timestamp, end=at, kind=kind)

    def end_all(self, *, at: float) -> Iterator[Bar]:
        for key in tuple(self._under_way):
            yield from self.end(key, at=at)


def _kind(entry: Entry, families: Mapping[str, str]) -> str:
    if entry.event is Happening.STARTED:
        return f"family:{families.get(entry.job_id.split('.')[0], '')}"
    return SETUP if entry.event is Happening.SETUP_STARTED else FAILED


def _families(plant: Plant, replication: Replication) -> dict[str, str]:
    """Return the family of each job by its row of demand."""
    family_of = {product.product_id: product.family_id for product in plant.products}
    families = {job.job_id.split(".")[0]: family_of[job.product_id] for job in replication.jobs}
    demand = {str(row): family_of[order.product_id] for row, order in enumerate(plant.orders, start=1)}
    return demand | families
