import pytest

from taskforce.core.scenarios.outcome import Happening
from taskforce.core.scenarios.plant import Failures, Setup
from tests.unit.core.scenarios.engine.plants import (
    a_machine,
    a_plant,
    a_routing,
    an_order,
    played_once,
    shown,
    times,
)

TWO_MACHINES = a_plant(
    [a_machine("a"), a_machine("b")],
    [a_routing("x", a=3, b=2), a_routing("y", a=2, b=4)],
    [
        an_order("x", release=0, due=10),
        an_order("y", release=1, due=10),
        an_order("x", release=2, due=15),
        an_order("y", release=3, due=22),
        an_order("y", release=20, due=25),
    ],
    setups=(
        Setup(from_family_id="x", to_family_id="y", setup_time=2),
        Setup(from_family_id="y", to_family_id="x", setup_time=1),
    ),
)

TIMELINE = """
0 arrived 1
0 released 1
0 queued 1
0 started 1 a1
1 arrived 2
1 released 2
1 queued 2
2 arrived 3
2 released 3
2 queued 3
3 ended 1 a1
3 queued 1
3 arrived 4
3 released 4
3 queued 4
3 setup_started 2 a1
3 started 1 b1
5 setup_ended 2 a1
5 started 2 a1
5 ended 1 b1
5 completed 1
7 ended 2 a1
7 queued 2
7 setup_started 3 a1
7 setup_started 2 b1
8 setup_ended 3 a1
8 started 3 a1
9 setup_ended 2 b1
9 started 2 b1
11 ended 3 a1
11 queued 3
11 setup_started 4 a1
13 setup_ended 4 a1
13 started 4 a1
13 ended 2 b1
13 completed 2
13 setup_started 3 b1
14 setup_ended 3 b1
14 started 3 b1
15 ended 4 a1
15 queued 4
16 ended 3 b1
16 completed 3
16 setup_started 4 b1
18 setup_ended 4 b1
18 started 4 b1
20 arrived 5
20 released 5
20 queued 5
20 started 5 a1
22 ended 4 b1
22 completed 4
22 ended 5 a1
22 queued 5
22 started 5 b1
26 ended 5 b1
26 completed 5
"""


def test_five_jobs_on_two_machines_with_setups_go_as_computed_by_hand() -> None:
    replication = played_once(TWO_MACHINES)
    told = shown(replication.entries)
    assert [entry.timestamp for entry in replication.entries] == sorted(
        entry.timestamp for entry in replication.entries
    )
    assert sorted(told) == sorted(TIMELINE.split("\n")[1:-1])
    for job in "12345":  # what happens at one time on two machines has no order; to one job it has
        mine = [line for line in TIMELINE.split("\n") if line.split(" ")[2:3] == [job]]
        assert [line for line in told if line.split(" ")[2] == job] == mine


def test_five_jobs_on_two_machines_are_counted_as_computed_by_hand() -> None:
    replication = played_once(TWO_MACHINES)
    counted = [(job.waited, job.set_up, job.processed, job.completed) for job in replication.jobs]
    assert counted == [(0, 0, 5, 5), (2, 4, 6, 13), (7, 2, 5, 16), (9, 4, 6, 22), (0, 0, 6, 26)]
    machines = {machine.machine_id: machine for machine in replication.machines}
    assert (machines["a1"].processing, machines["a1"].setting_up) == (12, 5)
    assert (machines["b1"].processing, machines["b1"].setting_up) == (16, 5)
    assert replication.ended == machines["a1"].available == 26
    assert replication.in_system_hours == 5 + 12 + 14 + 19 + 6
    assert replication.completions == 5


def test_a_place_that_is_set_up_for_a_job_is_taken_before_others() -> None:
    plant = a_plant(
        [a_machine("a", 1), a_machine("a", 2)],
        [a_routing("x", a=1), a_routing("y", a=1)],
        [an_order("x"), an_order("y"), an_order("y", release=5), an_order("x", release=6)],
        setups=TWO_MACHINES.setups,
    )
    replication = played_once(plant)
    assert [line for line in shown(replication.entries) if "started" in line] == [
        "0 started 1 a1",
        "0 started 2 a2",
        "5 started 3 a2",
        "6 started 4 a1",
    ]


def test_setups_are_scaled_and_switched_off() -> None:
    assert sum(job.set_up for job in played_once(TWO_MACHINES, setup_time_factor=0.5).jobs) == 5
    assert sum(job.set_up for job in played_once(TWO_MACHINES, setups=False).jobs) == 0


def test_what_a_failure_stops_waits_for_the_repair_and_goes_on() -> None:
    plant = a_plant(
        [a_machine("a")],
        [a_routing("x", a=50), a_routing("y", a=50)],
        [an_order("x"), an_order("y")],
        setups=(Setup(from_family_id="x", to_family_id="y", setup_time=40),),
        failures=(Failures(machine_id="a1", mtbf_hours=10, mttr_hours=2),),
    )
    replication = played_once(plant)
    first, second = replication.jobs
    down = replication.machines[0].failed
    assert down > 1
    assert replication.ended == second.completed == pytest.approx(140 + down)
    assert first.completed == pytest.approx(50 + first.broken)
    assert (second.waited, second.set_up, second.processed) == pytest.approx((50, 40, 50))
    assert second.broken == pytest.approx(down)  # in the queue behind it, and under it
    (setup_ended,) = times(replication, Happening.SETUP_ENDED, "2")
    in_setup = [
        entry.timestamp * (1 if entry.event is Happening.REPAIRED else -1)
        for entry in replication.entries
        if entry.event in {Happening.FAILED, Happening.REPAIRED}
        and 50 + first.broken < entry.timestamp < setup_ended
    ]
    assert in_setup
    assert setup_ended == pytest.approx(50 + first.broken + 40 + sum(in_setup))


def test_a_job_that_waits_behind_failed_machines_alone_is_broken_and_not_waiting() -> None:
    plant = a_plant(
        [a_machine("a")],
        [a_routing("x", a=0.001)],
        [an_order("x", release=0.5 * number) for number in range(200)],
        failures=(Failures(machine_id="a1", mtbf_hours=5, mttr_hours=5),),
    )
    replication = played_once(plant)
    assert sum(job.broken for job in replication.jobs) > 100 * sum(job.waited for job in replication.jobs)
