"""A try at a film: what all its stages do alike."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from taskforce.core.artifacts import ArtifactRef, ArtifactStore
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.errors import JobFailed
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext
from taskforce.core.videos.changes import EnterStage, SpendOnVideo
from taskforce.core.videos.events import stage_started
from taskforce.core.videos.prices import Spent
from taskforce.core.videos.statuses import Stage
from taskforce.core.videos.task import VideoTask

T = TypeVar("T")
PNG, MP4 = "image/png", "video/mp4"
SHARES = {
    Stage.STORYBOARDING: (0, 5),
    Stage.KEYFRAMING: (5, 30),
    Stage.VIDEO_GEN: (30, 90),
    Stage.STITCHING: (90, 100),
}
"""Percent of the whole that each stage is."""


class Making:
    """What a job makes, and where it is told and kept."""

    def __init__(self, *, job: Job, task: VideoTask, ctx: JobContext, artifacts: ArtifactStore) -> None:
        self.job = job
        self.task = task
        self.ctx = ctx
        self.artifacts = artifacts
        self._saves: Counter[str] = Counter()

    async def enter(self, stage: Stage) -> None:
        """Be at a stage."""
        key = f"stage/{stage.value}"
        at = self.ctx.now(f"{key}/at")
        await self.tell(key, stage_started(stage), EnterStage(video=self.task.video, stage=stage, at=at))

    async def show(self, stage: Stage, done: int, *, of: int) -> None:
        """Say how far a stage is."""
        first, last = SHARES[stage]
        percent = first + (last - first) * done / of
        await self.ctx.progress(percent, f"{stage.value}: {done} of {of}")

    async def tell(self, key: str, event: Event, *changes: Change) -> None:
        """Tell a fact and write what it changes, once; both are seen while the next step goes on."""
        for number, change in enumerate(changes):
            await self.ctx.write(f"{key}/row/{number}", change)
        await self.ctx.emit(key, event)

    def spent(self, spent: Spent) -> SpendOnVideo:
        """Return the change that adds finished calls to the project."""
        return SpendOnVideo(video=self.task.video, spent=spent, cost=self.task.prices.of(spent))

    async def kept(self, name: str) -> ArtifactRef | None:
        """Return what was stored under a name by a try of a step that was cut off before its own record."""
        return await self.ctx.recall(f"file/{name}", type=ArtifactRef)

    async def keep(
        self, name: str, content: bytes | Path | AsyncIterator[bytes], *, kind: str, media_type: str
    ) -> ArtifactRef:
        """Store a file of the project; the last thing that a step does, in whose record it is told."""
        self._saves[name] += 1
        tries = self._saves[name]
        key = f"file/{name}" if tries == 1 else f"file/{name}/{tries}"
        place = f"{self.job.project}/{self.job.id}/{name}"
        return await self.ctx.save(key, content, kind=kind, media_type=media_type, place=place)

    async def seen_through(self, call: Coroutine[Any, Any, T]) -> T:
        """Return what a provider gives for a call that is paid for once it is sent.

        A stop waits for it, so that it is on record when the project goes on. A process that ends does not.
        """
        under_way = asyncio.ensure_future(call)
        try:
            return await asyncio.shield(under_way)
        except asyncio.CancelledError:
            if not self.ctx.is_cancelled:
                raise
            return await asyncio.shield(under_way)
        finally:
            under_way.cancel()
            await asyncio.gather(under_way, return_exceptions=True)

    async def give_up(self, key: str, failure: JobFailed) -> None:
        """Fail this try, and let the one that a person asks for go on from here.

        The round is recorded in which it was given up: in a later one there is nothing to fail for.
        """
        given_up = await self.ctx.step(f"{key}/given_up", partial(_given, self.task.round), type=int)
        if given_up == self.task.round:
            raise failure

    async def begun(self, key: str) -> int:
        """Return the round in which something was begun for the first time."""
        return await self.ctx.step(f"{key}/begun", partial(_given, self.task.round), type=int)


async def _given(value: T) -> T:
    return value
