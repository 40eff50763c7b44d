"""Our engine on the shop: jobs a second, the memory it took, and the mean lead time."""

import resource
import time

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
    begun = time.perf_counter()
    played = [simulated(plant, scenario) for _ in range(TIMES)]
    wall = time.perf_counter() - begun
    told_first = min(seconds[0] for seconds, _ in played)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    leads = played[0][1]
    tell(
        told_jobs_per_s=asked["jobs"] / told_first,
        jobs_per_s=asked["jobs"] / min(min(seconds[1:], default=told_first) for seconds, _ in played),
        wall_jobs_per_s=asked["jobs"] * asked["replications"] * TIMES / wall,
        told_seconds=told_first,
        lead=sum(leads) / len(leads),
        mib=grown,
    )


def simulated(plant: Plant, scenario: ScenarioConfig) -> tuple[list[float], list[float]]:
    """Return of each replication the CPU time and the mean lead time."""
    begun = time.process_time()
    simulation = Simulation.begin(plant, scenario)
    seconds: list[float] = []
    leads: list[float] = []
    over = False
    while not over:
        over = simulation.play(20_000)
        for replication in simulation.finished():
            seconds.append(time.process_time() - begun)
            ended = [job.completed - job.arrived for job in replication.jobs if job.completed is not None]
            leads.append(sum(ended) / len(ended))
            begun = time.process_time()
    return seconds, leads


if __name__ == "__main__":
    main()
