"""What Ciw can express of the shop: a line of queues first in, first out, without setups, times lognormal."""

import time
from math import log, sqrt

import ciw

from benchmarks import shop as model
from benchmarks.child import tell, told

SIGMA = sqrt(log(1 + model.VARIATION**2))


def main() -> None:
    """Simulate what is told."""
    asked = told()
    line = model.line(asked["jobs"])
    gaps = [
        job.arrives - before
        for job, before in zip(line.jobs, [0.0, *(j.arrives for j in line.jobs)], strict=False)
    ]
    groups = len(line.routes[0])
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*gaps, float("inf")])] + [None] * (groups - 1),
        service_distributions=[
            ciw.dists.Lognormal(log(mean) - SIGMA * SIGMA / 2, SIGMA) for _, mean in line.routes[0]
        ],
        number_of_servers=[model.MACHINES] * groups,
        routing=[[1.0 if to == at + 1 else 0.0 for to in range(groups)] for at in range(groups)],
    )
    ciw.seed(asked["seed"])
    begun = time.process_time()
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(asked["jobs"], method="Finish")
    seconds = time.process_time() - begun
    records = simulation.get_all_records()
    leads: dict[int, list[float]] = {}
    for record in records:
        leads.setdefault(record.id_number, []).append(record.exit_date - record.arrival_date)
    tell(told_jobs_per_s=asked["jobs"] / seconds, lead=sum(map(sum, leads.values())) / len(leads))


if __name__ == "__main__":
    main()
