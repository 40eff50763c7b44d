"""What is written of videos, beside a job's record or by a person's word, and what it makes of a project.

Each change tells with `made` what a project is after it: the same in whatever it is stored.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeAlias, get_args

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.identity import JobId
from taskforce.core.videos.errors import VideoComplete, VideoContinued, VideoNotFound
from taskforce.core.videos.model import (
    ClipStatus,
    KeptClip,
    KeptFilm,
    Position,
    VideoId,
    VideoProject,
    VideoScene,
)
from taskforce.core.videos.prices import Spent
from taskforce.core.videos.statuses import Stage
from taskforce.core.videos.storyboard import Character, StyleGuide


class Changing(Protocol):
    """Something that changes a project."""

    @abstractmethod
    def made(self, video: VideoProject) -> VideoProject:
        """Return a project after it; the project itself where it changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateVideo:
    """Write a project, beside the job that is to make it."""

    video: VideoProject


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinueVideo(Changing):
    """Say that another job goes on with a project.

    Its applier raises VideoNotFound when the project is deleted, VideoComplete when it has its film, and
    VideoContinued when a third job has gone on with it meanwhile.
    """

    video: VideoId
    after: JobId
    """The job that is continued."""
    job: JobId
    at: datetime

    def made(self, video: VideoProject) -> VideoProject:
        if video.deleted_at is not None:
            raise VideoNotFound(video.id)
        if video.film is not None:
            raise VideoComplete(video.id)
        if self.after != video.job:
            raise VideoContinued(video.id)
        return replace(video, job=self.job)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterStage(Changing):
    """Say that a project has come to a stage; one that was further stays there."""

    video: VideoId
    stage: Stage
    at: datetime

    def made(self, video: VideoProject) -> VideoProject:
        is_further = video.stage is None or self.stage.is_after(video.stage)
        return replace(video, stage=self.stage) if is_further else video


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepStoryboard(Changing):
    """Write what all scenes have in common, and scenes that are not there yet."""

    video: VideoId
    style_guide: StyleGuide
    characters: tuple[Character, ...]
    scenes: tuple[VideoScene, ...]
    at: datetime

    def made(self, video: VideoProject) -> VideoProject:
        scenes = (*video.scenes, *self.scenes[len(video.scenes) :])
        return replace(video, style_guide=self.style_guide, characters=self.characters, scenes=scenes)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepPicture(Changing):
    """Write which picture begins or ends a scene."""

    video: VideoId
    scene: int
    position: Position
    ref: ArtifactRef
    at: datetime

    def made(self, video: VideoProject) -> VideoProject:
        name = "start" if self.position is Position.START else "end"
        return _with_scene(video, self.scene, {name: self.ref})


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveClip(Changing):
    """Say how the clip of a scene stands."""

    video: VideoId
    scene: int
    status: ClipStatus
    at: datetime
    clip: KeptClip | None = None

    def made(self, video: VideoProject) -> VideoProject:
        return _with_scene(video, self.scene, {"clip_status": self.status, "clip": self.clip})


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendOnVideo(Changing):
    """Add finished calls to what a project has cost."""

    video: VideoId
    spent: Spent
    cost: float
    """US dollars."""

    def made(self, video: VideoProject) -> VideoProject:
        cost = round(video.cost + self.cost, 6)
        return replace(video, spent=video.spent.plus(self.spent), cost=cost)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteVideo(Changing):
    """Write the film. Written again it changes nothing."""

    video: VideoId
    film: KeptFilm
    at: datetime

    def made(self, video: VideoProject) -> VideoProject:
        return video if video.film is not None else replace(video, film=self.film)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameVideo(Changing):
    """Give a project another title."""

    video: VideoId
    title: str
    at: datetime

    def made(self, video: VideoProject) -> VideoProject:
        return replace(video, title=self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteVideo(Changing):
    """Take a project out of sight; its bytes go with its jobs. Again it changes nothing."""

    video: VideoId
    at: datetime

    def made(self, video: VideoProject) -> VideoProject:
        return video if video.deleted_at is not None else replace(video, deleted_at=self.at)


ChangeVideo: TypeAlias = RenameVideo | DeleteVideo
"""What a person's word changes, without a job."""
JobChange: TypeAlias = (
    ContinueVideo | EnterStage | KeepStoryboard | KeepPicture | MoveClip | SpendOnVideo | CompleteVideo
)
"""What jobs change."""
JOB_CHANGES: tuple[type[JobChange], ...] = get_args(JobChange)
VideoChange: TypeAlias = ChangeVideo | JobChange


def changed(video: VideoProject, change: VideoChange) -> VideoProject:
    """Return a project after a change; it itself when that changes nothing. Raises what `made` raises."""
    after = change.made(video)
    if after is video or isinstance(change, SpendOnVideo):
        return after
    return replace(after, updated_at=max(change.at, video.updated_at))


def _with_scene(video: VideoProject, index: int, fields: Mapping[str, object]) -> VideoProject:
    scenes = tuple(
        scene.model_copy(update=fields) if scene.scene.index == index else scene for scene in video.scenes
    )
    return replace(video, scenes=scenes)
