"""What tests of pipelines are made of: runs, their parts, with defaults for what a test is silent on."""

from datetime import datetime
from typing import Any

from taskforce.core.jobs.model import Job
from taskforce.core.pipelines.changes import CreateRun, PlanRun
from taskforce.core.pipelines.identity import phase_id, step_id, task_id
from taskforce.core.pipelines.model import Phase, RunFacts, Step, Task, TriggerType
from tests.builders import NOON, a_job

SHA = "0123456789abcdef0123456789abcdef01234567"
PIPELINE = "pipeline"


def a_run(**fields: Any) -> tuple[Job, RunFacts]:  # noqa: ANN401 - any field of what a run is about
    """A queued job, and what its run is about."""
    created_at: datetime = fields.pop("created_at", NOON)
    job = a_job(kind=PIPELINE, created_at=created_at, lock=fields.pop("lock", None))
    defaults: dict[str, Any] = {
        "project": job.project,
        "repository": "acme/shop",
        "branch": "main",
        "commit_sha": SHA,
        "trigger_type": TriggerType.PUSH,
        "triggered_by": "ann@example.com",
    }
    return job, RunFacts(id=job.id, created_at=created_at, **{**defaults, **fields})


def created(facts: RunFacts, *, most: int | None = None, is_alone: bool = False) -> CreateRun:
    return CreateRun(facts=facts, most=most, is_alone=is_alone)


def planned(job: Job, *names: str, steps: tuple[str, ...] = ("compile", "test")) -> PlanRun:
    """Phases of one task each, in groups of their own."""
    phases = tuple(
        a_phase(job, name, group_number=number, tasks=(a_task(job, name, steps=steps),))
        for number, name in enumerate(names or ("build", "deploy"), start=1)
    )
    return PlanRun(run=job.id, phases=phases)


def a_phase(job: Job, name: str, **fields: Any) -> Phase:  # noqa: ANN401 - any field of a phase
    return Phase(**{"id": phase_id(job.id, name), "name": name, "group_number": 1, **fields})


def a_task(job: Job, phase: str, project: str = "app", steps: tuple[str, ...] = ("compile", "test")) -> Task:
    parts = tuple(
        Step(id=step_id(job.id, phase, project, name), name=name, action="command") for name in steps
    )
    return Task(id=task_id(job.id, phase, project), project_name=project, steps=parts)
