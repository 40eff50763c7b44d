"""The stores that stand over one database."""

from dataclasses import dataclass

from taskforce.core.jobs.ports import JobStore, RequestLog
from taskforce.core.jobs.pruning import JobPruning
from taskforce.core.missions.ports import SessionStore


@dataclass(frozen=True, slots=True)
class Stores:
    """Jobs and sessions in one place."""

    jobs: JobStore
    sessions: SessionStore
    requests: RequestLog
    pruning: JobPruning
