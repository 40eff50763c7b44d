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
    plant = plant_of(model.shop(asked["jobs"], full=asked["full"]))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    scenario = ScenarioConfig.model_validate(
        {"dispatch_rule": "EDD", "replications": asked["replications"], "seed": asked["seed"]}
    )
    simulation = Simulation.begin(plant, scenario)
    seconds: list[float] = []
    leads: list[float] = []
    begun = time.process_time()
    while not simulation.done == 1.0:
        simulation.play(20_000)
        for replication in simulation.finished():
            ended = [job.completed - job.arrived for job in replication.jobs if job.completed is not None]
            leads.append(sum(ended) / len(ended))
            seconds.append(time.process_time() - begun)
            begun = time.process_time()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    jobs = asked["jobs"]
    tell(
        jobs_per_s=jobs / seconds[0],
        plain_jobs_per_s=jobs / min(seconds[1:], default=seconds[0]),
        seconds=seconds[0],
        lead=sum(leads) / len(leads),
        mib=grown,
    )


if __name__ == "__main__":
    main()
