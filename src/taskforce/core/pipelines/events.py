"""The events of the seed, word for word, and those that tell the way in between."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue

from taskforce.core.clock import rfc3339
from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId
from taskforce.core.jobs.events import Delta, Event
from taskforce.core.pipelines.delivery import Deployment, DeploymentStatus, Environment, Product, Release
from taskforce.core.pipelines.model import RunFacts, RunStatus, WorkStatus
from taskforce.core.pipelines.plan import RunPlan

RUN_CREATED = "pipeline.run.created"
RUN_COMPLETED = "pipeline.run.completed"
RUN_FAILED = "pipeline.run.failed"
RUN_CANCELLED = "pipeline.run.cancelled"
RELEASE_CREATED = "release.created"
DEPLOYMENT_CREATED = "deployment.created"
DEPLOYMENT_COMPLETED = "deployment.completed"

RELEASE_STARTED = "release.started"
DEPLOYMENT_STARTED = "deployment.started"
PHASE_STARTED = "phase.started"
PHASE_COMPLETED = "phase.completed"
TASK_STARTED = "task.started"
TASK_COMPLETED = "task.completed"
RUN_PLANNED = "run.planned"
"""What is to be done, as a tree, once it is known."""
STEP_STARTED = "step.started"
STEP_COMPLETED = "step.completed"
RELEASE_COMPLETED = "release.completed"
"""What a release that a run makes by itself came to; told in the run's log."""
RELEASE_SKIPPED = "release.skipped"
"""Which projects a run did not release, and why."""
STEP_OUTPUT = "step.output"
"""A live hint: what a step prints; the log holds all of it afterwards."""


def run_created(facts: RunFacts) -> Event:
    """Return the first event of a run."""
    details: JsonObject = {
        "run_id": facts.id,
        "repository": facts.repository,
        "branch": facts.branch,
        "commit_sha": facts.commit_sha,
        "triggered_by": facts.triggered_by,
    }
    return Event(type=RUN_CREATED, message=f"{facts.repository} at {facts.branch}", details=details)


def run_completed(facts: RunFacts, status: RunStatus, *, begun: datetime, ended: datetime) -> Event:
    """Return that a run has ended by itself, with success or not; the duration is in whole seconds."""
    details: JsonObject = {
        "run_id": facts.id,
        "repository": facts.repository,
        "commit_sha": facts.commit_sha,
        "status": status.value,
        "duration_seconds": max(0, round((ended - begun).total_seconds())),
    }
    return Event(type=RUN_COMPLETED, message=status.value, details=details)


def run_failed(facts: RunFacts, *, phase: str, error: str) -> Event:
    """Return what a run failed of; it comes before the event that it is completed."""
    details: JsonObject = {
        "run_id": facts.id,
        "repository": facts.repository,
        "commit_sha": facts.commit_sha,
        "failed_phase": phase,
        "error_message": error,
    }
    return Event(type=RUN_FAILED, message=error, details=details)


def run_cancelled(facts: RunFacts, *, begun: datetime, ended: datetime) -> Event:
    """Return that somebody ended a run; this event is ours, the seed has none."""
    details: JsonObject = {
        "run_id": facts.id,
        "repository": facts.repository,
        "commit_sha": facts.commit_sha,
        "duration_seconds": max(0, round((ended - begun).total_seconds())),
    }
    return Event(type=RUN_CANCELLED, message=RunStatus.CANCELLED.value, details=details)


def run_planned(plan: RunPlan) -> Event:
    """Return what a run is to do: its phases, their projects, and the steps of those."""
    phases: list[JsonValue] = [
        {
            "name": phase.name,
            "group_number": phase.group_number,
            "tasks": [
                {"project": task.project_name, "steps": [step.name for step in task.steps]}
                for task in phase.tasks
            ],
        }
        for phase in plan.phases
    ]
    return Event(type=RUN_PLANNED, message=f"{len(phases)} phases", details={"phases": phases})


def phase_event(type: str, phase: str, **facts: JsonValue) -> Event:
    """Return that a phase begins, or what it came to."""
    return Event(type=type, message=phase, details={"phase": phase, **facts})


def task_event(type: str, phase: str, project: str, **facts: JsonValue) -> Event:
    """Return that a task begins, or what it came to."""
    details: JsonObject = {"phase": phase, "project": project, **facts}
    return Event(type=type, message=f"{phase}/{project}", details=details)


def step_event(type: str, phase: str, project: str, step: str, **facts: JsonValue) -> Event:
    """Return that a step begins, or what it came to."""
    details: JsonObject = {"phase": phase, "project": project, "step": step, **facts}
    return Event(type=type, message=f"{phase}/{project}/{step}", details=details)


def step_output(phase: str, project: str, step: str, text: str) -> Delta:
    """Return a piece of what a step prints."""
    return Delta(type=STEP_OUTPUT, text=text, details={"phase": phase, "project": project, "step": step})


def release_started(product: Product, commit_sha: str) -> Event:
    """Return the first event of a release's job."""
    details: JsonObject = {
        "repository": product.repository,
        "project": product.name,
        "commit_sha": commit_sha,
    }
    return Event(type=RELEASE_STARTED, message=f"{product.repository}/{product.name}", details=details)


def release_created(release: Release) -> Event:
    """Return that a release is there."""
    details: JsonObject = {
        "release_id": release.id,
        "repository": release.product.repository,
        "project": release.product.name,
        "commit_sha": release.commit_sha,
        "release_number": release.release_number,
        "trigger_type": release.trigger.trigger_type.value,
    }
    return Event(type=RELEASE_CREATED, message=release.canonical_id, details=details)


def release_completed(project: str, *, number: int = 0, error: str = "") -> Event:
    """Return what a release of a run came to: its number, or what went wrong."""
    status = WorkStatus.FAILED if error else WorkStatus.SUCCESS
    details: JsonObject = {"project": project, "status": status.value}
    details |= {"error": error} if error else {"release_number": number}
    name = f"release {project}" if error else f"release {project} {number}"
    return Event(type=RELEASE_COMPLETED, message=name, details=details)


def release_skipped(projects: Sequence[str], reason: str) -> Event:
    """Return why a run releases nothing of these projects."""
    details: JsonObject = {"projects": [*projects], "reason": reason}
    return Event(type=RELEASE_SKIPPED, message=f"release {', '.join(projects)}: {reason}", details=details)


def deployment_started(release: JobId, environment: Environment) -> Event:
    """Return the first event of a deployment's job."""
    details: JsonObject = {"release_id": release, "environment": environment.value}
    return Event(type=DEPLOYMENT_STARTED, message=environment.value, details=details)


def deployment_created(deployment: Deployment, commit_sha: str) -> Event:
    """Return that a deployment is committed to the GitOps repository."""
    details: JsonObject = {
        "deployment_id": deployment.id,
        "release_id": deployment.release.id,
        "environment": deployment.environment.value,
        "deployed_by": deployment.deployed_by,
        "gitops_commit_sha": commit_sha,
    }
    return Event(type=DEPLOYMENT_CREATED, message=deployment.environment.value, details=details)


def deployment_completed(deployment: Deployment, *, created: datetime, active: datetime) -> Event:
    """Return that the remote repository holds a deployment; the duration is in whole seconds."""
    details: JsonObject = {
        "deployment_id": deployment.id,
        "environment": deployment.environment.value,
        "status": DeploymentStatus.ACTIVE.value,
        "reconciliation_duration_seconds": max(0, round((active - created).total_seconds())),
    }
    return Event(type=DEPLOYMENT_COMPLETED, message=rfc3339(active), details=details)
