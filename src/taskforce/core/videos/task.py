"""What the jobs of videos are given."""

from typing import Annotated

from pydantic import Field

from taskforce.core.jobs.model import Job
from taskforce.core.videos.kinds import VIDEO
from taskforce.core.videos.limits import CONCURRENCY
from taskforce.core.videos.model import Frozen, VideoId, VideoScene, Wish
from taskforce.core.videos.prices import Prices
from taskforce.core.videos.statuses import Stage
from taskforce.core.videos.storyboard import Character, Storyboard, StyleGuide

KIND = VIDEO


class Inherited(Frozen):
    """What a fork begins with; its pictures and clips are still the other project's."""

    style_guide: StyleGuide
    characters: tuple[Character, ...]
    scenes: tuple[VideoScene, ...]

    @property
    def storyboard(self) -> Storyboard:
        """Return its words."""
        return Storyboard(
            style_guide=self.style_guide,
            characters=self.characters,
            scenes=tuple(scene.scene for scene in self.scenes),
        )


class VideoTask(Frozen):
    """The input of a job that makes a film, or goes on with one."""

    video: VideoId
    title: str
    wish: Wish
    prices: Prices
    inherited: Inherited | None = None
    first: Stage = Stage.STORYBOARDING
    """Where there is something to be made."""
    run_through: Stage | None = None
    """The last stage that is played; None: all are."""
    round: Annotated[int, Field(ge=0)] = 0
    """How often a person has resumed it."""
    concurrency: Annotated[int, Field(ge=1)] = CONCURRENCY
    """`video_gen_concurrency`: clips made side by side."""

    def halts_after(self, stage: Stage) -> bool:
        """Tell whether nothing after a stage is to be played now."""
        return self.run_through is not None and not self.run_through.is_after(stage)

    def resumed(self, *, run_through: Stage | None) -> "VideoTask":
        """Return the next try."""
        return self.model_copy(update={"round": self.round + 1, "run_through": run_through})


def task_of(job: Job) -> VideoTask:
    """Return what a job was given."""
    return VideoTask.model_validate(job.input)
