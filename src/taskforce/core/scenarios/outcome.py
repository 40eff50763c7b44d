"""What a simulation tells: the events of its first replication, and what KPIs are counted from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Happening(StrEnum):
    """What can happen to a job or a machine."""

    ARRIVED = "arrived"
    RELEASED = "released"
    QUEUED = "queued"
    SETUP_STARTED = "setup_started"
    SETUP_ENDED = "setup_ended"
    STARTED = "started"
    ENDED = "ended"
    REWORKED = "reworked"
    """Pieces go through the step again."""
    SCRAPPED = "scrapped"
    """Pieces are lost; a job that has none left is over."""
    COMPLETED = "completed"
    FAILED = "failed"
    REPAIRED = "repaired"
    BLOCKED = "blocked"
    """A job waits for a POLCA card."""


class Entry(NamedTuple):
    """A line of the timeline, in the order in which things happened."""

    timestamp: float
    """Hours since the plant's epoch."""
    event: Happening
    job_id: str
    """`{row of demand, from 1}` and under Poisson arrivals `.{recurrence}`; empty for a machine's own."""
    machine_id: str
    step_id: str
    operator_id: str
    quantity: int


class JobRecord(NamedTuple):
    """A job that is over, or under way at the end; hours since the epoch, durations in hours."""

    job_id: str
    product_id: str
    routing_id: str
    arrived: float
    released: float | None
    due: float
    completed: float | None
    """None for one that is scrap in full, or under way at the end."""
    quantity: int
    good: int
    scrapped: int
    reworked: int
    """Pieces times attempts beyond the first."""
    attempts: int
    """Pieces times all attempts, over all steps."""
    waited: float
    """Before its release, in queues, and blocked."""
    set_up: float
    broken: float
    """On machines that had failed under it, and in queues behind such a machine alone."""
    processed: float

    @property
    def is_scrap(self) -> bool:
        """Tell whether it is over without a good piece."""
        return self.completed is None and 0 < self.quantity <= self.scrapped


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineRecord:
    """What a machine did after the warm-up, in hours times places of its capacity."""

    machine_id: str
    available: float
    """Within its calendar."""
    processing: float
    setting_up: float
    failed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Replication:
    """One replication, after its warm-up."""

    number: int
    """From 0."""
    began: float
    """The end of the warm-up."""
    ended: float
    jobs: tuple[JobRecord, ...]
    """Those that arrived after the warm-up, in the order of arrival."""
    machines: tuple[MachineRecord, ...]
    completions: int
    """Jobs completed after the warm-up, whenever they arrived: what a throughput is counted from."""
    wip_hours: float
    """The time integral of jobs that are released and not over."""
    in_system_hours: float
    """The time integral of jobs that have arrived and are not over."""
    labour_hours: float
    """Operators at work."""
    labour_available_hours: float
    """Operators on shift."""
    entries: Sequence[Entry] = field(default=(), repr=False)
    """The timeline, of replication 0 alone; it begins with the warm-up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A KPI over the replications: mean and 95 % confidence interval (Student's t)."""

    mean: float
    low: float | None
    """None with one replication."""
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The KPIs of a run by name, of each replication and of all together; None where nothing was counted."""

    replications: tuple[Mapping[str, float | None], ...]
    estimates: Mapping[str, Estimate | None]
