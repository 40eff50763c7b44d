"""What is stored of scenarios: snapshots of a plant, runs, experiments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID, uuid5

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.scenarios.scenario import ScenarioConfig

SnapshotId = NewType("SnapshotId", str)


_SNAPSHOTS = UUID("9d0ef2a6-1f0c-5a51-9a4e-0a6f3f6c7b10")
"""The namespace of their ids."""


def snapshot_id(project: ProjectId, checksum: str) -> SnapshotId:
    """Return the id of a project's snapshot: the same for the same data (UUIDv5, RFC 9562)."""
    return SnapshotId(str(uuid5(_SNAPSHOTS, f"{project}/{checksum}")))


class RunStatus(StrEnum):
    """How a run or an experiment stands; a cancelled one is failed, with the message "cancelled"."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A plant's data as it was imported. It never changes; the same data is the same snapshot."""

    id: SnapshotId
    project: ProjectId
    checksum: str
    """SHA-256 in hex of its canonical document."""
    created_at: datetime
    rows: Mapping[str, int]
    """How many there are of each table."""
    key: str
    """Where its canonical document lies in the artifact store."""
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What a run is about. Its id is its job's."""

    id: JobId
    project: ProjectId
    snapshot: SnapshotId
    checksum: str
    """The snapshot's."""
    scenario: ScenarioConfig
    experiment: JobId | None = None
