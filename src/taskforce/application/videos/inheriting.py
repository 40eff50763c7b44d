"""What a fork takes over: its own copies of pictures and clips, so that the other project may go."""

from collections.abc import Sequence

from taskforce.application.videos.making import Making
from taskforce.core.artifacts import ArtifactNotFound, ArtifactRef
from taskforce.core.jobs.errors import JobFailed
from taskforce.core.videos.changes import KeepPicture, MoveClip
from taskforce.core.videos.model import ClipStatus, KeptClip, Position, VideoScene


class Inheriting:
    """Copies what is inherited, each file once."""

    def __init__(self, making: Making) -> None:
        self._making = making
        self._copies: dict[str, ArtifactRef] = {}

    async def play(self, scenes: Sequence[VideoScene]) -> tuple[VideoScene, ...]:
        """Return the scenes with files of their own."""
        return tuple([await self._own(scene) for scene in scenes])

    async def _own(self, scene: VideoScene) -> VideoScene:
        index = scene.scene.index
        start = await self._picture(index, Position.START, scene.start)
        end = await self._picture(index, Position.END, scene.end)
        clip = None if scene.clip is None else await self._clip(index, scene.clip)
        return scene.model_copy(update={"start": start, "end": end, "clip": clip})

    async def _picture(self, index: int, position: Position, ref: ArtifactRef | None) -> ArtifactRef | None:
        if ref is None:
            return None
        key = f"inherited/{index}/{position}"
        own = await self._copied(f"{key}.png", ref)
        at = self._making.ctx.now(f"{key}/at")
        change = KeepPicture(video=self._making.task.video, scene=index, position=position, ref=own, at=at)
        await self._making.ctx.write(key, change)
        return own

    async def _clip(self, index: int, clip: KeptClip) -> KeptClip:
        key = f"inherited/{index}/clip"
        own = clip.model_copy(update={"ref": await self._copied(f"{key}.mp4", clip.ref)})
        video, at = self._making.task.video, self._making.ctx.now(f"{key}/at")
        change = MoveClip(video=video, scene=index, status=ClipStatus.COMPLETE, at=at, clip=own)
        await self._making.ctx.write(key, change)
        return own

    async def _copied(self, name: str, ref: ArtifactRef) -> ArtifactRef:
        """Return a copy of a file. A scene's end is the next one's start: the same file, the same copy."""
        if ref.id not in self._copies:
            self._copies[ref.id] = await self._making.kept(name) or await self._copy(name, ref)
        return self._copies[ref.id]

    async def _copy(self, name: str, ref: ArtifactRef) -> ArtifactRef:
        try:
            async with self._making.artifacts.open(ref) as chunks:
                return await self._making.keep(name, chunks, kind=ref.kind, media_type=ref.media_type)
        except ArtifactNotFound as gone:
            message = "The project that it was made of is gone meanwhile. Generate the film anew."
            raise JobFailed("source_gone", message) from gone
