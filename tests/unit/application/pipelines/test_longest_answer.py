"""The longest answer about a run is one that may be sent."""

from dataclasses import replace

from taskforce.application.pipelines.schemas import RunView
from taskforce.core.pipelines.discovery import MOST_STEPS
from taskforce.core.pipelines.keys import log_key
from taskforce.core.pipelines.model import Phase, Run, RunFacts, RunStatus, Step, WorkStatus
from tests.builders import NOON
from tests.pipeline_builders import a_phase, a_run, a_task

MOST_BYTES = 50_000_000
LONGEST = "n" * 63
LATE = "It took longer than the 167h59m59s that it may, and was stopped."


def test_a_run_of_as_many_steps_as_there_may_be_is_shown_in_50_megabytes() -> None:
    job, facts = a_run()
    key = log_key(job.id, LONGEST, LONGEST, LONGEST)
    task = a_task(job, LONGEST, LONGEST)
    step: Step = replace(
        task.steps[0],
        name=LONGEST,
        action=LONGEST,
        status=WorkStatus.FAILED,
        exit_code=255,
        error=LATE,
        logs_key=key,
        started_at=NOON,
        completed_at=NOON,
    )
    alone = replace(task, error=f"{LONGEST}: {LATE}", started_at=NOON, completed_at=NOON, steps=(step,))
    few = 100
    phase = a_phase(job, LONGEST, tasks=(alone,) * few)
    base = "https://a-host-of-ours.example.com/v1/logs/"
    run = RunView.of(_run(facts, phase), lambda of: f"{base}{of}{'s' * 100}")
    assert len(run.model_dump_json()) / few * MOST_STEPS < MOST_BYTES


def _run(facts: RunFacts, phase: Phase) -> Run:
    return Run(facts=facts, status=RunStatus.FAILED, phases=(phase,))
