"""A simulation as a job plays it: slice by slice, each with all that the next one needs."""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from itertools import count

from pydantic import BaseModel, ConfigDict

from taskforce.core.artifacts import ArtifactRef, ArtifactStore
from taskforce.core.identity import ArtifactId
from taskforce.core.jobs.errors import JobFailed
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext
from taskforce.core.scenarios.events import progress
from taskforce.core.scenarios.ports import Simulator, Slice
from taskforce.core.scenarios.task import RunTask

BYTES = "application/octet-stream"
STATE, REPLICATION = "state", "replication"
SHARE = 95.0
"""Percent of a run that its simulation is; the others are its evaluation."""
MOST_BYTES = 256 * 2**20
"""What the replications of a run may have together: as bytes all are in memory when it is evaluated."""


class Part(BaseModel):
    """Bytes that a slice has left in the artifact store."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    size: int
    sha256: str

    def ref(self, job: Job) -> ArtifactRef:
        """Return how the store knows them."""
        return ArtifactRef(
            id=ArtifactId(job.id),
            key=self.key,
            kind=STATE,
            media_type=BYTES,
            size=self.size,
            sha256=self.sha256,
        )


class KeptSlice(BaseModel):
    """What is on record of a slice."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: Part | None
    """Where the next slice begins; None when the simulation is over."""
    ended: tuple[Part, ...]


class Simulating:
    """Plays the simulation of one run, from where it was left.

    What slices leave is cleared when the run succeeds. One that failed or was cancelled keeps its last state
    and its replications until it is pruned, since a retry goes on from them.
    """

    def __init__(
        self,
        *,
        job: Job,
        task: RunTask,
        ctx: JobContext,
        artifacts: ArtifactStore,
        simulator: Simulator,
        most_bytes: int,
    ) -> None:
        self._job = job
        self._task = task
        self._ctx = ctx
        self._artifacts = artifacts
        self._simulator = simulator
        self._most_bytes = most_bytes
        self._slices: list[KeptSlice] = []

    async def play(self, plant: bytes) -> tuple[bytes, ...]:
        """Simulate to the end, and return the replications, each sealed.

        Raises JobFailed when they are more than can be evaluated.
        """
        await self._catch_up()
        if not self._is_over:
            state = await self._state()
            async with self._simulator.play(plant, self._task.scenario, state) as slices:
                await self._follow(slices)
        ended = [part for piece in self._slices for part in piece.ended]
        return tuple([await self._artifacts.read(part.ref(self._job)) for part in ended])

    async def clear(self) -> None:
        """Remove what the simulation has left, once nobody needs it."""
        for kind in (STATE, REPLICATION):
            await self._artifacts.clear(self._own(kind))

    @property
    def _is_over(self) -> bool:
        return bool(self._slices) and self._slices[-1].state is None

    async def _catch_up(self) -> None:
        """Take over the slices that are on record."""
        for number in count():
            kept = await self._ctx.recall(_name(number), type=KeptSlice)
            if kept is None:
                return
            await self._record(kept)

    async def _follow(self, slices: AsyncIterator[Slice]) -> None:
        async for piece in slices:
            percent = SHARE * piece.done
            await self._ctx.progress(percent, "simulating")
            await self._ctx.hint(progress(percent))
            if piece.state is not None:
                before = self._slices[-1].state if self._slices else None
                await self._record(await self._kept(piece.state, piece.ended))
                await self._forget(before)

    async def _record(self, kept: KeptSlice) -> None:
        step = partial(_given, kept)
        self._slices.append(await self._ctx.step(_name(len(self._slices)), step, type=KeptSlice))

    async def _forget(self, state: Part | None) -> None:
        """Remove a state that another one follows; of an earlier job it stays, for another retry."""
        if state is not None and state.key.startswith(self._own(STATE)):
            await self._artifacts.delete(state.key)

    async def _kept(self, state: bytes, ended: tuple[bytes, ...]) -> KeptSlice:
        """Store what a slice leaves, where no play that lost its lease can still write."""
        before = sum(len(piece.ended) for piece in self._slices)
        parts = [
            await self._put(self._key(REPLICATION, before + number), content)
            for number, content in enumerate(ended)
        ]
        place = self._key(STATE, len(self._slices))
        self._check_size(parts)
        return KeptSlice(state=await self._put(place, state) if state else None, ended=tuple(parts))

    def _check_size(self, parts: Sequence[Part]) -> None:
        ended = [part for piece in self._slices for part in piece.ended]
        if sum(part.size for part in (*ended, *parts)) > self._most_bytes:
            raise JobFailed(
                "too_many_records",
                f"{len(ended) + len(parts)} replications of this plant have more than "
                f"{self._most_bytes // 2**20} MiB of records. Ask for fewer.",
            )

    async def _state(self) -> bytes:
        last = self._slices[-1].state if self._slices else None
        return b"" if last is None else await self._artifacts.read(last.ref(self._job))

    async def _put(self, key: str, content: bytes) -> Part:
        stored = await self._artifacts.put(key, content, media_type=BYTES)
        return Part(key=key, size=stored.size, sha256=stored.sha256)

    def _key(self, kind: str, number: int) -> str:
        return f"{self._own(kind)}/{self._job.epoch}/{number}"

    def _own(self, kind: str) -> str:
        return f"{self._job.project}/{self._job.id}/{kind}"


def _name(number: int) -> str:
    return f"slice/{number}"


async def _given(kept: KeptSlice) -> KeptSlice:
    return kept
