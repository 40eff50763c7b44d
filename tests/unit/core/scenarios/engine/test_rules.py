from itertools import permutations

import pytest

from taskforce.core.scenarios.engine.dispatch import LINES
from taskforce.core.scenarios.outcome import Happening
from taskforce.core.scenarios.plant import Plant, Setup
from taskforce.core.scenarios.scenario import DispatchRule
from tests.unit.core.scenarios.engine.plants import (
    a_machine,
    a_plant,
    a_product,
    a_routing,
    an_order,
    played_once,
    sequence,
    times,
)

# Job 1 holds the machine until 10; then four wait, of 4, 2, 6 and 1 hours; a setup stands before and after
# job 5. Each order below is computed by hand from the rule's formula at every choice.
QUEUE = a_plant(
    [a_machine("a")],
    [a_routing("x", a=1), a_routing("y", a=1)],
    [
        an_order("x", quantity=10, due=10),
        an_order("x", release=1, quantity=4, due=20),
        an_order("x", release=2, quantity=2, due=27),
        an_order("x", release=3, quantity=6, due=21),
        an_order("y", release=4, quantity=1, due=25),
    ],
    setups=(
        Setup(from_family_id="x", to_family_id="y", setup_time=3),
        Setup(from_family_id="y", to_family_id="x", setup_time=3),
    ),
)
ORDERS = {
    DispatchRule.FIFO: "12345",
    DispatchRule.SPT: "15324",
    DispatchRule.EDD: "12453",
    DispatchRule.LSN: "14253",
    DispatchRule.ATC: "15234",
    DispatchRule.ATCS: "12435",
}


@pytest.mark.parametrize("rule", DispatchRule)
def test_each_rule_takes_the_jobs_in_an_order_of_its_own(rule: DispatchRule) -> None:
    assert "".join(sequence(played_once(QUEUE, dispatch_rule=rule))) == ORDERS[rule]
    assert len(set(ORDERS.values())) == len(LINES) == len(DispatchRule)


def test_atcs_is_atc_where_there_are_no_setups() -> None:
    orders = [sequence(played_once(QUEUE, dispatch_rule=rule, setups=False)) for rule in ("ATC", "ATCS")]
    assert orders[0] == orders[1]


@pytest.mark.parametrize("rule", DispatchRule)
def test_even_jobs_go_by_priority(rule: DispatchRule) -> None:
    plant = a_plant(
        [a_machine("a")],
        [a_routing("x", a=1)],
        [an_order("x", priority=priority) for priority in (1, 3, 2, 3)],
    )
    assert sequence(played_once(plant, dispatch_rule=rule)) == ["2", "4", "3", "1"]


def test_atcs_takes_the_pair_of_job_and_place_with_the_shorter_setup() -> None:
    plant = a_plant(
        [a_machine("a", 1), a_machine("a", 2)],
        [a_routing("x", a=1), a_routing("y", a=1)],
        [an_order("x"), an_order("y"), an_order("y", release=5), an_order("x", release=5)],
        setups=QUEUE.setups,
    )
    replication = played_once(plant, dispatch_rule="ATCS")
    assert sequence(replication, machine="a1") == ["1", "4"]
    assert sequence(replication, machine="a2") == ["2", "3"]


WORK = (7, 2, 9, 4, 5, 3, 8)
DUE = (20, 33, 12, 9, 25, 5, 30)


def test_spt_minimises_the_mean_flow_time_against_all_orders_of_seven_jobs() -> None:
    """Smith, Various optimizers for single-stage production, 1956."""
    replication = played_once(_seven(), dispatch_rule="SPT")
    flow = sum(job.completed or 0 for job in replication.jobs)
    assert flow == min(sum(_ends(order)[job] for job in order) for order in permutations(range(7)))


def test_edd_minimises_the_maximum_lateness_against_all_orders_of_seven_jobs() -> None:
    """Jackson, Scheduling a production line to minimize maximum tardiness, 1955."""
    replication = played_once(_seven(), dispatch_rule="EDD")
    late = max((job.completed or 0) - job.due for job in replication.jobs)
    assert late == min(
        max(end - DUE[job] for job, end in _ends(order).items()) for order in permutations(range(7))
    )


def _seven() -> Plant:
    orders = [an_order("x", quantity=work, due=due) for work, due in zip(WORK, DUE, strict=True)]
    return a_plant([a_machine("a")], [a_routing("x", a=1)], orders)


def _ends(order: tuple[int, ...]) -> dict[int, float]:
    ends: dict[int, float] = {}
    now = 0.0
    for job in order:
        now += WORK[job]
        ends[job] = now
    return ends


# Jobs 1 to 3 go from cell A to a slow cell B, job 4 from A to C.
FORK = a_plant(
    [a_machine("a"), a_machine("b"), a_machine("c")],
    [a_routing("x", a=1, b=10), a_routing("y", a=1, c=1)],
    [an_order("x", due=20), an_order("x", due=20), an_order("x", due=20), an_order("y", due=20)],
)


def test_push_releases_all_jobs_at_once() -> None:
    replication = played_once(FORK)
    assert {job.released for job in replication.jobs} == {0}


def test_conwip_releases_a_job_when_one_is_over_whatever_its_way() -> None:
    replication = played_once(FORK, release_policy="CONWIP", wip_cards=2)
    assert [job.released for job in replication.jobs] == [0, 0, 11, 21]


def test_conwip_by_routing_does_not_hold_up_another_one() -> None:
    replication = played_once(FORK, release_policy="CONWIP", wip_caps={"route-x": 2})
    assert [job.released for job in replication.jobs] == [0, 0, 11, 0]


def test_conwip_by_cell_holds_up_who_goes_through_it() -> None:
    replication = played_once(FORK, release_policy="CONWIP", wip_caps={"cell-b": 1, "cell-c": 1})
    assert [job.released for job in replication.jobs] == [0, 11, 22, 0]


def test_polca_blocks_the_pair_of_cells_that_is_full_and_no_other() -> None:
    replication = played_once(FORK, release_policy="POLCA", wip_cards=2)
    assert [job.released for job in replication.jobs] == [0, 0, 11, 0]
    assert sequence(replication, Happening.BLOCKED) == ["3"]


def test_polca_takes_the_cards_of_a_pair_from_the_caps() -> None:
    caps = {"cell-a>cell-b": 1}
    replication = played_once(FORK, release_policy="POLCA", wip_caps=caps, wip_cards=5)
    assert [job.released for job in replication.jobs] == [0, 11, 22, 0]


def test_polca_lets_a_job_into_a_cell_only_when_its_date_has_come() -> None:
    """It may come in so long before its due date as the work ahead takes, times polca_k."""
    plant = a_plant([a_machine("a"), a_machine("b")], [a_routing("x", a=1, b=2)], [an_order("x", due=100)])
    replication = played_once(plant, release_policy="POLCA", wip_cards=1, polca_k=10)
    assert times(replication, Happening.STARTED, "1") == [100 - 10 * 3, 100 - 10 * 2]
    assert played_once(plant, release_policy="CONWIP", wip_cards=1).jobs[0].completed == 3


def test_polca_ends_when_each_waits_for_the_card_of_the_other() -> None:
    """Lödding, Yu & Wiendahl, Decentralized WIP-oriented manufacturing control (DEWIP), 2003."""
    machines = [a_machine("a"), a_machine("b"), a_machine("c", cell="cell-a"), a_machine("d", cell="cell-b")]
    routings = [a_routing("x", a=1, b=1, c=1), a_routing("y", b=1, a=1, d=1)]
    plant = a_plant(machines, routings, [an_order("x", due=1), an_order("y", due=1)])
    replication = played_once(plant, release_policy="POLCA", wip_cards=1)
    assert [job.completed for job in replication.jobs] == [None, None]
    assert replication.ended == 1


def test_families_of_one_product_are_its_own() -> None:
    plant = a_plant(
        [a_machine("a")],
        [a_routing("x", a=1), a_routing("y", a=1)],
        [an_order("x"), an_order("y")],
        products=[a_product("x", family="f"), a_product("y", family="f")],
        setups=(Setup(from_family_id="f", to_family_id="f", setup_time=9),),
    )
    assert played_once(plant).ended == 2
