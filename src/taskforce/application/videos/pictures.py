"""Pictures: each made once, in softer words when they are refused."""

from collections.abc import Callable
from functools import partial
from itertools import count

from pydantic import BaseModel, ConfigDict

from taskforce.application.videos.making import PNG, Making
from taskforce.core.artifacts import ArtifactRef
from taskforce.core.jobs.errors import JobFailed
from taskforce.core.videos.changes import KeepPicture
from taskforce.core.videos.errors import ContentRefused, MediaBroken
from taskforce.core.videos.events import content_filtered, picture_made
from taskforce.core.videos.limits import ESCALATIONS, MOST_PICTURE_BYTES, PATIENT
from taskforce.core.videos.model import Position
from taskforce.core.videos.ports import FrameOrder, FrameRenderer, MediaReader
from taskforce.core.videos.prices import Spent
from taskforce.core.videos.softening import softened
from taskforce.core.videos.storyboard import Scene, Storyboard

PICTURE = "picture"


class MadePicture(BaseModel):
    """What came of asking for a picture: it, or why not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ref: ArtifactRef | None = None
    refused: str = ""


class Pictures:
    """Has pictures made."""

    def __init__(
        self, making: Making, *, storyboard: Storyboard, renderer: FrameRenderer, reader: MediaReader
    ) -> None:
        self._making = making
        self._storyboard = storyboard
        self._renderer = renderer
        self._reader = reader

    async def made(self, scene: Scene, position: Position, *, earlier: ArtifactRef | None) -> ArtifactRef:
        """Return a picture of a scene, asked for in ever softer words. Fails the job after three refusals."""
        key = f"keyframe/{scene.index}/{position}"
        for number in count():
            level = number % (ESCALATIONS + 1)
            step = key if number == 0 else f"{key}/{number}"
            made = await self._asked(step, scene, position, earlier=earlier, level=level)
            if made.ref is not None:
                return made.ref
            if level == ESCALATIONS:
                await self._making.give_up(step, _refused(scene, position, made.refused))
        raise AssertionError

    async def again(self, scene: Scene, *, earlier: ArtifactRef, number: int) -> MadePicture:
        """Return another end of a scene, in the softest words, for the n-th order of its clip."""
        step = f"keyframe/{scene.index}/end/for_clip/{number}"
        return await self._asked(step, scene, Position.END, earlier=earlier, level=ESCALATIONS)

    async def place(self, scene: int, position: Position, ref: ArtifactRef) -> None:
        """Write that a picture that is there begins or ends a scene."""
        key = f"keyframe/{scene}/{position}/placed"
        await self._making.ctx.write(key, self._keep(scene, position, ref, key=key))

    def _keep(self, scene: int, position: Position, ref: ArtifactRef, *, key: str) -> KeepPicture:
        at = self._making.ctx.now(f"{key}/at")
        return KeepPicture(video=self._making.task.video, scene=scene, position=position, ref=ref, at=at)

    async def _asked(
        self, step: str, scene: Scene, position: Position, *, earlier: ArtifactRef | None, level: int
    ) -> MadePicture:
        order = partial(self._order, scene, position, level=level)
        render = partial(self._rendered, _name(step), order, earlier)
        made = await self._making.ctx.step(step, render, type=MadePicture, retry=PATIENT)
        if made.ref is None:
            told = content_filtered(f"the {position} picture", scene.index, made.refused)
            await self._making.tell(step, told)
        else:
            kept = self._keep(scene.index, position, made.ref, key=step)
            paid = self._making.spent(Spent(pictures=1))
            await self._making.tell(step, picture_made(scene.index, position), kept, paid)
        return made

    async def _rendered(
        self, name: str, order: Callable[[bytes | None], FrameOrder], earlier: ArtifactRef | None
    ) -> MadePicture:
        if known := await self._making.kept(name):
            return MadePicture(ref=known)
        before = None if earlier is None else await self._making.ctx.load(earlier)
        try:
            content = await self._making.seen_through(self._renderer.render(order(before)))
        except ContentRefused as refused:
            return MadePicture(refused=refused.message)
        if len(content) > MOST_PICTURE_BYTES:
            raise MediaBroken("picture", f"it has {len(content)} bytes, above {MOST_PICTURE_BYTES}")
        await self._reader.check_picture(content)
        return MadePicture(ref=await self._making.keep(name, content, kind=PICTURE, media_type=PNG))

    def _order(self, scene: Scene, position: Position, earlier: bytes | None, *, level: int) -> FrameOrder:
        wish = self._making.task.wish
        words = scene.start_frame_prompt if position is Position.START else scene.end_frame_prompt
        return FrameOrder(
            scene=scene,
            position=position,
            prompt=softened(words, level=level),
            style=wish.style,
            style_guide=self._storyboard.style_guide,
            characters=self._storyboard.characters,
            size=wish.size,
            aspect_ratio=wish.aspect_ratio,
            seed=wish.seed,
            earlier=earlier,
        )


def _name(step: str) -> str:
    """Return what a picture's file is called: by scene and position, as its step is."""
    return step.replace("keyframe/", "scenes/", 1) + ".png"


def _refused(scene: Scene, position: Position, reason: str) -> JobFailed:
    return JobFailed(
        ContentRefused.code,
        f"The {position} picture of scene {scene.index} was refused, in softer words too: {reason}. Resume "
        "to ask again, or fork the project with other words for the scene.",
        details={"scene_index": scene.index, "position": position.value},
    )
