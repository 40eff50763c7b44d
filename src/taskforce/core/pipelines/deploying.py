"""What decides whether a release may go to an environment, and how a deployment stands whose job is over."""

from dataclasses import replace
from datetime import datetime

from taskforce.core.identity import JobId
from taskforce.core.jobs.model import Job
from taskforce.core.pipelines.delivery import (
    Approval,
    ApprovalStatus,
    Deployment,
    DeploymentStatus,
    Environment,
)
from taskforce.core.pipelines.errors import ApprovalMissing, ApprovalSpent, OwnApproval

LOST = "Its job is gone."
UNSURE = "Its push may have arrived: look into the GitOps repository, or deploy what is to be there."


def check_approval(
    approval: Approval | None,
    *,
    release: JobId,
    environment: Environment,
    asked_by: str,
    now: datetime,
    own_counts: bool,
) -> None:
    """Return when a deployment may be asked for.

    An approval that is named must count, also where none is needed.

    Raises:
        ApprovalMissing: production needs one.
        ApprovalSpent: it is expired, revoked, or for something else.
        OwnApproval: it is by whoever asks, and settings do not let that count.
    """
    if approval is None:
        if environment is Environment.PRODUCTION:
            raise ApprovalMissing
        return
    check_counts(approval, release=release, environment=environment, now=now)
    if approval.approver == asked_by and not own_counts:
        raise OwnApproval


def check_counts(approval: Approval, *, release: JobId, environment: Environment, now: datetime) -> None:
    """Return when an approval counts at this moment for this pair. Raises ApprovalSpent."""
    status = approval.status(now)
    if status is not ApprovalStatus.ACTIVE:
        raise ApprovalSpent(f"Approval {approval.id} is {status.value}. Ask for a new one.")
    if approval.release != release:
        raise ApprovalSpent(f"Approval {approval.id} is for another release. Ask for one of this release.")
    if approval.environment is not environment:
        raise ApprovalSpent(
            f"Approval {approval.id} is for {approval.environment.value}, not for {environment.value}. "
            "Ask for one of this environment."
        )


def standing(deployment: Deployment, *, is_over: bool, has_begun: bool, why: str) -> Deployment:
    """Return a deployment as it stands: one that is pending, while its job is over, has failed.

    If the job had begun, nobody knows what became of its push: a server takes to its end what it was sent.
    """
    if deployment.status is not DeploymentStatus.PENDING or not is_over:
        return deployment
    reason = f"{why or LOST} {UNSURE}" if has_begun else why or LOST
    return replace(deployment, status=DeploymentStatus.FAILED, reason=reason)


def stands_with(deployment: Deployment, job: Job | None) -> Deployment:
    """Return a deployment as it stands with its job; None: the job is gone."""
    failure = job.outcome.failure if job is not None and job.outcome is not None else None
    return standing(
        deployment,
        is_over=job is None or job.status.is_over,
        has_begun=job is not None and job.started_at is not None,
        why=failure.message if failure else "",
    )
