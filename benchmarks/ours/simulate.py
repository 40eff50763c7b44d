"""Our engine on the shop: jobs a second, the memory it took, and the mean lead time."""

import resource
import time
from dataclasses import dataclass, field

from benchmarks import shop as model
from benchmarks.child import tell, told
from taskforce.core.scenarios.engine.simulation import Simulation
from taskforce.core.scenarios.plant import (
    Failures,
    Machine,
    Operator,
    Order,
    Plant,
    Product,
    Routing,
    RoutingStep,
    Setup,
    Skill,
)
from taskforce.core.scenarios.scenario import ScenarioConfig

TIMES = 2


def plant_of(shop: model.Shop) -> Plant:
    """Return the shop as our plant."""
    machines = tuple(
        Machine(machine_id=f"m{group}-{at}", name="", cell_id=f"c{group}", machine_group_id=f"g{group}")
        for group in range(model.GROUPS)
        for at in range(model.MACHINES)
    )
    return Plant(
        plant_id="shop",
        name="",
        timezone="UTC",
        epoch=None,
        products=tuple(
            Product(
                product_id=f"p{at}",
                family_id=f"f{at % model.FAMILIES}",
                process_time_mean=1,
                process_time_sigma=model.VARIATION,
            )
            for at in range(len(shop.routes))
        ),
        routings=tuple(
            Routing(
                routing_id=f"r{at}",
                product_id=f"p{at}",
                steps=tuple(
                    RoutingStep(
                        step_id=f"r{at}-{group}",
                        machine_group_id=f"g{group}",
                        process_time_mean=mean,
                        yield_rate=model.YIELD if shop.full else 1.0,
                        rework_probability=model.REWORK,
                    )
                    for group, mean in route
                ),
            )
            for at, route in enumerate(shop.routes)
        ),
        machines=machines,
        setups=tuple(
            Setup(from_family_id=f"f{before}", to_family_id=f"f{after}", setup_time=hours)
            for (before, after), hours in model.SETUPS.items()
        ),
        orders=tuple(
            Order(product_id=f"p{job.product}", due=job.due, quantity=1, release=job.arrives)
            for job in shop.jobs
        ),
        operators=tuple(
            Operator(
                operator_id=f"o{at:02}", skills=tuple(Skill(machine_group_id=f"g{g}") for g in sorted(skills))
            )
            for at, skills in enumerate(model.CREW)
            if shop.full
        ),
        failures=tuple(
            Failures(machine_id=machine.machine_id, mtbf_hours=model.MTBF, mttr_hours=model.MTTR)
            for machine in machines
            if shop.full
        ),
    )


def main() -> None:
    """Simulate what is told; with a timeline once, without one that and so many replications more."""
    asked = told()
    plant = plant_of(model.plant(asked["plant"], asked["jobs"]))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    scenario = ScenarioConfig.model_validate(
        {
            "dispatch_rule": "FIFO" if asked["plant"] == "line" else "EDD",
            "replications": asked["replications"],
            "seed": asked["seed"],
        }
    )
    played = [simulated(plant, scenario) for _ in range(TIMES)]
    told_first = min(one.seconds[0] for one in played)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    leads = played[0].leads
    tell(
        told_jobs_per_s=asked["jobs"] / told_first,
        jobs_per_s=asked["jobs"] / min(min(one.seconds[1:], default=told_first) for one in played),
        wall_jobs_per_s=asked["jobs"] * asked["replications"] * TIMES / sum(one.wall for one in played),
        told_seconds=told_first + min(one.ordering for one in played),
        lead=sum(leads) / len(leads),
        mib=grown,
    )


@dataclass(slots=True)
class Played:
    """What a simulation took and came to."""

    seconds: list[float] = field(default_factory=list)
    """CPU time of each replication."""
    leads: list[float] = field(default_factory=list)
    """Mean lead time of each."""
    wall: float = 0.0
    """Of all replications."""
    ordering: float = 0.0
    """CPU time until the timeline of the first one is in order."""


def simulated(plant: Plant, scenario: ScenarioConfig) -> Played:
    """Simulate all replications."""
    played = Played()
    begun, wall = time.process_time(), time.perf_counter()
    simulation = Simulation.begin(plant, scenario)
    over = False
    while not over:
        over = simulation.play(20_000)
        for replication in simulation.finished():
            played.seconds.append(time.process_time() - begun)
            played.wall += time.perf_counter() - wall
            ended = [job.completed - job.arrived for job in replication.jobs if job.completed is not None]
            played.leads.append(sum(ended) / len(ended))
            begun = time.process_time()
            if len(replication.entries):
                played.ordering = time.process_time() - begun
            begun, wall = time.process_time(), time.perf_counter()
    return played


if __name__ == "__main__":
    main()
