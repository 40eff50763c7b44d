"""A plant as it is simulated: what it makes, on what, by whom, and for when.

Times are in hours; a moment counts from the plant's epoch. Orders and steps are in the order of import, all
else by its keys (`canonical` orders it).
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What is made. The sigma is that of its process time; each step takes over sigma / mean."""

    product_id: str
    family_id: str
    process_time_mean: float
    process_time_sigma: float = 0.0

    @property
    def variation(self) -> float:
        """Return the coefficient of variation of each of its process times."""
        return self.process_time_sigma / self.process_time_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingStep:
    """A step of a product's way: any machine of the group does it, a piece in this mean time."""

    step_id: str
    machine_group_id: str
    process_time_mean: float
    yield_rate: float = 1.0
    """How likely a piece is good at its first attempt and at each other."""
    rework_probability: float = 0.0
    """How likely a piece that is not good is done again; else it is scrap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """A product's way through the plant."""

    routing_id: str
    product_id: str
    steps: tuple[RoutingStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine of a group, in a cell; it works on up to `capacity` jobs at once."""

    machine_id: str
    name: str
    cell_id: str
    machine_group_id: str
    capacity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time: hours since the plant's epoch, the end not included."""

    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When somebody works: windows of a week that repeats, less the spans of a blackout."""

    calendar_id: str
    timezone: str
    windows: tuple[Span, ...]
    """Hours since Monday 00:00 by the calendar's own clock, from 0 to 168; none is always."""
    blackouts: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """What an operator can work on; a higher level is not quicker, but is asked first."""

    machine_group_id: str
    level: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Somebody who works machines."""

    operator_id: str
    skills: tuple[Skill, ...]
    shift_calendar_id: str | None = None
    """None is always on shift."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """How often a machine fails and how long its repair takes: means of exponential times."""

    machine_id: str
    mtbf_hours: float
    mttr_hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How long a machine is set up when a job of one family follows one of another."""

    from_family_id: str
    to_family_id: str
    setup_time: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A row of demand: a job, which is a lot that stays together."""

    product_id: str
    due: float
    quantity: int
    release: float = 0.0
    """Before it the job is not there."""
    priority: int = 0
    """A higher one goes first where the dispatch rule calls it even."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """All that is known of a plant. It is checked: every reference leads somewhere."""

    plant_id: str
    name: str
    timezone: str
    epoch: datetime | None
    """The moment that is hour 0, at midnight of the plant's clock; None where its times are plain hours."""
    products: tuple[Product, ...]
    routings: tuple[Routing, ...]
    machines: tuple[Machine, ...]
    operators: tuple[Operator, ...] = ()
    """None: machines work by themselves."""
    setups: tuple[Setup, ...] = ()
    orders: tuple[Order, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    failures: tuple[Failures, ...] = ()
