"""Runs to make a debrief of, and debriefs."""

from collections.abc import Sequence
from dataclasses import replace

from taskforce.core.scenarios.debrief import Debrief, DebriefedRun, Link
from taskforce.core.scenarios.debriefing import debrief_of
from taskforce.core.scenarios.outcome import Replication
from taskforce.core.scenarios.scenario import DispatchRule, ReleasePolicy, ScenarioConfig
from taskforce.core.scenarios.summary import summary_of
from tests.unit.core.scenarios.outcomes import a_plant, replications

HOSTILE = "<script>alert(1)</script> | **x** [y](javascript:z) `=1+1` & \x00\u202e\n$x$ "


def a_run(
    outcome: Sequence[Replication], scenario: ScenarioConfig | None = None, *, checksum: str = "ab" * 32
) -> DebriefedRun:
    """A run with this outcome."""
    return DebriefedRun(
        run_id=f"run-{len(outcome)}",
        scenario=scenario or ScenarioConfig(seed=7, replications=len(outcome)),
        checksum=checksum,
        summary=summary_of(a_plant(), outcome),
    )


FASTER = ScenarioConfig(
    name="ATCS with a cap",
    dispatch_rule=DispatchRule.ATCS,
    release_policy=ReleasePolicy.CONWIP,
    wip_caps={"global": 25},
    setup_time_factor=0.5,
    seed=7,
    replications=5,
)


def a_debrief(links: Sequence[Link] = ()) -> Debrief:
    """The debrief of a scenario that is two hours faster than its baseline, on the same draws."""
    return debrief_of(
        a_run(replications(5), FASTER),
        a_run(replications(5, slower=6.0)),
        links=links,
        version="1.2.3",
    )


def a_hostile_debrief() -> Debrief:
    """A debrief in which every text of somebody else is as long and as ill-meant as it gets."""
    plant = a_plant(name=HOSTILE * 4)
    machines = tuple(
        replace(machine, machine_group_id=f"{machine.machine_group_id} {HOSTILE * 3}")
        for machine in plant.machines
    )
    scenario = ScenarioConfig(
        name=(HOSTILE * 2)[:100],
        dispatch_rule=DispatchRule.ATCS,
        release_policy=ReleasePolicy.POLCA,
        wip_caps={f"{HOSTILE}{number}": 3 for number in range(30)},
        wip_cards=5,
        setup_time_factor=0.5,
        add_floater=4,
        failures=False,
        quality=False,
        setups=False,
        calendars=False,
        operators=False,
        horizon=999_999.5,
        warm_up=12_345.5,
        replications=1_000,
    )
    outcome, slower = replications(3), replications(4, slower=6.0)
    hostile = replace(plant, machines=machines)
    return debrief_of(
        DebriefedRun(
            run_id="r" * 36, scenario=scenario, checksum="ab" * 32, summary=summary_of(hostile, outcome)
        ),
        DebriefedRun(
            run_id="b" * 36,
            scenario=ScenarioConfig(name=(HOSTILE * 2)[:100]),
            checksum="cd" * 32,
            summary=summary_of(hostile, slower),
        ),
        links=[Link(label=HOSTILE * 2, url=f'https://example.org/"><script>{number}') for number in range(6)],
        version="1.2.3",
    )
