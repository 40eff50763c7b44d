"""A Gantt chart shows what the timeline tells, as far as there is room, and says what it leaves out."""

from dataclasses import replace

from taskforce.core.scenarios.gantt import MOST_BARS, MOST_MACHINES, Bar, gantt_of
from taskforce.core.scenarios.outcome import Entry, Happening
from taskforce.core.scenarios.plant import Order
from tests.unit.core.scenarios.outcomes import a_plant, a_replication, entries_of


def entry(at: float, event: Happening, job: str, machine: str = "M1") -> Entry:
    return Entry(at, event, job, machine, "S", "", 1)


def test_bars_are_setups_work_and_failures() -> None:
    chart = gantt_of(
        replace(a_plant(), orders=(Order(product_id="P", due=1.0, quantity=1),)),
        a_replication(
            entries=(
                entry(1.0, Happening.SETUP_STARTED, "1.2"),
                entry(2.0, Happening.SETUP_ENDED, "1.2"),
                entry(2.0, Happening.STARTED, "1.2"),
                entry(3.0, Happening.FAILED, ""),
                entry(4.0, Happening.REPAIRED, ""),
                entry(5.0, Happening.ENDED, "1.2"),
                entry(6.0, Happening.STARTED, "1.3", "M2"),
                entry(7.0, Happening.ENDED, "9", "elsewhere"),
            )
        ),
    )
    assert chart.bars == (
        Bar(row=0, lane=0, start=1.0, end=2.0, kind="setup"),
        Bar(row=0, lane=0, start=2.0, end=5.0, kind="family:F"),
        Bar(row=0, lane=0, start=3.0, end=4.0, kind="failed"),
        Bar(row=1, lane=0, start=6.0, end=100.0, kind="family:F"),
    )
    assert (chart.start, chart.end, chart.note) == (0.0, 100.0, "")


def test_jobs_side_by_side_on_a_machine_have_lanes_of_their_own() -> None:
    chart = gantt_of(
        a_plant(),
        a_replication(
            entries=(
                entry(0.0, Happening.STARTED, "1"),
                entry(1.0, Happening.STARTED, "2"),
                entry(2.0, Happening.ENDED, "1"),
                entry(3.0, Happening.STARTED, "3"),
                entry(4.0, Happening.ENDED, "2"),
                entry(4.0, Happening.ENDED, "3"),
            )
        ),
    )
    assert [(bar.lane, bar.start) for bar in chart.bars] == [(0, 0.0), (1, 1.0), (0, 3.0)]


def test_an_end_without_a_beginning_is_no_bar() -> None:
    assert gantt_of(a_plant(), a_replication(entries=(entry(1.0, Happening.ENDED, "1"),))).bars == ()


def test_what_has_no_room_is_left_out_and_said() -> None:
    machines = tuple(
        replace(a_plant().machines[0], machine_id=f"M{number}") for number in range(MOST_MACHINES + 5)
    )
    chart = gantt_of(replace(a_plant(), machines=machines), a_replication(entries=entries_of(1_000)))
    assert len(chart.bars) <= MOST_BARS
    assert max(bar.end for bar in chart.bars) <= chart.end < 2_000
    assert len(chart.machines) == MOST_MACHINES
    assert chart.note == f"the first {chart.end:,.1f} of 100.0 h, 40 of 45 machines"
