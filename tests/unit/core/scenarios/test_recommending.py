"""What a debrief finds and recommends follows from what changed beyond chance."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from taskforce.core.scenarios.debrief import Debrief
from taskforce.core.scenarios.debriefing import debrief_of
from taskforce.core.scenarios.outcome import JobRecord, Replication
from tests.unit.core.scenarios.debriefs import a_run
from tests.unit.core.scenarios.outcomes import a_job, a_replication, replications


def compared(scenario: Sequence[Replication], baseline: Sequence[Replication]) -> Debrief:
    return debrief_of(a_run(scenario), a_run(baseline), version="1")


def with_leads(*leads: float, due: float = 20.0, extra: Sequence[JobRecord] = ()) -> list[Replication]:
    return [
        a_replication(a_job(lead=lead, due=due), *extra, number=number) for number, lead in enumerate(leads)
    ]


def test_better_and_nothing_worse_is_adopted() -> None:
    page = compared(replications(5), replications(5, slower=6.0))
    assert page.recommendation.startswith("Adopt the scenario: better in on-time delivery (+")
    assert page.recommendation.endswith("Next, look at Milling: at 92.0 % it sets the pace.")
    assert page.findings[0].title.startswith("Largest change beyond chance: ")
    assert page.findings[0].text.endswith("excludes 0.")


def test_worse_and_nothing_better_keeps_the_baseline() -> None:
    page = compared(replications(5, slower=6.0), replications(5))
    assert page.recommendation.startswith("Keep the baseline: worse in on-time delivery (\N{MINUS SIGN}")


def test_better_and_worse_is_weighed() -> None:
    faster_but_fewer = with_leads(5.0, 5.1, 4.9)
    slower_but_more = with_leads(8.0, 8.1, 7.9, extra=[a_job("2", lead=8.0, due=20.0)])
    page = compared(faster_but_fewer, slower_but_more)
    assert page.recommendation.startswith("Weigh one against the other: better in mean lead time")
    assert "worse in throughput" in page.recommendation


def test_what_may_be_chance_asks_for_as_many_replications_as_would_tell() -> None:
    # Differences 1, -0.5, 1, -0.5: mean 0.25, half an interval 3.182446 * 0.866025 / 2: 4 * 5.512 ** 2.
    page = compared(with_leads(9.0, 8.5, 9.0, 8.5), with_leads(8.0, 9.0, 8.0, 9.0))
    assert "About 122 replications would tell whether mean lead time did." in page.recommendation
    assert page.findings[0].title.startswith("No change beyond chance; the largest: ")
    assert page.findings[0].text.endswith("includes 0, so it may be chance.")


def test_what_could_never_be_told_keeps_the_baseline() -> None:
    page = compared(with_leads(9.0, 7.001), with_leads(8.0, 8.0))
    assert page.recommendation.startswith("Keep the baseline: what changed is too little")


def test_nothing_that_changed_keeps_the_baseline() -> None:
    page = compared(replications(3), replications(3))
    assert page.recommendation.startswith("Keep the baseline: nothing that decides has changed.")
    assert page.findings[0].title == "No KPI changed"


def test_one_replication_decides_nothing() -> None:
    page = compared(with_leads(5.0), with_leads(8.0))
    assert page.recommendation.startswith("Do not decide yet: simulate both with 10 replications")
    assert page.findings[0].text.endswith("of one replication.")


def test_a_run_without_a_completed_job_cannot_be_compared() -> None:
    nothing = [replace(a_replication(), wip_hours=0.0, ended=0.0)]
    page = compared(nothing, nothing)
    assert page.findings[0].title == "Nothing to compare"


@pytest.mark.parametrize(("waited", "broken", "cause"), [(12.0, 0.0, "queues"), (0.0, 12.0, "failures")])
def test_the_largest_cause_of_tardiness_is_told_with_its_share(
    waited: float, broken: float, cause: str
) -> None:
    late = a_job(lead=16.0, due=8.0)._replace(waited=waited, broken=broken, set_up=1.0, processed=3.0)
    finding = compared([a_replication(late)], with_leads(4.0)).findings[2]
    assert finding.title == f"Jobs are late mostly from {cause}"
    assert finding.text.startswith(f"Of the mean tardiness of 8.00 h, 6.00 h or 75 % come from {cause}")


def test_no_job_late_is_a_finding_too() -> None:
    assert compared(with_leads(4.0), with_leads(4.0)).findings[2].text == "1 job completed, 0 of them late."
