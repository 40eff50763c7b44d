"""The stores that stand over one database."""

from dataclasses import dataclass

from taskforce.core.jobs.ports import JobStore, RequestLog
from taskforce.core.missions.ports import SessionStore
from taskforce.core.pipelines.ports import ApprovalStore, DeploymentStore, ReleaseStore, RunStore


@dataclass(frozen=True, slots=True)
class Stores:
    """Jobs, sessions, runs and deliveries in one place."""

    jobs: JobStore
    sessions: SessionStore
    requests: RequestLog
    runs: RunStore
    releases: ReleaseStore
    deployments: DeploymentStore
    approvals: ApprovalStore
