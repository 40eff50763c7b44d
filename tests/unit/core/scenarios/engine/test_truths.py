"""What queueing theory knows, held against 99 % intervals over replications with fixed seeds."""

from math import factorial

import pytest

from taskforce.core.scenarios.outcome import Replication
from taskforce.core.scenarios.plant import Failures, Plant
from tests.unit.core.scenarios.engine.intervals import holds
from tests.unit.core.scenarios.engine.plants import (
    a_machine,
    a_plant,
    a_product,
    a_routing,
    an_order,
    played,
    played_once,
)

HORIZON = 2_000.0


def a_queue(*, load: float, servers: int, horizon: float = HORIZON) -> Plant:
    """Return exponential servers of mean 1, and Poisson arrivals that load them so."""
    rows = round(load * servers * horizon)
    machines = [a_machine("a", number) for number in range(1, servers + 1)]
    return a_plant(machines, [a_routing("x", a=1)], [an_order("x")] * rows)


def mean_lead(replication: Replication) -> float:
    ended = [job.completed - job.arrived for job in replication.jobs if job.completed is not None]
    return sum(ended) / len(ended)


def mean_wait(replication: Replication) -> float:
    ended = [job.waited for job in replication.jobs if job.completed is not None]
    return sum(ended) / len(ended)


def hours(replication: Replication) -> float:
    return replication.ended - replication.began


def erlang_c(servers: int, offered: float) -> float:
    """Return the probability of waiting (Gross et al., Fundamentals of Queueing Theory, 2.33)."""
    waits = offered**servers / factorial(servers) * servers / (servers - offered)
    return waits / (sum(offered**n / factorial(n) for n in range(servers)) + waits)


@pytest.mark.parametrize(("load", "servers"), [(0.5, 1), (0.6, 2)])
def test_mean_number_and_wait_are_those_of_m_m_c(load: float, servers: int) -> None:
    """M/M/c: Wq = C(c, a) / (c mu - lambda), L = lambda (Wq + 1/mu); M/M/1: L = rho / (1 - rho).

    Gross, Shortle, Thompson & Harris, Fundamentals of Queueing Theory, 4th ed., sections 2.2 and 2.3.
    """
    rate = load * servers
    wait = erlang_c(servers, rate) / (servers - rate)
    if servers == 1:
        assert wait == pytest.approx(load / (1 - load))
    replications = played(
        a_queue(load=load, servers=servers),
        arrivals="poisson",
        process_times="exponential",
        horizon=HORIZON,
        warm_up=200,
        replications=20,
        seed=1,
    )
    assert holds(wait, [mean_wait(each) for each in replications])
    assert holds(rate * (wait + 1), [each.in_system_hours / hours(each) for each in replications])


@pytest.mark.parametrize("load", [0.3, 0.6])
def test_little_holds_to_one_per_cent_on_every_run(load: float) -> None:
    """L = lambda W (Little, A proof for the queuing formula L = lambda W, 1961).

    W is over the jobs that are over, so those under way at both ends are the difference.
    """
    replications = played(
        a_queue(load=load, servers=1, horizon=6_000),
        arrivals="poisson",
        process_times="exponential",
        horizon=6_000,
        warm_up=100,
        replications=3,
        seed=2,
    )
    for each in replications:
        rate = len(each.jobs) / hours(each)
        assert each.in_system_hours / hours(each) == pytest.approx(rate * mean_lead(each), rel=0.01)


@pytest.mark.parametrize("policy", ["push", "CONWIP"])
def test_little_holds_exactly_from_empty_to_empty(policy: str) -> None:
    """From arrival W goes with the jobs in the system, from release with the WIP."""
    orders = [an_order("x", release=0.7 * number, quantity=1 + number % 3) for number in range(500)]
    plant = a_plant(
        [a_machine("a"), a_machine("b")],
        [a_routing("x", a=0.3, b=0.3)],
        orders,
        products=[a_product("x", variation=0.8)],
    )
    replication = played_once(plant, release_policy=policy, wip_cards=4)
    lead = sum((job.completed or 0) - job.arrived for job in replication.jobs)
    flow = sum((job.completed or 0) - (job.released or 0) for job in replication.jobs)
    assert replication.in_system_hours == pytest.approx(lead)
    assert replication.wip_hours == pytest.approx(flow)
    assert (flow < lead) is (policy == "CONWIP")


def test_a_closed_conwip_line_has_the_throughput_of_mean_value_analysis() -> None:
    """Reiser & Lavenberg, Mean-value analysis of closed multichain queuing networks, 1980.

    A station's residence time is s (1 + its mean queue with a job less); throughput is n over their sum.
    """
    services, cap = (1.0, 0.8, 0.6), 4
    queues = [0.0] * len(services)
    throughput = 0.0
    for jobs in range(1, cap + 1):
        stays = [service * (1 + queue) for service, queue in zip(services, queues, strict=True)]
        throughput = jobs / sum(stays)
        queues = [throughput * stay for stay in stays]
    machines = [a_machine(name) for name in "abc"]
    plant = a_plant(machines, [a_routing("x", a=1.0, b=0.8, c=0.6)], [an_order("x")] * 1_200)
    replications = played(
        plant,
        release_policy="CONWIP",
        wip_cards=cap,
        process_times="exponential",
        horizon=1_200,
        warm_up=100,
        replications=20,
        seed=3,
    )
    assert holds(throughput, [each.completions / hours(each) for each in replications])
    assert all(each.wip_hours / hours(each) == pytest.approx(cap) for each in replications)
    for number, service in enumerate(services):
        busy = [each.machines[number].processing / each.machines[number].available for each in replications]
        assert holds(throughput * service, busy)


def test_availability_is_mtbf_over_mtbf_and_mttr() -> None:
    """Barlow & Proschan, Mathematical Theory of Reliability, 1965: of an alternating renewal process."""
    plant = a_plant(
        [a_machine("a", capacity=2)],
        [a_routing("x", a=1)],
        [an_order("x")],
        failures=(Failures(machine_id="a1", mtbf_hours=8, mttr_hours=2),),
    )
    replications = played(plant, horizon=4_000, warm_up=100, replications=20, seed=4)
    machines = [each.machines[0] for each in replications]
    assert holds(0.8, [1 - machine.failed / machine.available for machine in machines])


@pytest.mark.parametrize("lot", [1, 40, 1_500])
def test_mean_visits_with_rework_are_one_over_one_less_p(lot: int) -> None:
    """A piece comes again with probability p, so its visits are geometric with mean 1 / (1 - p)."""
    orders = [an_order("x", quantity=lot)] * max(3, 600 // lot)
    plant = a_plant([a_machine("a")], [a_routing("x", a=1, yield_rate=0.7, rework=1)], orders)
    replications = played(plant, most_attempts=1_000, replications=20, seed=5)
    pieces = lot * len(orders)
    assert holds(1 / 0.7, [sum(job.attempts for job in each.jobs) / pieces for each in replications])
    assert all(job.scrapped == 0 and job.good == lot for each in replications for job in each.jobs)


def test_good_pieces_are_as_many_as_yield_and_rework_leave() -> None:
    """A piece is good with y / (1 - (1 - y) r) where attempts have no end: a geometric series."""
    good, rework = 0.8, 0.5
    orders = [an_order("x", quantity=20)] * 50
    plant = a_plant([a_machine("a")], [a_routing("x", a=1, yield_rate=good, rework=rework)], orders)
    replications = played(plant, most_attempts=100, replications=20, seed=6)
    left = [sum(job.good for job in each.jobs) / 1_000 for each in replications]
    assert holds(good / (1 - (1 - good) * rework), left)


def test_most_attempts_bounds_rework() -> None:
    plant = a_plant(
        [a_machine("a")], [a_routing("x", a=1, yield_rate=0.01, rework=1)], [an_order("x", quantity=50)]
    )
    (job,) = played_once(plant, most_attempts=2).jobs
    assert job.good + job.scrapped == 50
    assert job.attempts == 50 + job.reworked
    assert job.reworked <= 50 < job.reworked + 10


def test_process_times_have_the_mean_and_variation_of_a_lot() -> None:
    """A lot of n pieces has the coefficient of variation c / sqrt(n)."""
    orders = [an_order("x", quantity=4)] * 400
    plant = a_plant([a_machine("a")], [a_routing("x", a=2)], orders, products=[a_product("x", variation=1)])
    replications = played(plant, replications=20, seed=7)
    lots = [[job.processed for job in each.jobs] for each in replications]
    assert holds(8, [sum(each) / 400 for each in lots])
    assert holds(16 + 64, [sum(hours * hours for hours in each) / 400 for each in lots])
