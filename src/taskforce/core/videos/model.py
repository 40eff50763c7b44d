"""What is known of a video project: what was asked for, its scenes, its film."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType, Self

from pydantic import BaseModel, ConfigDict

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.model import JobStatus
from taskforce.core.videos.prices import NOTHING_SPENT, Spent
from taskforce.core.videos.statuses import Stage, VideoStatus, status_of
from taskforce.core.videos.storyboard import Character, Scene, StyleGuide

VideoId = NewType("VideoId", str)
OFFLINE = "offline"
"""The name of the providers that draw by program: no model made what they make."""


class AspectRatio(StrEnum):
    """The shapes of a film."""

    WIDE = "16:9"
    TALL = "9:16"
    SQUARE = "1:1"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameSize:
    """Pixels."""

    width: int
    height: int


SIZES: Mapping[AspectRatio, FrameSize] = {
    AspectRatio.WIDE: FrameSize(width=1280, height=720),
    AspectRatio.TALL: FrameSize(width=720, height=1280),
    AspectRatio.SQUARE: FrameSize(width=960, height=960),
}
"""As many pixels in each shape."""
FRAMES_PER_SECOND = 24


class Transition(StrEnum):
    """How a scene follows another."""

    CUT = "cut"
    CROSSFADE = "crossfade"


class Position(StrEnum):
    """Which picture of a scene."""

    START = "start"
    END = "end"


class Role(StrEnum):
    """What a provider is for."""

    SCRIPT = "script"
    FRAMES = "frames"
    CLIPS = "clips"


class Frozen(BaseModel):
    """What a job's input and a project's row hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelChoice(Frozen):
    """Which provider does what, by name."""

    script: str = OFFLINE
    frames: str = OFFLINE
    clips: str = OFFLINE

    def of(self, role: Role) -> str:
        """Return who has a role."""
        return {Role.SCRIPT: self.script, Role.FRAMES: self.frames, Role.CLIPS: self.clips}[role]


class Wish(Frozen):
    """What was asked for. It does not change; a fork has a wish of its own."""

    prompt: str
    style: str
    aspect_ratio: AspectRatio
    clip_duration: int
    """Seconds."""
    total_duration: int
    """Seconds."""
    scene_count: int
    transition: Transition
    audio: bool
    seed: int
    models: ModelChoice

    @property
    def size(self) -> FrameSize:
        """Return how large its pictures are."""
        return SIZES[self.aspect_ratio]


class ClipStatus(StrEnum):
    """How the clip of a scene stands, from the moment it is ordered."""

    POLLING = "polling"
    COMPLETE = "complete"
    RAI_FILTERED = "rai_filtered"
    """The provider refused its content three times; the film goes without it."""
    FAILED = "failed"
    """It was not made; resuming orders it, or looks for it, again."""


class SceneStatus(StrEnum):
    """How far a scene is."""

    PENDING = "pending"
    KEYFRAMED = "keyframed"
    VIDEO_GEN = "video_gen"
    COMPLETE = "complete"
    RAI_FILTERED = "rai_filtered"
    FAILED = "failed"


class ClipFacts(Frozen):
    """What is seen in a clip when it is read."""

    seconds: float
    """Of its picture: how long the film is follows from it, not from what was asked."""
    width: int
    height: int
    has_sound: bool


class KeptClip(Frozen):
    """A clip in the artifact store."""

    ref: ArtifactRef
    facts: ClipFacts


class FilmFacts(Frozen):
    """What a film has become."""

    seconds: float
    frames: int
    width: int
    height: int
    has_sound: bool


class KeptFilm(Frozen):
    """A film in the artifact store."""

    ref: ArtifactRef
    facts: FilmFacts


class VideoScene(Frozen):
    """A scene, and what there is of it."""

    scene: Scene
    start: ArtifactRef | None = None
    end: ArtifactRef | None = None
    clip_status: ClipStatus | None = None
    clip: KeptClip | None = None

    @property
    def has_keyframes(self) -> bool:
        """Tell whether both pictures are there."""
        return self.start is not None and self.end is not None

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing of it is to be made."""
        return self.has_keyframes and self.clip is not None

    @property
    def status(self) -> SceneStatus:
        """Return how far it is."""
        if self.clip_status is not None:
            return _SCENE_OF_CLIP[self.clip_status]
        return SceneStatus.KEYFRAMED if self.has_keyframes else SceneStatus.PENDING


_SCENE_OF_CLIP = {
    ClipStatus.POLLING: SceneStatus.VIDEO_GEN,
    ClipStatus.COMPLETE: SceneStatus.COMPLETE,
    ClipStatus.RAI_FILTERED: SceneStatus.RAI_FILTERED,
    ClipStatus.FAILED: SceneStatus.FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoProject:
    """A video project as its row and its newest job's tell it."""

    id: VideoId
    project: ProjectId
    """The project of access."""
    job: JobId
    """The newest of its jobs: a try each."""
    title: str
    wish: Wish
    forked_from: VideoId | None = None
    stage: Stage | None = None
    """How far it ever was; None: nothing is begun."""
    style_guide: StyleGuide | None = None
    characters: tuple[Character, ...] = ()
    scenes: tuple[VideoScene, ...] = ()
    film: KeptFilm | None = None
    estimate: float
    """US dollars, as they were reckoned before."""
    spent: Spent = NOTHING_SPENT
    cost: float = 0.0
    """US dollars for what was spent."""
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    status: VideoStatus = VideoStatus.PENDING
    error: str | None = None
    """Why it failed."""

    def told(self, job: JobStatus, *, is_stopping: bool, reason: str | None, at: datetime) -> Self:
        """Return it as its newest job's row says that it stands, which was written last at this moment."""
        status = status_of(job, is_stopping=is_stopping, stage=self.stage, has_film=self.film is not None)
        error = reason if status is VideoStatus.FAILED else None
        return replace(self, status=status, error=error, updated_at=max(at, self.updated_at))
