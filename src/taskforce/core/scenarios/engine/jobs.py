"""A job on its way through the plant."""

from dataclasses import dataclass, field

from taskforce.core.scenarios.engine.layout import Route, Step
from taskforce.core.scenarios.outcome import JobRecord


@dataclass(slots=True, eq=False)
class Job:
    """A lot of pieces that stay together."""

    number: int
    """In the order of arrival, from 0."""
    job_id: str
    entity: tuple[int, int]
    """The row of demand and its recurrence: what its random numbers are named by."""
    route: Route
    step: Step
    arrived: float
    due: float
    priority: int
    quantity: int
    hours: list[float]
    """The process time of the first attempt at each step, of all pieces."""
    good: list[bool]
    """Whether all pieces are good after the first attempt at each step; empty if they always are."""
    pieces: int
    """Those that are not scrap."""
    load: int
    """Those that go through this attempt."""
    since: float
    """When what it does now began."""
    attempt: int = 1
    whole: bool = True
    """Whether this is a first attempt of all pieces that came."""
    released: float | None = None
    completed: float | None = None
    held: list[int] = field(default_factory=list)
    """Cards."""
    still: float = 0.0
    """What its group had stood still when it joined the queue."""
    scrapped: int = 0
    reworked: int = 0
    attempts: int = 0
    waited: float = 0.0
    set_up: float = 0.0
    broken: float = 0.0
    processed: float = 0.0

    def record(self) -> JobRecord:
        """Return what is told of it."""
        routing = self.route.routing
        return JobRecord(
            self.job_id,
            routing.product_id,
            routing.routing_id,
            self.arrived,
            self.released,
            self.due,
            self.completed,
            self.quantity,
            0 if self.completed is None else self.pieces,
            self.scrapped,
            self.reworked,
            self.attempts,
            self.waited,
            self.set_up,
            self.broken,
            self.processed,
        )
