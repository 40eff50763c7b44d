"""What is written of videos: beside a job's record, in its transaction, or by a person's word."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.identity import JobId
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateVideo:
    """Write a project, beside the job that is to make it."""

    video: VideoProject


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinueVideo:
    """Say that another job goes on with a project.

    Its applier raises VideoUnderWay when a third one has gone on with it meanwhile.
    """

    video: VideoId
    after: JobId | None
    """The job that is continued; None when the other one is played already, which no two are at once."""
    job: JobId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterStage:
    """Say that a project has come to a stage; one that was further stays there."""

    video: VideoId
    stage: Stage
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepStoryboard:
    """Write what all scenes have in common, and scenes that are not there yet."""

    video: VideoId
    style_guide: StyleGuide
    characters: tuple[Character, ...]
    scenes: tuple[VideoScene, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepPicture:
    """Write which picture begins or ends a scene."""

    video: VideoId
    scene: int
    position: Position
    ref: ArtifactRef
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveClip:
    """Say how the clip of a scene stands."""

    video: VideoId
    scene: int
    status: ClipStatus
    at: datetime
    clip: KeptClip | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendOnVideo:
    """Add finished calls to what a project has cost."""

    video: VideoId
    spent: Spent
    cost: float
    """US dollars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteVideo:
    """Write the film. Written again it changes nothing."""

    video: VideoId
    film: KeptFilm
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameVideo:
    """Give a project another title."""

    video: VideoId
    title: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteVideo:
    """Take a project out of sight; its bytes go with its jobs. Again it changes nothing."""

    video: VideoId
    at: datetime


ChangeVideo: TypeAlias = RenameVideo | DeleteVideo
"""What a person's word changes, without a job."""
