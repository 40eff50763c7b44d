"""How a video project stands: its stages, its status words, and which follows which."""

from collections.abc import Mapping
from enum import StrEnum

from taskforce.core.jobs.model import JobStatus


class Stage(StrEnum):
    """What is made one after the other; also where `run_through` halts."""

    STORYBOARDING = "storyboarding"
    KEYFRAMING = "keyframing"
    VIDEO_GEN = "video_gen"
    STITCHING = "stitching"

    @property
    def number(self) -> int:
        """Return its place, from 0."""
        return list(Stage).index(self)

    def is_after(self, other: "Stage") -> bool:
        """Tell whether it comes after another."""
        return self.number > other.number


class VideoStatus(StrEnum):
    """The words of the contract."""

    PENDING = "pending"
    STORYBOARDING = "storyboarding"
    KEYFRAMING = "keyframing"
    VIDEO_GEN = "video_gen"
    STITCHING = "stitching"
    COMPLETE = "complete"
    FAILED = "failed"
    STOPPED = "stopped"
    STAGED = "staged"

    @property
    def is_under_way(self) -> bool:
        """Tell whether a job is at it, or about to be."""
        return self in _UNDER_WAY

    @property
    def can_resume(self) -> bool:
        """Tell whether a try after this one has anything to do. While one is under way it is refused."""
        return self is not VideoStatus.COMPLETE


_WORKING = tuple(VideoStatus(stage.value) for stage in Stage)
_UNDER_WAY = frozenset({VideoStatus.PENDING, *_WORKING})
_HALTS = (VideoStatus.FAILED, VideoStatus.STOPPED, VideoStatus.STAGED)
_ENDS = frozenset({VideoStatus.COMPLETE, *_HALTS})

MOVES: Mapping[VideoStatus, frozenset[VideoStatus]] = {
    # A fork begins at any stage. Whatever is under way can fail or be stopped; what has halted goes on at the
    # stage where it stood, and none goes back to one before it.
    VideoStatus.PENDING: frozenset({*_WORKING, *_ENDS}),
    **{status: frozenset({*_WORKING[number + 1 :], *_ENDS}) for number, status in enumerate(_WORKING)},
    VideoStatus.FAILED: _UNDER_WAY,
    VideoStatus.STAGED: _UNDER_WAY,
    # A worker that is told to stop may have come to an end before it heard.
    VideoStatus.STOPPED: frozenset({*_UNDER_WAY, *_ENDS}),
    VideoStatus.COMPLETE: frozenset(),
}
"""Which status may follow which; any may follow itself."""


def may_follow(before: VideoStatus, after: VideoStatus) -> bool:
    """Tell whether a project that was seen in one status may be seen in another next."""
    return before is after or after in MOVES[before]


def status_of(job: JobStatus, *, is_stopping: bool, stage: Stage | None, has_film: bool) -> VideoStatus:
    """Return how a project stands, by its newest job's row; one that is being stopped is stopped."""
    match job:
        case JobStatus.SUCCEEDED:
            return VideoStatus.COMPLETE if has_film else VideoStatus.STAGED
        case JobStatus.FAILED:
            return VideoStatus.FAILED
        case JobStatus.CANCELLED:
            return VideoStatus.STOPPED
        case _ if is_stopping:
            return VideoStatus.STOPPED
        case _:
            return VideoStatus.PENDING if stage is None else VideoStatus(stage.value)
