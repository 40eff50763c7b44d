"""Films as bars and as lines, and what a fork's edits look like."""

import io
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
import typer

from taskforce.api.document.video_examples import VIDEO_EXAMPLES
from taskforce.application.jobs.log_schemas import EventView
from taskforce.application.videos.schemas import VideoDetail
from taskforce.cli.terminal import Screen, clean
from taskforce.cli.video_options import models_in, scenes_in
from taskforce.cli.video_views import FilmBars, FilmLines
from taskforce.core.videos.statuses import Stage

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SCENE = VIDEO_EXAMPLES["VideoDetail"]["scenes"][0]
LIVE = Screen(is_live=True, has_color=False, is_terminal=True)


def video(scenes: int = 2, *, whole: int = 0) -> VideoDetail:
    """A project of so many scenes, of which some are whole."""
    there = [SCENE | {"scene_index": number} for number in range(whole)]
    fresh = {"has_start_keyframe": False, "has_end_keyframe": False, "has_clip": False, "clip_status": None}
    other = [SCENE | fresh | {"scene_index": number} for number in range(whole, scenes)]
    shown = [*there, *other] if whole else []
    return VideoDetail.model_validate(
        VIDEO_EXAMPLES["VideoDetail"] | {"scene_count": scenes, "scenes": shown}
    )


def event(type: str, message: str = "", **details: Any) -> EventView:  # noqa: ANN401 - any JSON
    return EventView(number=None, timestamp=NOON, event_type=type, message=message, details=details)


def story() -> list[EventView]:
    return [
        event("started", "The fox"),
        event("stage_started", "storyboarding"),
        event("storyboard_written", "2 scenes"),
        event("stage_started", "keyframing"),
        *(event("picture_made", "scene 0, start") for _ in range(3)),
        event("stage_started", "video_gen"),
        event("content_filtered", "the clip of scene 1: too \x1b[31mharsh"),
        event("clip_made", "scene 0, 2.00 s"),
        event("clip_made", "scene 1, 2.00 s"),
        event("stage_started", "stitching"),
        event("film_made", "4.00 s"),
        event("complete", status="completed"),
    ]


def test_in_a_pipe_each_piece_is_a_line() -> None:
    stream = io.StringIO()
    view = FilmLines(video(), stream)
    for told in story():
        view.show(told)
    assert stream.getvalue().splitlines() == [
        "storyboarding 1/1",
        *("keyframing 1/3", "keyframing 2/3", "keyframing 3/3"),
        "content filtered: the clip of scene 1: too harsh",
        *("video_gen 1/2", "video_gen 2/2"),
        "stitching 1/1",
    ]


def test_what_a_fork_inherits_is_counted_from_the_beginning() -> None:
    stream = io.StringIO()
    view = FilmLines(video(3, whole=2), stream)
    view.show(event("stage_started", "video_gen"))
    view.show(event("clip_made"))
    assert stream.getvalue() == "video_gen 3/3\n"


def test_on_a_terminal_each_stage_has_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("LINES", "30")
    shown = io.StringIO()
    before, sys.stderr = sys.stderr, shown
    try:
        view = FilmBars(video(), LIVE)
        for told in story():
            view.show(told)
        view.close()
    finally:
        sys.stderr = before
    drawn = clean(shown.getvalue())
    last = drawn[drawn.rindex("storyboarding") :].split()
    assert [word for word in last if "/" in word] == ["1/1", "3/3", "2/2", "1/1"]
    assert [word for word in last if word.isidentifier()] == [stage.value for stage in Stage]
    assert "the clip of scene 1: too harsh" in drawn


def test_the_edits_of_a_scene_come_together() -> None:
    edits = ["1.motion_prompt=It = rises.", "0.description=A lake.", "1.description=A fox."]
    assert scenes_in(edits) == [
        {"scene_index": 1, "motion_prompt": "It = rises.", "description": "A fox."},
        {"scene_index": 0, "description": "A lake."},
    ]
    assert scenes_in(None) == []
    assert models_in(None, "google:x", None) == {"frames": "google:x"}


@pytest.mark.parametrize("edit", ["motion_prompt=x", "1.motion_prompt", "one.description=x", "1.=x"])
def test_an_edit_that_cannot_be_read_is_refused(edit: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"not of the form 1\.motion_prompt=TEXT"):
        scenes_in([edit])
