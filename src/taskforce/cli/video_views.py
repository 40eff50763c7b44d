"""How films are shown while they are made: a bar a stage on a terminal, lines in a pipe, JSON, or nothing."""

import sys
from collections.abc import Iterator
from typing import TextIO

from rich.progress import MofNCompleteColumn, TaskID

from taskforce.application.jobs.log_schemas import EventView
from taskforce.application.videos.schemas import VideoDetail
from taskforce.cli.bars import Bars
from taskforce.cli.dependencies import Door
from taskforce.cli.manner import Manner
from taskforce.cli.terminal import Screen, one_line, screen
from taskforce.cli.views import View
from taskforce.core.videos.events import (
    CLIP_FAILED,
    CLIP_MADE,
    CONTENT_FILTERED,
    FILM_MADE,
    PICTURE_MADE,
    STAGE_STARTED,
    STORYBOARD_REFUSED,
    STORYBOARD_WRITTEN,
)
from taskforce.core.videos.statuses import Stage

MAKES = {
    STORYBOARD_WRITTEN: Stage.STORYBOARDING,
    PICTURE_MADE: Stage.KEYFRAMING,
    CLIP_MADE: Stage.VIDEO_GEN,
    FILM_MADE: Stage.STITCHING,
}
"""Which stage an event tells a finished piece of."""
TROUBLES = {STORYBOARD_REFUSED, CONTENT_FILTERED, CLIP_FAILED}
WIDTH = 100


class Pieces:
    """Counts the pieces of each stage, from those that are there."""

    def __init__(self, video: VideoDetail) -> None:
        scenes = video.scenes
        self.made = {
            Stage.STORYBOARDING: 0,
            Stage.KEYFRAMING: sum(scene.has_end_keyframe for scene in scenes)
            + any(scene.has_start_keyframe for scene in scenes[:1]),
            Stage.VIDEO_GEN: sum(scene.has_clip for scene in scenes),
            Stage.STITCHING: 0,
        }
        self._scenes = video.scene_count
        self.stage: Stage | None = None

    def take(self, event: EventView) -> None:
        """Count what an event tells."""
        if event.event_type == STAGE_STARTED:
            self.stage = Stage(event.message)
        if event.event_type in MAKES:
            self.made[MAKES[event.event_type]] += 1

    def most(self, stage: Stage) -> int:
        """Return how many pieces a stage has: a picture more than there are scenes, a clip for each."""
        return {Stage.KEYFRAMING: self._scenes + 1, Stage.VIDEO_GEN: self._scenes}.get(stage, 1)

    def passed(self) -> Iterator[Stage]:
        """Yield the stages that lie behind."""
        if self.stage is not None:
            yield from (stage for stage in Stage if self.stage.is_after(stage))


class FilmLines(View):
    """Writes a line for each piece: for pipes, logs and terminals that cannot draw again."""

    def __init__(self, video: VideoDetail, stream: TextIO) -> None:
        self._stream = stream
        self._pieces = Pieces(video)

    def show(self, event: EventView) -> None:
        """Write it, if it is a piece or a trouble."""
        self._pieces.take(event)
        if event.event_type in TROUBLES:
            self._write(f"{event.event_type.replace('_', ' ')}: {event.message}")
        stage = MAKES.get(event.event_type)
        if stage is not None:
            self._write(f"{stage.value} {self._pieces.made[stage]}/{self._pieces.most(stage)}")

    def _write(self, line: str) -> None:
        self._stream.write(f"{one_line(line)}\n")
        self._stream.flush()


class FilmBars(Bars):
    """Draws a bar for each stage."""

    def __init__(self, video: VideoDetail, shown: Screen) -> None:
        super().__init__(shown, figures=MofNCompleteColumn())
        self._pieces = Pieces(video)
        self._bars: dict[Stage, TaskID] = {
            stage: self._progress.add_task(stage.value, total=1, start=False) for stage in Stage
        }
        self._progress.start()

    def show(self, event: EventView) -> None:
        """Move the bars."""
        before = self._pieces.stage
        self._pieces.take(event)
        if event.event_type in TROUBLES:
            self.note(one_line(event.message, most=WIDTH))
        for stage in self._pieces.passed():
            self._move(stage, self._pieces.most(stage))
            self._progress.stop_task(self._bars[stage])
        if self._pieces.stage is not None and self._pieces.stage is not before:
            self._progress.start_task(self._bars[self._pieces.stage])
        if self._pieces.stage is not None:
            self._move(self._pieces.stage, self._pieces.made[self._pieces.stage])

    def _move(self, stage: Stage, made: int) -> None:
        self._progress.update(self._bars[stage], completed=made, total=self._pieces.most(stage))


def film_view(door: Door, video: VideoDetail, manner: Manner) -> View:
    """Return how a film is to be shown."""
    asked = manner.asked_view
    if asked is not None:
        return asked
    shown = screen(sys.stderr, door.flags.color)
    return FilmBars(video, shown) if shown.is_live else FilmLines(video, sys.stderr)
