"""What scenarios need from outside."""

from abc import abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.paging import Listing, Page
from taskforce.core.scenarios.model import Run, Snapshot, SnapshotId
from taskforce.core.scenarios.outcome import Replication
from taskforce.core.scenarios.plant import Plant
from taskforce.core.scenarios.scenario import ScenarioConfig


class SnapshotStore(Protocol):
    """Snapshots of plants."""

    @abstractmethod
    async def add(self, snapshot: Snapshot) -> Snapshot:
        """Write a snapshot, or return the one of the same project and checksum that is there already."""

    @abstractmethod
    async def get(self, snapshot_id: SnapshotId, *, project: ProjectId) -> Snapshot:
        """Return a snapshot. Raises SnapshotNotFound."""

    @abstractmethod
    async def newest(self, project: ProjectId) -> Snapshot:
        """Return the snapshot that was committed last, again or for the first time. Raises NoSnapshot."""


class ScenarioRunStore(Protocol):
    """Runs as they stand: what they are about, and how their jobs are."""

    @abstractmethod
    async def get(self, run_id: JobId, *, project: ProjectId) -> Run:
        """Return a run. Raises RunNotFound."""

    @abstractmethod
    async def list(self, project: ProjectId, page: Page, *, experiment: JobId | None = None) -> Listing[Run]:
        """Return runs, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """How far a simulation has come: its whole state, so that it goes on in any process."""

    state: bytes
    """Empty once it is over."""
    done: float
    """Of the whole, from 0 to 1."""
    finished: tuple[Replication, ...]
    """Replications that ended within this slice."""


class Simulator(Protocol):
    """Simulates in processes of its own, one a core; equal input gives equal output in whatever process."""

    @abstractmethod
    def open(self, plant: bytes, scenario: ScenarioConfig) -> AbstractAsyncContextManager["OpenSimulation"]:
        """Take hold of a process for a plant's canonical document; leaving gives it up, whatever it does.

        Waits while all processes are taken.
        """


class OpenSimulation(Protocol):
    """A process that simulates."""

    @abstractmethod
    def play(self, state: bytes) -> AsyncIterator[Slice]:
        """Go on from a state, from the beginning with none, and give a slice every few seconds, to the end.

        Raises SimulationBroken when the process dies.
        """


class Pictures(Protocol):
    """Draws what a run came to; the same input gives the same bytes (no dates, no random ids)."""

    @abstractmethod
    async def gantt(self, plant: Plant, replication: Replication) -> bytes:
        """Return an SVG of who worked on what."""

    @abstractmethod
    async def lead_times(self, replications: tuple[Replication, ...]) -> bytes:
        """Return an SVG with the histogram of lead times."""


class Printer(Protocol):
    """Makes a page of a debrief."""

    @abstractmethod
    async def pdf(self, html: str) -> bytes:
        """Return the page as PDF. Raises Unavailable where that needs what is not installed."""


class ExampleFolder(Protocol):
    """Plants as folders of CSV files on this machine."""

    @abstractmethod
    async def read(self, folder: Path) -> dict[str, bytes]:
        """Return the tables of a folder by file name. Raises Invalid when there is none."""
