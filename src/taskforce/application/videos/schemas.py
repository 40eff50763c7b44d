"""What is asked of video projects, and how they are shown, by the fields of the seed."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator

from taskforce.application.jobs.schemas import Id, Moment, PageRequest, Request, View
from taskforce.core.paging import Listing
from taskforce.core.shapes import MOST, Count, Prose, ShownId, shape, unlimited
from taskforce.core.videos.limits import (
    LONGEST_CLIP,
    LONGEST_PROMPT,
    LONGEST_STYLE,
    LONGEST_TITLE,
    MOST_SCENES,
    SHORTEST_CLIP,
    USUAL_CLIP,
    USUAL_SCENES,
    scene_count,
)
from taskforce.core.videos.model import (
    AspectRatio,
    ClipStatus,
    Position,
    Role,
    SceneStatus,
    Transition,
    VideoProject,
    VideoScene,
)
from taskforce.core.videos.statuses import Stage, VideoStatus

MOST_SEED = 2**31 - 1
"""The greatest that every provider takes."""
SCENE = Annotated[int, Field(ge=0, lt=MOST_SCENES, description="The scene's number, from 0.")]
ModelName = Annotated[str, Field(min_length=1, max_length=100)]
Picture = Annotated[Position, Field(description="Whether it is what the scene begins or ends with.")]
Title = Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE)]
Words = Annotated[str, Field(min_length=1, max_length=4_000)]
Text = Annotated[str, unlimited("as it was asked for or written")]
Address = Annotated[str, shape(maxLength=2_000)]
Dollars = Annotated[float, shape(minimum=0, maximum=MOST)]
VideoKey = Annotated[Id, Field(description="The video project's id.")]
TotalDuration = Annotated[int, Field(ge=1, le=MOST_SCENES * LONGEST_CLIP)]


class GivenModels(Request):
    """Who is to write, to draw and to film; what is left out is done by the default."""

    script: ModelName | None = Field(default=None, description="Writes the storyboard.")
    frames: ModelName | None = Field(default=None, description="Makes the pictures.")
    clips: ModelName | None = Field(default=None, description="Makes the clips.")

    def of(self, role: Role) -> str | None:
        """Return who was named for a role."""
        return {Role.SCRIPT: self.script, Role.FRAMES: self.frames, Role.CLIPS: self.clips}[role]


class GenerateVideo(Request):
    """A film to make."""

    prompt: str = Field(min_length=1, max_length=LONGEST_PROMPT, description="What is to be seen.")
    style: str = Field(
        default="cinematic", min_length=1, max_length=LONGEST_STYLE, description="How it is to look."
    )
    aspect_ratio: AspectRatio = Field(default=AspectRatio.WIDE, description="The shape of the picture.")
    clip_duration: int = Field(
        default=USUAL_CLIP, ge=SHORTEST_CLIP, le=LONGEST_CLIP, strict=True, description="Seconds of a scene."
    )
    total_duration: TotalDuration | None = Field(
        default=None,
        description=f"Seconds in all, at most {MOST_SCENES} scenes; {USUAL_SCENES} scenes unless given.",
    )
    title: Title | None = Field(default=None, description="The prompt's beginning unless given.")
    run_through: Stage | None = Field(default=None, description="The last stage to be played now.")
    transition: Transition = Field(default=Transition.CUT, description="How a scene follows another.")
    audio: bool = Field(default=True, description="Whether the film has sound.")
    seed: int = Field(default=0, ge=0, le=MOST_SEED, description="The same seed draws the same again.")
    models: GivenModels = Field(default=GivenModels(), description="Who makes it.")

    @property
    def seconds(self) -> int:
        """Return how long it is to be."""
        return self.total_duration or USUAL_SCENES * self.clip_duration

    @field_validator("total_duration")
    @classmethod
    def _has_at_most_so_many_scenes(cls, seconds: int | None, info: ValidationInfo) -> int | None:
        clip = info.data.get("clip_duration")  # not there when it is wrong itself
        if seconds is not None and clip is not None and scene_count(seconds, clip) > MOST_SCENES:
            raise ValueError(
                f"at most {MOST_SCENES * clip} seconds, {MOST_SCENES} clips of {clip} seconds each"
            )
        return seconds


class GetVideo(Request):
    """Which project is meant."""

    video_id: VideoKey


class ListVideos(PageRequest):
    """Which part of the list to show."""


class HowFar(Request):
    """How far a project is to go on."""

    run_through: Stage | None = Field(default=None, description="The last stage to be played now.")


class ResumeVideo(HowFar):
    """Which project is to go on, and how far."""

    video_id: VideoKey


class NewTitle(Request):
    """What a project is to be called."""

    title: Title


class RenameVideo(NewTitle):
    """Which project is to be called so."""

    video_id: VideoKey


class SceneEdit(Request):
    """Other words for a scene; what is left out stays."""

    scene_index: SCENE
    description: Words | None = None
    start_frame_prompt: Words | None = None
    end_frame_prompt: Words | None = None
    motion_prompt: Words | None = None


class VideoEdits(Request):
    """What a new project has otherwise than the one it is made of; scenes are named by their index there."""

    title: Title | None = Field(default=None, description="Its own title; the other's unless given.")
    style: str | None = Field(
        default=None, min_length=1, max_length=LONGEST_STYLE, description="For what is made from now on."
    )
    total_duration: TotalDuration | None = Field(
        default=None, description="Seconds in all: scenes are added, or left out at the end."
    )
    transition: Transition | None = Field(default=None, description="How a scene follows another.")
    audio: bool | None = Field(default=None, description="Whether the film has sound.")
    scenes: tuple[SceneEdit, ...] = Field(
        default=(), max_length=MOST_SCENES, description="Other words for scenes."
    )
    delete_scenes: tuple[SCENE, ...] = Field(
        default=(), max_length=MOST_SCENES, description="Scenes to leave out."
    )
    clear_keyframes: tuple[SCENE, ...] = Field(
        default=(), max_length=MOST_SCENES, description="Scenes whose pictures are to be made again."
    )
    run_through: Stage | None = Field(default=None, description="The last stage to be played now.")
    models: GivenModels = Field(default=GivenModels(), description="Who makes what is made from now on.")


class ForkVideo(VideoEdits):
    """Which project a new one is made of."""

    video_id: VideoKey


class GetSceneMedia(Request):
    """Which picture of a scene."""

    video_id: VideoKey
    scene_index: SCENE
    part: Picture


class GetSceneClip(Request):
    """Which scene's clip."""

    video_id: VideoKey
    scene_index: SCENE


class AcceptedVideo(View):
    """A project that is being worked at: GenerateResponse and ResumeResponse of the seed."""

    project_id: ShownId
    status: VideoStatus
    status_url: Address
    is_replayed: bool = Field(default=False, exclude=True)

    @classmethod
    def of(cls, video_id: str, status: VideoStatus, *, is_replayed: bool = False) -> Self:
        """Show a project as it was taken in, whatever has become of it since."""
        url = f"/api/projects/{video_id}/status"
        return cls(project_id=video_id, status=status, status_url=url, is_replayed=is_replayed)


class ForkedVideo(AcceptedVideo):
    """A project that was made of another."""

    forked_from: ShownId
    first_stage: Stage
    """Where it begins to be made."""
    inherited_scenes: Count
    """Scenes that are the other's, whole."""

    @classmethod
    def of_fork(cls, video: VideoProject, *, first: Stage, whole: int, is_replayed: bool = False) -> Self:
        """Show a new project as it was taken in."""
        return cls(
            project_id=video.id,
            status=VideoStatus.PENDING,
            status_url=f"/api/projects/{video.id}/status",
            is_replayed=is_replayed,
            forked_from=video.forked_from or video.id,
            first_stage=first,
            inherited_scenes=whole,
        )


class VideoStatusView(View):
    """How a project stands: StatusResponse of the seed."""

    project_id: ShownId
    status: VideoStatus
    created_at: Moment
    updated_at: Moment
    error_message: Prose | None

    @classmethod
    def of(cls, video: VideoProject) -> Self:
        """Show how it stands."""
        return cls(
            project_id=video.id,
            status=video.status,
            created_at=video.created_at,
            updated_at=video.updated_at,
            error_message=video.error,
        )


class SceneDetail(View):
    """A scene, by the fields of the seed."""

    scene_index: Count
    description: Text
    status: SceneStatus
    has_start_keyframe: bool
    has_end_keyframe: bool
    has_clip: bool
    clip_status: ClipStatus | None
    start_frame_prompt: Text
    end_frame_prompt: Text
    motion_prompt: Text

    @classmethod
    def of(cls, scene: VideoScene) -> Self:
        """Show a scene."""
        words = scene.scene
        return cls(
            scene_index=words.index,
            description=words.description,
            status=scene.status,
            has_start_keyframe=scene.start is not None,
            has_end_keyframe=scene.end is not None,
            has_clip=scene.clip is not None,
            clip_status=scene.clip_status,
            start_frame_prompt=words.start_frame_prompt,
            end_frame_prompt=words.end_frame_prompt,
            motion_prompt=words.motion_prompt,
        )


class FilmView(View):
    """What the film has become."""

    seconds: Annotated[float, shape(minimum=0, maximum=MOST)]
    frames: Count
    width: Count
    height: Count
    has_sound: bool
    size: Count
    """Bytes."""
    download_url: Address


class VideoDetail(View):
    """A project with its scenes: ProjectDetail of the seed."""

    project_id: ShownId
    prompt: Text
    style: Text
    aspect_ratio: AspectRatio
    status: VideoStatus
    created_at: Moment
    updated_at: Moment
    scene_count: Count
    scenes: Annotated[tuple[SceneDetail, ...], shape(maxItems=MOST_SCENES)]
    error_message: Prose | None
    title: Text
    clip_duration: Count
    total_duration: Count
    transition: Transition
    audio: bool
    seed: Count
    models: Annotated[Mapping[str, ModelName], unlimited("a name for each of the three")]
    forked_from: ShownId | None
    job_id: ShownId
    estimated_cost: Dollars
    """US dollars, as reckoned before."""
    actual_cost: Dollars
    """US dollars for what was made so far."""
    film: FilmView | None

    @classmethod
    def of(cls, video: VideoProject) -> Self:
        """Show a project."""
        wish = video.wish
        return cls(
            project_id=video.id,
            prompt=wish.prompt,
            style=wish.style,
            aspect_ratio=wish.aspect_ratio,
            status=video.status,
            created_at=video.created_at,
            updated_at=video.updated_at,
            scene_count=wish.scene_count,
            scenes=tuple(map(SceneDetail.of, video.scenes)),
            error_message=video.error,
            title=video.title,
            clip_duration=wish.clip_duration,
            total_duration=wish.total_duration,
            transition=wish.transition,
            audio=wish.audio,
            seed=wish.seed,
            models=wish.models.model_dump(),
            forked_from=video.forked_from,
            job_id=video.job,
            estimated_cost=video.estimate,
            actual_cost=video.cost,
            film=_film(video),
        )


def _film(video: VideoProject) -> FilmView | None:
    if video.film is None:
        return None
    facts = video.film.facts
    return FilmView(
        **facts.model_dump(),
        size=video.film.ref.size,
        download_url=f"/api/projects/{video.id}/download",
    )


class VideoListItem(View):
    """A project of the list: ProjectListItem of the seed."""

    project_id: ShownId
    prompt: Text
    status: VideoStatus
    created_at: Moment
    title: Text

    @classmethod
    def of(cls, video: VideoProject) -> Self:
        """Show a project in the list."""
        return cls(
            project_id=video.id,
            prompt=video.wish.prompt,
            status=video.status,
            created_at=video.created_at,
            title=video.title,
        )


def listed(found: Listing[VideoProject]) -> Listing[VideoListItem]:
    """Show what was found."""
    return Listing(items=tuple(map(VideoListItem.of, found.items)), total=found.total)
