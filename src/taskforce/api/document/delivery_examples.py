"""Examples of releases, deployments and approvals, as the document shows them."""

from collections.abc import Mapping
from typing import Any

COMMIT = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
RELEASE_ID, RUN_ID = "0199a2f3-9d10-7a31-8c02-1f2e3d4c5b6a", "0199a2f3-8c02-7e11-9a4d-3b7c5d1e2f60"
DEPLOYMENT_ID, APPROVAL_ID = "0199a2f3-a1b2-7c3d-9e4f-5a6b7c8d9e0f", "0199a2f3-b2c3-7d4e-8f50-6b7c8d9e0f1a"
AT, UNTIL = "2026-01-01T12:00:00.000000Z", "2026-01-08T12:00:00.000000Z"
IMAGE = {
    "name": "image",
    "type": "container",
    "tracking_oci_uri": "oci://registry.example/acme/shop/app:4b825dc",
    "primary_published_uri": "oci://registry.example/acme/shop/app:1.2.3",
}
URI = f"oci://registry.example/releases/acme/shop/app:42-{COMMIT}"
LISTED = {"id": RELEASE_ID, "commit_sha": COMMIT, "release_number": 42, "created_at": AT}
APPROVED = {
    "approval_id": APPROVAL_ID,
    "approver": "bob@company.com",
    "approved_at": AT,
    "expires_at": UNTIL,
    "status": "active",
}
DEPLOYED = {"deployed_at": AT, "deployed_by": "alice@company.com"}
PART = {"total": 1, "limit": 20, "offset": 0}

DELIVERY_EXAMPLES: Mapping[str, dict[str, Any]] = {
    "CreateRelease": {
        "pipeline_run_id": RUN_ID,
        "repository": "acme/shop",
        "project": "app",
        "commit_sha": COMMIT,
        "artifacts": [IMAGE],
    },
    "GiveAlias": {"release_id": "42", "alias": "stable"},
    "CreateDeployment": {
        "release_id": RELEASE_ID,
        "environment": "production",
        "approval_id": APPROVAL_ID,
    },
    "CreateApproval": {
        "release_id": RELEASE_ID,
        "environment": "production",
        "justification": "Tested on staging.",
    },
    "CreatedReleaseView": {
        "id": RELEASE_ID,
        "release_number": 42,
        "oci_uri": URI,
        "canonical_id": f"acme/shop/app/{COMMIT}",
        "created_at": AT,
    },
    "ReleaseView": {
        **LISTED,
        "repository": "acme/shop",
        "project": "app",
        "oci_uri": URI,
        "oci_digest": f"sha256:{'ab' * 32}",
        "created_by": "alice@company.com",
        "artifacts": [IMAGE],
        "aliases": [
            {"alias": "42", "alias_type": "numeric"},
            {"alias": "main-42", "alias_type": "branch"},
        ],
        "trigger": {
            "trigger_type": "branch_push",
            "branch": "main",
            "triggered_by": "alice@company.com",
        },
    },
    "ReleasesView": {"releases": [LISTED], **PART},
    "CreatedDeploymentView": {
        "id": DEPLOYMENT_ID,
        "deployment_id": DEPLOYMENT_ID,
        "gitops_commit_sha": COMMIT,
        "status": "pending",
    },
    "CurrentDeploymentView": {
        "deployment_id": DEPLOYMENT_ID,
        "release_id": RELEASE_ID,
        "release_number": 42,
        "environment": "production",
        "status": "active",
        **DEPLOYED,
        "gitops_commit_sha": COMMIT,
    },
    "DeploymentsView": {
        "deployments": [
            {"id": DEPLOYMENT_ID, "release_number": 42, "status": "superseded", **DEPLOYED, "reason": ""}
        ],
        **PART,
    },
    "CreatedApprovalView": APPROVED,
    "ApprovalView": {**APPROVED, "justification": "Tested on staging."},
}
