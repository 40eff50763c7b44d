"""The program of a film: four stages, each of steps that are done once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from taskforce.application.videos.clips import Clips
from taskforce.application.videos.filming import Filming
from taskforce.application.videos.inheriting import Inheriting
from taskforce.application.videos.keyframing import Keyframing
from taskforce.application.videos.making import Making
from taskforce.application.videos.pictures import Pictures
from taskforce.application.videos.stitching import Stitching
from taskforce.application.videos.storyboarding import Storyboarding
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.errors import JobFailed
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.videos.changes import ContinueVideo
from taskforce.core.videos.errors import ExtraMissing, ProviderNotReady
from taskforce.core.videos.events import video_started
from taskforce.core.videos.model import KeptFilm, VideoScene
from taskforce.core.videos.ports import (
    Assembler,
    ClipRenderer,
    FrameRenderer,
    MediaReader,
    ScriptWriter,
    VideoProviders,
)
from taskforce.core.videos.statuses import Stage, VideoStatus
from taskforce.core.videos.storyboard import Storyboard
from taskforce.core.videos.task import KIND, VideoTask, task_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Crew:
    """Who makes it."""

    writer: ScriptWriter
    frames: FrameRenderer
    clips: ClipRenderer


class VideoProgram(Program):
    """Makes films."""

    kind: ClassVar[str] = KIND

    def __init__(
        self,
        *,
        artifacts: ArtifactStore,
        providers: VideoProviders,
        reader: MediaReader,
        assembler: Assembler,
    ) -> None:
        self._artifacts = artifacts
        self._providers = providers
        self._reader = reader
        self._assembler = assembler

    def opening(self, job: Job) -> Event:
        return video_started(task_of(job))

    def taken_in(self, job: Job) -> Sequence[Change]:
        """Return that a try which continues another is what its project is told by."""
        if job.continues is None:
            return ()
        video = task_of(job).video
        return (ContinueVideo(video=video, after=job.continues, job=job.id, at=job.created_at),)

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        task = task_of(job)
        making = Making(job=job, task=task, ctx=ctx, artifacts=self._artifacts)
        crew = self._crew(task)
        storyboard, scenes = await self._begun(making, crew)
        if task.halts_after(Stage.STORYBOARDING):
            return _staged(task)
        pictures = Pictures(making, storyboard=storyboard, renderer=crew.frames, reader=self._reader)
        if not task.first.is_after(Stage.KEYFRAMING):
            scenes = await Keyframing(making, pictures).play(scenes)
        if task.halts_after(Stage.KEYFRAMING):
            return _staged(task)
        if not task.first.is_after(Stage.VIDEO_GEN):
            await making.enter(Stage.VIDEO_GEN)
            scenes = await Filming(making, self._clips(making, storyboard, crew, pictures)).play(scenes)
        if task.halts_after(Stage.VIDEO_GEN):
            return _staged(task)
        await making.enter(Stage.STITCHING)
        return _complete(task, await Stitching(making, self._assembler).play(scenes))

    async def _begun(self, making: Making, crew: _Crew) -> tuple[Storyboard, tuple[VideoScene, ...]]:
        """Return the storyboard and what there is of its scenes."""
        task, writing = making.task, Storyboarding(making, crew.writer)
        if task.inherited is None:
            await making.enter(Stage.STORYBOARDING)
            storyboard = await writing.written()
            if not task.halts_after(Stage.STORYBOARDING):
                await making.enter(Stage.KEYFRAMING)
            return storyboard, tuple(VideoScene(scene=scene) for scene in storyboard.scenes)
        scenes = await Inheriting(making).play(task.inherited.scenes)
        if task.first is Stage.KEYFRAMING:
            await making.enter(Stage.KEYFRAMING)
        storyboard = task.inherited.storyboard
        if len(scenes) < task.wish.scene_count:
            storyboard = await writing.continued(storyboard)
        more = storyboard.scenes[len(scenes) :]
        return storyboard, (*scenes, *(VideoScene(scene=scene) for scene in more))

    def _clips(self, making: Making, storyboard: Storyboard, crew: _Crew, pictures: Pictures) -> Clips:
        return Clips(
            making,
            style_guide=storyboard.style_guide,
            renderer=crew.clips,
            reader=self._reader,
            pictures=pictures,
        )

    def _crew(self, task: VideoTask) -> _Crew:
        """Return who makes it. Fails the job before anything is paid for when something is missing here."""
        models = task.wish.models
        try:
            self._assembler.check()
            return _Crew(
                writer=self._providers.script_writer(models.script),
                frames=self._providers.frame_renderer(models.frames),
                clips=self._providers.clip_renderer(models.clips),
            )
        except (ExtraMissing, ProviderNotReady) as missing:
            raise JobFailed(missing.code, missing.message) from missing


def _staged(task: VideoTask) -> JsonObject:
    return {"project_id": task.video, "status": VideoStatus.STAGED.value}


def _complete(task: VideoTask, film: KeptFilm) -> JsonObject:
    return {
        "project_id": task.video,
        "status": VideoStatus.COMPLETE.value,
        "film": film.model_dump(mode="json"),
    }
