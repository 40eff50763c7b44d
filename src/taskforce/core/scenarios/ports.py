"""What scenarios need from outside."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from taskforce.core.documents import JsonObject
from taskforce.core.identity import ProjectId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.scenarios.model import RunFacts, Snapshot, SnapshotId
from taskforce.core.scenarios.scenario import ScenarioConfig
from taskforce.core.scenarios.table import GivenTables


class SnapshotStore(Protocol):
    """Snapshots of plants."""

    @abstractmethod
    async def add(self, snapshot: Snapshot, *, changes: Sequence[RememberRequest] = ()) -> Snapshot:
        """Write a snapshot with the changes, or with them alone if it is there; return the one that is there.

        Either way it is the newest one now. Raises Conflict when a change is not possible.
        """

    @abstractmethod
    async def get(self, snapshot_id: SnapshotId, *, project: ProjectId) -> Snapshot:
        """Return a snapshot. Raises SnapshotNotFound."""

    @abstractmethod
    async def newest(self, project: ProjectId) -> Snapshot:
        """Return the snapshot that was committed last, again or for the first time. Raises NoSnapshot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """How far a simulation has come."""

    done: float
    """Of the whole, from 0 to 1."""
    state: bytes | None = None
    """All that it needs to go on in another process, empty when it is over; None: nothing is to be kept."""
    ended: tuple[bytes, ...] = ()
    """The replications that ended since the last state that was to be kept, each sealed."""


class Simulator(Protocol):
    """Simulates in processes of its own, one a core; equal input gives equal output in whatever process."""

    @abstractmethod
    def play(
        self, plant: bytes, scenario: ScenarioConfig, state: bytes
    ) -> AbstractAsyncContextManager[AsyncIterator[Slice]]:
        """Go on from a state, from the beginning with an empty one, to the end.

        A slice comes at least every second, one to be kept at least every ten, and the last is to be kept.
        Waits while all processes are taken; leaving ends the simulation at once. When its process dies it
        goes on from the last state in another one. Raises ComputationLost when they die one after the other.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFile:
    """A file that is made of a run."""

    name: str
    kind: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a run came to: its KPIs as a JSON document, and the files that tell it."""

    kpis: JsonObject
    files: tuple[MadeFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """A run that is over, as debriefs look at it."""

    facts: RunFacts
    files: Mapping[str, bytes]
    """By name, as `Evaluation` made them."""


Tell: TypeAlias = Callable[[float], Awaitable[None]]
"""Takes how much of something is done, from 0 to 1."""


class Evaluator(Protocol):
    """Makes of simulations what people read, in processes of its own; equal input gives equal bytes."""

    @abstractmethod
    def check(self) -> None:
        """Return when it can, before a simulation takes its time. Raises ExtraMissing."""

    @abstractmethod
    async def evaluate(
        self, plant: bytes, facts: RunFacts, replications: Sequence[bytes], *, tell: Tell
    ) -> Evaluation:
        """Return the KPIs, tables and pictures of a run, and tell how much of them is made from time to time.

        Raises ComputationLost as `Simulator.play`; where a process died, what is told begins again.
        """

    @abstractmethod
    async def debrief(self, run: Evaluated, baseline: Evaluated | None) -> tuple[MadeFile, ...]:
        """Return the debrief of a run as Markdown, HTML and PDF. Raises as `evaluate`."""


class PlantFolders(Protocol):
    """Plants on this machine: folders of CSV files, and archives."""

    @abstractmethod
    async def read(self, place: Path, *, within: Path | None = None) -> dict[str, bytes]:
        """Return the CSV files of a folder by name, or the file itself.

        Raises Invalid for neither, and for what leads out of the folder that all must lie within.
        """


class TableFiles(Protocol):
    """Files of tables: CSV, and archives that hold such files."""

    @abstractmethod
    def tables(self, files: Mapping[str, bytes]) -> GivenTables:
        """Return the tables that files hold, each to be read row by row, and what is wrong with the files.

        It computes, and is asked from a thread of its own.
        """
