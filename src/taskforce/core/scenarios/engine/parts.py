"""What moves in a simulation: jobs, places of machines, groups, operators. Plain data, changed in place."""

from dataclasses import dataclass, field

from taskforce.core.scenarios.engine.dispatch import Line
from taskforce.core.scenarios.engine.jobs import Job

NEVER = -1
"""No event is due."""


@dataclass(slots=True, eq=False)
class Worker:
    """An operator."""

    operator_id: str
    on_shift: bool
    busy: bool = False
    since: float = 0.0
    """When the work at hand began."""


@dataclass(slots=True, eq=False)
class Group:
    """Machines that do the same, before one queue."""

    group_id: str
    line: Line
    free: list["Place"] = field(default_factory=list)
    """Places that could begin at once."""
    crew: list[Worker] = field(default_factory=list)
    """Operators who can work here, the one to be asked first in front."""
    stirred: bool = False
    """Whether something has changed that may let a job begin."""
    standing: int = 0
    """Machines that have not failed."""
    stood_still: float = 0.0
    """Hours in which all had failed, up to the last time."""
    still_since: float | None = None

    def still(self, now: float) -> float:
        """Return the hours so far in which all machines had failed."""
        return self.stood_still if self.still_since is None else self.stood_still + now - self.still_since


@dataclass(slots=True, eq=False)
class Unit:
    """A machine."""

    number: int
    machine_id: str
    group: Group
    places: list["Place"] = field(default_factory=list)
    standing: bool = True
    since: float = 0.0
    """When it failed."""
    failures: int = 0
    processing: float = 0.0
    setting_up: float = 0.0
    failed: float = 0.0

    def count_from(self, now: float) -> None:
        """Forget what it did before."""
        for place in self.places:
            put_down(place, now)
        self.processing = self.setting_up = self.failed = 0.0
        self.since = now


@dataclass(slots=True, eq=False)
class Place:
    """One of the jobs that a machine works on at once; each is set up on its own."""

    number: int
    unit: Unit
    family: int = 0
    job: Job | None = None
    worker: Worker | None = None
    due: int = NEVER
    """The number of the event that ends what is done here; others are out of date."""
    queued: float = 0.0
    """When the job joined the queue."""
    came: float = 0.0
    """When it came onto the place."""
    begins: float = 0.0
    """When processing begins, behind the setup; later if the machine fails before."""
    until: float = 0.0
    """When it ends; later if the machine fails before."""


def put_down(place: Place, now: float) -> None:
    """Count what the job on a place has gone through since it was last counted."""
    job, unit = place.job, place.unit
    if job is None:
        return
    begun, job.since = job.since, now
    spent = now - begun
    if place.due == NEVER:
        job.broken += spent
        return
    setup = min(spent, max(0.0, place.begins - begun))
    job.set_up += setup
    unit.setting_up += setup
    job.processed += spent - setup
    unit.processing += spent - setup
