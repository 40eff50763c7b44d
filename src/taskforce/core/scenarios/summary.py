"""What is kept of a run to tell its outcome by: the content of `kpis.json`, and what a debrief is made of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from pydantic import BaseModel, ConfigDict

from taskforce.core.scenarios.intervals import CONFIDENCE
from taskforce.core.scenarios.kpis import results_of
from taskforce.core.scenarios.lead_times import percentiles
from taskforce.core.scenarios.outcome import Estimate, MachineRecord, Replication, Results
from taskforce.core.scenarios.plant import Plant


class GroupLoad(BaseModel):
    """How busy the machines of a group were, in % of the time they were there, over all replications."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    machine_group_id: str
    machines: int
    processing_pct: float
    setup_pct: float
    failed_pct: float

    @property
    def utilisation_pct(self) -> float:
        """Return processing and setups together, as the KPI of all machines does."""
        return self.processing_pct + self.setup_pct


class JobCounts(BaseModel):
    """What became of the jobs, over all replications."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    arrived: int
    completed: int
    scrapped: int
    """Without a good piece."""
    under_way: int
    """At the end."""
    late: int


class Summary(BaseModel):
    """A run's outcome without its jobs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plant_name: str
    confidence: float = CONFIDENCE
    estimates: Mapping[str, Estimate | None]
    replications: tuple[Mapping[str, float | None], ...]
    jobs: JobCounts
    groups: tuple[GroupLoad, ...]
    """The busiest first."""
    lead_time_percentiles: tuple[float, ...]
    """0 to 100, each the mean of those of the replications; empty when no job was completed."""

    @property
    def results(self) -> Results:
        """Return the KPIs alone."""
        return Results(replications=self.replications, estimates=self.estimates)


def summary_of(plant: Plant, replications: Sequence[Replication]) -> Summary:
    """Return the summary of a run's replications; they are looked at one by one, several times."""
    results = results_of(replications)
    return Summary(
        plant_name=plant.name,
        estimates=results.estimates,
        replications=results.replications,
        jobs=_counts(replications),
        groups=_loads(plant, replications),
        lead_time_percentiles=percentiles(replications),
    )


def _counts(replications: Sequence[Replication]) -> JobCounts:
    arrived = completed = scrapped = late = 0
    for replication in replications:
        arrived += len(replication.jobs)
        scrapped += sum(1 for job in replication.jobs if job.is_scrap)
        due = [job.completed > job.due for job in replication.jobs if job.completed is not None]
        completed += len(due)
        late += sum(due)
    return JobCounts(
        arrived=arrived,
        completed=completed,
        scrapped=scrapped,
        under_way=arrived - completed - scrapped,
        late=late,
    )


@dataclass(slots=True)
class _Hours:
    available: list[float]
    processing: list[float]
    setting_up: list[float]
    failed: list[float]

    def add(self, machine: MachineRecord) -> None:
        self.available.append(machine.available)
        self.processing.append(machine.processing)
        self.setting_up.append(machine.setting_up)
        self.failed.append(machine.failed)


def _loads(plant: Plant, replications: Sequence[Replication]) -> tuple[GroupLoad, ...]:
    group_of = {machine.machine_id: machine.machine_group_id for machine in plant.machines}
    hours: dict[str, _Hours] = defaultdict(lambda: _Hours([], [], [], []))
    for replication in replications:
        for machine in replication.machines:
            hours[group_of[machine.machine_id]].add(machine)
    sizes = [machine.machine_group_id for machine in plant.machines]
    loads = [_load(group, sizes.count(group), one) for group, one in hours.items()]
    return tuple(sorted(loads, key=lambda load: (-load.utilisation_pct, load.machine_group_id)))


def _load(group: str, machines: int, hours: _Hours) -> GroupLoad:
    whole = fsum(hours.available)

    def percent(part: list[float]) -> float:
        return 100 * fsum(part) / whole if whole > 0 else 0.0

    return GroupLoad(
        machine_group_id=group,
        machines=machines,
        processing_pct=percent(hours.processing),
        setup_pct=percent(hours.setting_up),
        failed_pct=percent(hours.failed),
    )
