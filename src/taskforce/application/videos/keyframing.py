"""The second stage: a start and an end picture a scene, each going on from the one before."""

from collections.abc import Sequence

from taskforce.application.videos.making import Making
from taskforce.application.videos.pictures import Pictures
from taskforce.core.artifacts import ArtifactRef
from taskforce.core.videos.model import Position, VideoScene
from taskforce.core.videos.statuses import Stage


class Keyframing:
    """Makes the pictures that are not there, from the first scene to the last."""

    def __init__(self, making: Making, pictures: Pictures) -> None:
        self._making = making
        self._pictures = pictures

    async def play(self, scenes: Sequence[VideoScene]) -> tuple[VideoScene, ...]:
        """Return the scenes with their pictures. Each begins with the picture that the last one ends with."""
        done: list[VideoScene] = []
        for scene in scenes:
            done.append(await self._with_pictures(scene, before=done[-1].end if done else None))
            await self._making.show(Stage.KEYFRAMING, len(done), of=len(scenes))
        return tuple(done)

    async def _with_pictures(self, one: VideoScene, *, before: ArtifactRef | None) -> VideoScene:
        scene, start, end = one.scene, one.start, one.end
        if start is None and before is not None:
            start = before
            await self._pictures.place(scene.index, Position.START, start)
        if start is None:
            start = await self._pictures.made(scene, Position.START, earlier=None)
        if end is None:
            end = await self._pictures.made(scene, Position.END, earlier=start)
        return one.model_copy(update={"start": start, "end": end})
