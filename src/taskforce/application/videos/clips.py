"""The clip of one scene: ordered, looked at until it is there, ordered again in softer words when refused."""

from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from taskforce.application.videos.making import MP4, Making
from taskforce.application.videos.pictures import Pictures
from taskforce.core.jobs.errors import JobFailed, StepFailed
from taskforce.core.jobs.steps import SKIPPED, Effect, Ruling, Subject
from taskforce.core.videos.errors import ContentRefused, MediaBroken
from taskforce.core.videos.events import content_filtered
from taskforce.core.videos.limits import ESCALATIONS, MOST_CLIP_BYTES, PATIENT, POLLS
from taskforce.core.videos.model import KeptClip, VideoScene
from taskforce.core.videos.ports import (
    ClipFailed,
    ClipMade,
    ClipOrder,
    ClipPending,
    ClipRefused,
    ClipRenderer,
    MediaReader,
)
from taskforce.core.videos.softening import softened
from taskforce.core.videos.storyboard import StyleGuide

CLIP = "clip"
MakeOrder: TypeAlias = Callable[[], Awaitable[ClipOrder]]


class Submitted(BaseModel):
    """What came of ordering a clip: its operation, or why there is none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    operation: str = ""
    refused: str = ""


class Look(BaseModel):
    """What was seen at a look at an operation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: Literal["pending", "made", "refused", "failed"]
    reason: str = ""
    clip: KeptClip | None = None


class FilmedScene(BaseModel):
    """A scene with its clip, or without one because of what its words ask for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scene: VideoScene
    refused: str = ""


LOST = Look(state="failed", reason="the worker stopped while it was ordered, and it may be made or not")


class Clips:
    """Has clips made."""

    def __init__(
        self,
        making: Making,
        *,
        style_guide: StyleGuide,
        renderer: ClipRenderer,
        reader: MediaReader,
        pictures: Pictures,
    ) -> None:
        self._making = making
        self._style_guide = style_guide
        self._renderer = renderer
        self._reader = reader
        self._pictures = pictures

    async def made(self, scene: VideoScene) -> FilmedScene:
        """Return the scene with its clip. Fails the job when there is none and asking again may help."""
        index, level = scene.scene.index, 0
        for number in count():
            key = f"clip/{index}" if number == 0 else f"clip/{index}/{number}"
            look = await self._ordered(key, scene, level=level)
            if look.clip is not None:
                return FilmedScene(scene=scene.model_copy(update={"clip": look.clip}))
            if look.state == "failed":
                await self._making.give_up(f"{key}/over", _failed(index, look.reason))
                continue
            await self._making.tell(f"{key}/refused", content_filtered("the clip", index, look.reason))
            if level == ESCALATIONS:
                return FilmedScene(scene=scene, refused=look.reason)
            level += 1
            if level == ESCALATIONS and scene.start is not None:
                end = await self._pictures.again(scene.scene, earlier=scene.start, number=number)
                if end.ref is None:
                    return FilmedScene(scene=scene, refused=end.refused)
                scene = scene.model_copy(update={"end": end.ref})
        raise AssertionError

    async def _ordered(self, key: str, scene: VideoScene, *, level: int) -> Look:
        order = partial(self._order, scene, level=level)
        submitted = await self._submitted(key, scene, order)
        if submitted is None:
            return LOST
        if submitted.refused:
            return Look(state="refused", reason=submitted.refused)
        return await self._watched(key, submitted.operation, scene.scene.index, order)

    async def _submitted(self, key: str, scene: VideoScene, order: MakeOrder) -> Submitted | None:
        """Return the operation, by the record if it is there; None when it may exist unrecorded."""
        step = f"{key}/submit"
        about = Subject(name=f"The order of the clip of scene {scene.scene.index}", details={})
        effect = Effect.IDEMPOTENT
        if not self._renderer.orders_are_free:
            is_asked_again = await self._making.begun(key) < self._making.task.round
            ruling = Ruling(decision="repeat" if is_asked_again else "skip", by=self._making.job.created_by)
            about = Subject(name=about.name, details={"scene_index": scene.scene.index}, ruling=ruling)
            effect = Effect.ONCE
        submit = partial(self._submit, f"{self._making.task.video}/{key}", order)
        try:
            return await self._making.ctx.step(
                step, submit, type=Submitted, retry=PATIENT, effect=effect, subject=about
            )
        except StepFailed as failed:
            if failed.reason != SKIPPED:
                raise
            return None

    async def _submit(self, order_key: str, order: MakeOrder) -> Submitted:
        try:
            submitting = self._renderer.submit(await order(), key=order_key)
            return Submitted(operation=await self._making.seen_through(submitting))
        except ContentRefused as refused:
            return Submitted(refused=refused.message)

    async def _watched(self, key: str, operation: str, index: int, order: MakeOrder) -> Look:
        """Return what became of an operation; the looks at it are counted as they are recorded."""
        ctx, pause = self._making.ctx, self._renderer.pause
        for number in count(1):
            if number > 1 and number % POLLS == 1:
                await self._making.give_up(f"{key}/patience/{number - 1}", _timed_out(index, number - 1))
            if pause:
                await ctx.sleep(f"{key}/pause/{number}", ctx.now(f"{key}/at/{number}") + pause)
            name = f"scenes/{index}/{key.replace('/', '-')}.mp4"
            look = partial(self._look, name, operation, order)
            seen = await ctx.step(f"{key}/poll/{number}", look, type=Look, retry=PATIENT)
            if seen.state != "pending":
                return seen
        raise AssertionError

    async def _look(self, name: str, operation: str, order: MakeOrder) -> Look:
        given = await order()
        match await self._renderer.poll(operation, given):
            case ClipPending():
                return Look(state="pending")
            case ClipRefused(reason=reason):
                return Look(state="refused", reason=reason)
            case ClipFailed(reason=reason):
                return Look(state="failed", reason=reason)
            case ClipMade(content=content):
                return await self._kept(name, content)

    async def _kept(self, name: str, content: bytes) -> Look:
        if len(content) > MOST_CLIP_BYTES:
            reason = f"it has {len(content)} bytes, above {MOST_CLIP_BYTES}"
            return Look(state="failed", reason=reason)
        try:
            facts = await self._reader.read_clip(content)
        except MediaBroken as broken:
            return Look(state="failed", reason=f"what the provider gave is broken: {broken.reason}")
        ref = await self._making.keep(name, content, kind=CLIP, media_type=MP4)
        return Look(state="made", clip=KeptClip(ref=ref, facts=facts))

    async def _order(self, scene: VideoScene, *, level: int) -> ClipOrder:
        wish, load = self._making.task.wish, self._making.ctx.load
        if scene.start is None or scene.end is None:
            raise ValueError(f"scene {scene.scene.index} has no pictures")
        return ClipOrder(
            scene=scene.scene,
            prompt=softened(scene.scene.motion_prompt, level=level),
            style=wish.style,
            style_guide=self._style_guide,
            size=wish.size,
            aspect_ratio=wish.aspect_ratio,
            seconds=wish.clip_duration,
            seed=wish.seed,
            audio=wish.audio,
            start=await load(scene.start),
            end=await load(scene.end),
        )


def _failed(index: int, reason: str) -> JobFailed:
    message = f"There is no clip of scene {index}: {reason}. Resume to order it again."
    return JobFailed("clip_failed", message, details={"scene_index": index})


def _timed_out(index: int, looks: int) -> JobFailed:
    message = (
        f"The clip of scene {index} was not there after {looks} looks. Resume to look for it again, as often."
    )
    return JobFailed("clip_timed_out", message, details={"scene_index": index})
