"""The third stage: a clip a scene, several side by side."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from taskforce.application.videos.clips import Clips, FilmedScene
from taskforce.application.videos.making import Making
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.errors import JobFailed, StepFailed
from taskforce.core.jobs.events import Event
from taskforce.core.videos.changes import MoveClip
from taskforce.core.videos.events import clip_failed, clip_made, clip_ordered
from taskforce.core.videos.model import ClipStatus, KeptClip, VideoScene
from taskforce.core.videos.prices import Spent
from taskforce.core.videos.statuses import Stage

ALL_FILTERED = "all_scenes_filtered"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """What came of a scene: it, or why this try fails."""

    filmed: FilmedScene | None = None
    failure: JobFailed | StepFailed | None = None


class Filming:
    """Makes the clips that are not there. One that fails does not keep the others from being finished."""

    def __init__(self, making: Making, clips: Clips) -> None:
        self._making = making
        self._clips = clips
        self._done = 0

    async def play(self, scenes: Sequence[VideoScene]) -> tuple[VideoScene, ...]:
        """Return the scenes with their clips; those whose content is refused for good have none."""
        missing = [scene for scene in scenes if scene.clip is None]
        attempts = await self._attempts(missing)
        failure = next((one.failure for one in attempts.values() if one.failure is not None), None)
        if failure is not None:
            raise failure
        made = {name: one.filmed.scene for name, one in attempts.items() if one.filmed is not None}
        filmed = tuple(made.get(str(scene.scene.index), scene) for scene in scenes)
        if not any(scene.clip for scene in filmed):
            raise _all_filtered(attempts)
        return filmed

    async def _attempts(self, missing: Sequence[VideoScene]) -> dict[str, _Attempt]:
        """Return what came of each scene.

        A branch takes one scene after the other, so that no more are under way than there are branches, also
        while they wait. They take them in order: a replay comes back to those that were under way.
        """
        attempts: dict[str, _Attempt] = {}
        left = deque(missing)

        async def play_those_left() -> None:
            while left:
                scene = left.popleft()
                attempts[str(scene.scene.index)] = await self._attempted(scene, of=len(missing))

        count = min(self._making.task.concurrency, len(missing))
        branches = {f"branch/{number}": play_those_left for number in range(count)}
        await self._making.ctx.gather(branches, limit=max(count, 1))
        return attempts

    async def _attempted(self, scene: VideoScene, *, of: int) -> _Attempt:
        index, task = scene.scene.index, self._making.task
        await self._tell(f"clip/{index}/round/{task.round}", clip_ordered(index, task.round), index)
        try:
            filmed = await self._clips.made(scene)
        except (JobFailed, StepFailed) as failed:
            told = clip_failed(index, failed.reason, failed.message)
            key = f"clip/{index}/failed/{task.round}"
            await self._tell(key, told, index, status=ClipStatus.FAILED)
            return _Attempt(failure=failed)
        await self._tell_made(index, filmed)
        self._done += 1
        await self._making.show(Stage.VIDEO_GEN, self._done, of=of)
        return _Attempt(filmed=filmed)

    async def _tell_made(self, index: int, filmed: FilmedScene) -> None:
        key, clip = f"clip/{index}/made", filmed.scene.clip
        if clip is None:
            told = clip_failed(index, ClipStatus.RAI_FILTERED, filmed.refused)
            await self._tell(key, told, index, status=ClipStatus.RAI_FILTERED)
            return
        task = self._making.task
        paid = self._making.spent(Spent(clip_seconds=task.prices.ordered(task.wish.clip_duration)))
        told = clip_made(index, clip.facts.seconds)
        await self._tell(key, told, index, paid, status=ClipStatus.COMPLETE, clip=clip)

    async def _tell(
        self,
        key: str,
        event: Event,
        index: int,
        *changes: Change,
        status: ClipStatus = ClipStatus.POLLING,
        clip: KeptClip | None = None,
    ) -> None:
        at = self._making.ctx.now(f"{key}/at")
        move = MoveClip(video=self._making.task.video, scene=index, status=status, at=at, clip=clip)
        await self._making.tell(key, event, move, *changes)


def _all_filtered(attempts: Mapping[str, _Attempt]) -> JobFailed:
    reasons = [one.filmed.refused for one in attempts.values() if one.filmed is not None]
    return JobFailed(
        ALL_FILTERED,
        f"The provider refused the content of every scene: {reasons[0] if reasons else 'no reason given'}. "
        "Fork the project with other words for its scenes.",
    )
