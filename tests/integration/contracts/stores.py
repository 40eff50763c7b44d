"""The stores that stand over one database."""

from dataclasses import dataclass

from taskforce.core.jobs.ports import JobStore, RequestLog
from taskforce.core.jobs.pruning import JobPruning
from taskforce.core.marketplace.ports import AuditLog, CatalogueStore, SourceStore
from taskforce.core.missions.ports import SessionStore
from taskforce.core.pipelines.ports import ApprovalStore, DeploymentStore, ReleaseStore, RunStore
from taskforce.core.pipelines.retention import LogPruning
from taskforce.core.scenarios.ports import SnapshotStore
from taskforce.core.videos.ports import VideoStore
from taskforce.core.webhooks.ports import DeliveryStore, Outbox, WebhookStore

ALWAYS = ("taskforce.echo.always.v1",)
"""What leaves of every project, whether a webhook wants it or not."""


@dataclass(frozen=True, slots=True)
class Stores:
    """Jobs, sessions, runs, their deliveries, webhooks, snapshots and sources in one place."""

    jobs: JobStore
    sessions: SessionStore
    requests: RequestLog
    webhooks: WebhookStore
    deliveries: DeliveryStore
    outbox: Outbox
    pruning: JobPruning
    runs: RunStore
    releases: ReleaseStore
    deployments: DeploymentStore
    approvals: ApprovalStore
    snapshots: SnapshotStore
    log_pruning: LogPruning
    sources: SourceStore
    catalogue: CatalogueStore
    audit: AuditLog
    videos: VideoStore
