"""Video projects, their forks and their files, as the library offers them."""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from taskforce.application.jobs.refusals import checked
from taskforce.application.videos.files import VideoFileService
from taskforce.application.videos.forks import VideoForkService
from taskforce.application.videos.schemas import (
    AcceptedVideo,
    ForkedVideo,
    ForkVideo,
    GenerateVideo,
    GetSceneClip,
    GetSceneMedia,
    GetVideo,
    ListVideos,
    RenameVideo,
    ResumeVideo,
)
from taskforce.application.videos.service import VideoService
from taskforce.core.documents import JsonObject
from taskforce.core.principals import Principal
from taskforce.rooms.asking import asked

Models = Mapping[str, str]
"""Who writes (`script`), draws (`frames`) and films (`clips`), as `taskforce run video` takes them."""


class Videos:
    """The use cases of video projects. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: VideoService, principal: Principal) -> None:
        self._service = service
        self._principal = principal
        self.list = asked(principal, service.list, ListVideos)
        self.get = asked(principal, service.get, GetVideo)
        self.status = asked(principal, service.status, GetVideo)
        self.stop = asked(principal, service.stop, GetVideo)
        self.rename = asked(principal, service.rename, RenameVideo)
        self.delete = asked(principal, service.delete, GetVideo)

    async def generate(
        self,
        *,
        prompt: str,
        style: str = "cinematic",
        aspect_ratio: str = "16:9",
        clip_duration: int = 5,
        total_duration: int | None = None,
        title: str | None = None,
        run_through: str | None = None,
        transition: str = "cut",
        audio: bool = True,
        seed: int = 0,
        models: Models | None = None,
        idempotency_key: str | None = None,
    ) -> AcceptedVideo:
        """Make a film of a prompt; durations are seconds.

        It is stored when this returns. Its events are those of `get(...).job_id`.

        Raises:
            Invalid: a field is not right; its `errors` tell which, and what is allowed.
            ProviderNotReady: a model has no key here, or what it needs is not installed.
            ExtraMissing: the extra `videos` is not installed.
        """
        words = {
            "prompt": prompt,
            "style": style,
            "aspect_ratio": aspect_ratio,
            "clip_duration": clip_duration,
            "total_duration": total_duration,
            "title": title,
            "run_through": run_through,
            "transition": transition,
            "audio": audio,
            "seed": seed,
        }
        request = checked(GenerateVideo, models=dict(models or {}), **words)
        return await self._service.generate(self._principal, request, key=idempotency_key)

    async def resume(
        self, *, video_id: str, run_through: str | None = None, idempotency_key: str | None = None
    ) -> AcceptedVideo:
        """Go on with a project that failed, was stopped or halted. Raises VideoComplete, VideoUnderWay."""
        request = checked(ResumeVideo, video_id=video_id, run_through=run_through)
        return await self._service.resume(self._principal, request, key=idempotency_key)


class VideoForks:
    """Makes projects of others."""

    def __init__(self, service: VideoForkService, principal: Principal) -> None:
        self._service = service
        self._principal = principal

    async def create(
        self,
        *,
        video_id: str,
        title: str | None = None,
        style: str | None = None,
        total_duration: int | None = None,
        transition: str | None = None,
        audio: bool | None = None,
        scenes: Sequence[JsonObject] = (),
        delete_scenes: Sequence[int] = (),
        clear_keyframes: Sequence[int] = (),
        run_through: str | None = None,
        models: Models | None = None,
        idempotency_key: str | None = None,
    ) -> ForkedVideo:
        """Make a new project of one that is not under way, with edits; what they leave valid is inherited.

        Each of `scenes` has a `scene_index` and the words that are to be others: `description`,
        `start_frame_prompt`, `end_frame_prompt`, `motion_prompt`. Raises Invalid, VideoUnderWay.
        """
        words: dict[str, JsonValue] = {
            "title": title,
            "style": style,
            "total_duration": total_duration,
            "transition": transition,
            "audio": audio,
            "scenes": list(scenes),
            "delete_scenes": list(delete_scenes),
            "clear_keyframes": list(clear_keyframes),
            "run_through": run_through,
            "models": dict(models or {}),
        }
        request = checked(ForkVideo, video_id=video_id, **words)
        return await self._service.create(self._principal, request, key=idempotency_key)


class VideoFiles:
    """What was made. Each opens a file: `async with file.content as chunks`."""

    def __init__(self, service: VideoFileService, principal: Principal) -> None:
        self.download = asked(principal, service.download, GetVideo)
        self.picture = asked(principal, service.picture, GetSceneMedia)
        self.clip = asked(principal, service.clip, GetSceneClip)
