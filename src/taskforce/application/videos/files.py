"""The use cases of what a project has made: pictures, clips, the film."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from taskforce.application.videos.schemas import GetSceneClip, GetSceneMedia, GetVideo
from taskforce.core.artifacts import ArtifactRef, ArtifactStore
from taskforce.core.principals import Principal
from taskforce.core.videos.errors import MediaNotFound, SceneNotFound, VideoNotComplete
from taskforce.core.videos.model import Position, VideoId, VideoProject, VideoScene
from taskforce.core.videos.ports import VideoStore
from taskforce.core.videos.statuses import VideoStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFile:
    """A file, and its bytes to be read in chunks."""

    name: str
    media_type: str
    size: int
    sha256: str
    content: AbstractAsyncContextManager[AsyncIterator[bytes]]


class VideoFileService:
    """Opens what was made."""

    def __init__(self, *, videos: VideoStore, artifacts: ArtifactStore) -> None:
        self._videos = videos
        self._artifacts = artifacts

    async def download(self, principal: Principal, request: GetVideo) -> VideoFile:
        """Open the film of a video project."""
        video = await self._video(principal, request.video_id)
        if video.status is not VideoStatus.COMPLETE or video.film is None:
            raise VideoNotComplete(video.id, video.status)
        return self._opened(f"video_{video.id}.mp4", video.film.ref)

    async def picture(self, principal: Principal, request: GetSceneMedia) -> VideoFile:
        """Open the picture that a scene begins or ends with."""
        video = await self._video(principal, request.video_id)
        scene = _scene(video, request.scene_index)
        ref = scene.start if request.part is Position.START else scene.end
        if ref is None:
            raise MediaNotFound(f"{request.part} picture of scene {request.scene_index}")
        return self._opened(f"video_{video.id}_{request.scene_index}_{request.part}.png", ref)

    async def clip(self, principal: Principal, request: GetSceneClip) -> VideoFile:
        """Open the clip of a scene."""
        video = await self._video(principal, request.video_id)
        scene = _scene(video, request.scene_index)
        if scene.clip is None:
            raise MediaNotFound(f"clip of scene {request.scene_index}")
        return self._opened(f"video_{video.id}_{request.scene_index}.mp4", scene.clip.ref)

    async def _video(self, principal: Principal, video_id: str) -> VideoProject:
        return await self._videos.get(VideoId(video_id), project=principal.project)

    def _opened(self, name: str, ref: ArtifactRef) -> VideoFile:
        return VideoFile(
            name=name,
            media_type=ref.media_type,
            size=ref.size,
            sha256=ref.sha256,
            content=self._artifacts.open(ref),
        )


def _scene(video: VideoProject, index: int) -> VideoScene:
    for scene in video.scenes:
        if scene.scene.index == index:
            return scene
    raise SceneNotFound(video.id, index)
