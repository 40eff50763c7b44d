"""What is tried out on a plant: policies, what is switched on, how long, how often, from which seed."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

GLOBAL = "global"
"""The key of `wip_caps` that caps the whole plant."""


class DispatchRule(StrEnum):
    """Which job of a queue a free machine takes."""

    EDD = "EDD"
    """Earliest due date."""
    SPT = "SPT"
    """Shortest process time."""
    ATC = "ATC"
    """Apparent tardiness cost (Vepsalainen & Morton 1987)."""
    ATCS = "ATCS"
    """Apparent tardiness cost with setups (Lee, Bhaskaran & Pinedo 1997)."""
    LSN = "LSN"
    """Least slack."""
    FIFO = "FIFO"
    """First in, first out."""


class ReleasePolicy(StrEnum):
    """When a job that is there may begin."""

    PUSH = "push"
    """At once."""
    CONWIP = "CONWIP"
    """When the work in process of its route and of the plant is under its cap (Spearman et al. 1990)."""
    POLCA = "POLCA"
    """Cell by cell, by date and with a card of each pair of cells that it goes through (Suri 1998)."""


class Arrivals(StrEnum):
    """Where jobs come from."""

    DEMAND = "demand"
    """Each row of demand is a job, at its release."""
    POISSON = "poisson"
    """Rows of a product recur at exponential times, as many within the horizon as there are in the mean."""


class ProcessTimes(StrEnum):
    """How process times are spread around their means."""

    LOGNORMAL = "lognormal"
    """By the product's sigma; none is constant."""
    EXPONENTIAL = "exponential"
    CONSTANT = "constant"


Positive = Annotated[float, Field(strict=True, gt=0, le=1_000_000)]
Cards = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Switch = Annotated[bool, Field(strict=True)]


class ScenarioConfig(BaseModel):
    """A scenario. What is not said is the plant as it is, pushed, first in first out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(max_length=100)] = ""
    dispatch_rule: DispatchRule = DispatchRule.FIFO
    release_policy: ReleasePolicy = ReleasePolicy.PUSH
    wip_caps: dict[Annotated[str, Field(max_length=200)], Cards] = Field(
        default_factory=dict, max_length=10_000
    )
    """Jobs under way at most: under CONWIP by routing, by cell (all that go through it), or `global`; under
    POLCA cards by pair of cells, such as `A>B`, where `wip_cards` is not meant."""
    wip_cards: Cards | None = None
    """Cards of each pair of cells under POLCA, and the global cap of CONWIP where `wip_caps` is empty."""
    setup_time_factor: Annotated[float, Field(strict=True, ge=0, le=100)] = 1.0
    add_floater: Annotated[int, Field(strict=True, ge=0, le=1_000)] = 0
    """Operators added who can do everything and are always on shift."""
    failures: Switch = True
    quality: Switch = True
    """Whether pieces are scrapped and reworked."""
    setups: Switch = True
    calendars: Switch = True
    operators: Switch = True
    arrivals: Arrivals = Arrivals.DEMAND
    process_times: ProcessTimes = ProcessTimes.LOGNORMAL
    most_attempts: Annotated[int, Field(strict=True, ge=1, le=1_000)] = 10
    """How often a piece is tried at a step, the first time included; then it is scrap."""
    polca_k: Positive = 10.0
    """Planned hours of a cell and those behind it under POLCA, in its process times: how long before its due
    date a job may come into the cell (total work content, Baker & Bertrand 1981)."""
    atc_k: Positive = 2.0
    """Look-ahead of ATC, in mean process times."""
    atcs_k1: Positive = 2.0
    """Look-ahead of ATCS for slack, in mean process times."""
    atcs_k2: Positive = 0.5
    """Look-ahead of ATCS for setups, in mean setup times."""
    horizon: Annotated[float, Field(strict=True, gt=0, le=1_000_000)] | None = None
    """Hours that are simulated; None is until all demand is done."""
    warm_up: Annotated[float, Field(strict=True, ge=0, le=1_000_000)] = 0.0
    """Hours at the beginning that no KPI counts."""
    replications: Annotated[int, Field(strict=True, ge=1, le=1_000)] = 1
    seed: Annotated[int, Field(strict=True, ge=0, le=2**53 - 1)] = 0

    def baseline(self) -> "ScenarioConfig":
        """Return what it is compared with: the plant as it is, in the same world and with the same draws."""
        return ScenarioConfig(name="baseline", **self.model_dump(include=WORLD))


WORLD = {
    *("failures", "quality", "setups", "calendars", "operators", "arrivals", "process_times"),
    *("most_attempts", "horizon", "warm_up", "replications", "seed"),
}
"""What of a scenario is no decision on how the plant is run: a baseline has it in common."""
