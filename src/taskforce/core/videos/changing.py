"""What each change makes of a project: the same in whatever it is stored."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from taskforce.core.videos.changes import (
    CompleteVideo,
    ContinueVideo,
    DeleteVideo,
    EnterStage,
    KeepPicture,
    KeepStoryboard,
    MoveClip,
    RenameVideo,
    SpendOnVideo,
)
from taskforce.core.videos.errors import VideoUnderWay
from taskforce.core.videos.model import Position, VideoProject, VideoScene

VideoChange: TypeAlias = (
    ContinueVideo
    | EnterStage
    | KeepStoryboard
    | KeepPicture
    | MoveClip
    | SpendOnVideo
    | CompleteVideo
    | RenameVideo
    | DeleteVideo
)


def changed(video: VideoProject, change: VideoChange) -> VideoProject:
    """Return a project after a change. Raises VideoUnderWay, see `ContinueVideo`."""
    after = _after(video, change)
    if after is video or isinstance(change, SpendOnVideo):
        return after
    return replace(after, updated_at=max(change.at, video.updated_at))


def _after(video: VideoProject, change: VideoChange) -> VideoProject:  # noqa: C901, PLR0911 - a line a change
    match change:
        case ContinueVideo():
            if change.after not in {None, video.job}:
                raise VideoUnderWay(video.id, video.status)
            return replace(video, job=change.job)
        case EnterStage():
            is_further = video.stage is None or change.stage.is_after(video.stage)
            return replace(video, stage=change.stage) if is_further else video
        case KeepStoryboard():
            scenes = (*video.scenes, *change.scenes[len(video.scenes) :])
            return replace(video, style_guide=change.style_guide, characters=change.characters, scenes=scenes)
        case KeepPicture():
            return _in_scene(video, change.scene, lambda scene: _with_picture(scene, change))
        case MoveClip():
            moved = {"clip_status": change.status, "clip": change.clip}
            return _in_scene(video, change.scene, lambda scene: scene.model_copy(update=moved))
        case SpendOnVideo():
            return replace(
                video, spent=video.spent.plus(change.spent), cost=round(video.cost + change.cost, 6)
            )
        case CompleteVideo():
            return video if video.film is not None else replace(video, film=change.film)
        case RenameVideo():
            return replace(video, title=change.title)
        case DeleteVideo():
            return video if video.deleted_at is not None else replace(video, deleted_at=change.at)


def _in_scene(video: VideoProject, index: int, make: Callable[[VideoScene], VideoScene]) -> VideoProject:
    scenes = tuple(make(scene) if scene.scene.index == index else scene for scene in video.scenes)
    return replace(video, scenes=scenes)


def _with_picture(scene: VideoScene, change: KeepPicture) -> VideoScene:
    name = "start" if change.position is Position.START else "end"
    return scene.model_copy(update={name: change.ref})
