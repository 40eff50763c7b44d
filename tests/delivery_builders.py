"""What tests of deliveries are made of: releases, deployments, approvals, with defaults."""

from datetime import timedelta
from typing import Any

from taskforce.core.identity import JobId
from taskforce.core.jobs.model import Job
from taskforce.core.pipelines.changes import CreateDeployment, CreateRelease
from taskforce.core.pipelines.delivery import (
    Approval,
    ArtifactType,
    BuiltArtifact,
    Deployment,
    DeploymentStatus,
    Environment,
    Product,
    Release,
    ReleaseTrigger,
    Trigger,
)
from taskforce.core.pipelines.identity import ApprovalId
from taskforce.core.pipelines.look_up import default_aliases
from taskforce.core.principals import DEFAULT_PROJECT
from tests.builders import NOON, a_job, ids

SHOP = Product(project=DEFAULT_PROJECT, repository="acme/shop", name="app")
MOST = 50


def a_commit(number: int) -> str:
    return f"{number:040x}"


def a_release(number: int = 1, *, product: Product = SHOP, tag: str = "", **fields: Any) -> Release:  # noqa: ANN401 - any field of a release
    artifact = BuiltArtifact(
        name="app", type=ArtifactType.CONTAINER, tracking_oci_uri="oci://a", primary_published_uri="oci://b"
    )
    defaults: dict[str, Any] = {
        "id": JobId(ids.new()),
        "commit_sha": a_commit(number),
        "oci_uri": "oci://releases",
        "oci_digest": f"sha256:{number:064x}",
        "created_at": NOON + timedelta(minutes=number),
        "created_by": "ann",
        "artifacts": (artifact,),
        "aliases": default_aliases(number, branch="main", tag=tag),
        "trigger": Trigger(trigger_type=ReleaseTrigger.BRANCH_PUSH, branch="main", triggered_by="ann"),
    }
    return Release(product=product, release_number=number, **{**defaults, **fields})


def made(release: Release) -> CreateRelease:
    return CreateRelease(release=release)


def a_deployment(release: Release, **fields: Any) -> tuple[Job, Deployment]:  # noqa: ANN401 - any field of a deployment
    """A queued job, and the deployment that it carries out."""
    created_at = fields.pop("created_at", NOON)
    job = a_job(kind="deployment", created_at=created_at)
    defaults: dict[str, Any] = {
        "environment": Environment.DEV,
        "status": DeploymentStatus.PENDING,
        "deployed_by": "bert",
    }
    return job, Deployment(id=job.id, release=release, created_at=created_at, **{**defaults, **fields})


def asked(deployment: Deployment, most: int = MOST) -> CreateDeployment:
    return CreateDeployment(deployment=deployment, most=most)


def an_approval(release: Release, **fields: Any) -> Approval:  # noqa: ANN401 - any field of an approval
    defaults: dict[str, Any] = {
        "id": ApprovalId(ids.new()),
        "project": DEFAULT_PROJECT,
        "environment": Environment.PRODUCTION,
        "approver": "carl",
        "justification": "Tested on staging.",
        "approved_at": NOON,
        "expires_at": NOON + timedelta(days=7),
    }
    return Approval(release=release.id, **{**defaults, **fields})
