"""A process that is killed while it makes a film: the next one asks for nothing again that was given."""

import asyncio
import signal
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from taskforce.application.factory import close_container, open_container
from taskforce.application.videos.files import VideoFileService
from taskforce.application.videos.schemas import GetVideo, ListVideos
from taskforce.core.videos.statuses import VideoStatus
from taskforce.settings import Settings
from tests.integration.durability.crash_driver import forked
from tests.integration.durability.video_driver import WHO, asked, make_film
from tests.unit.application.videos.test_program import CALLS

pytestmark = pytest.mark.durability

PLACES = {
    "storyboarding": "step.done.recorded:storyboard/1",
    "keyframing": "step.done.recorded:keyframe/1/end",
    "video_gen": "step.done.recorded:clip/1/submit",
    "polling": "step.start:clip/1/poll/1",
    "stitching": "step.start:stitch",
}
"""Where it dies, by what it is at."""


def film_of(home: Path) -> tuple[VideoStatus, str]:
    """Return how the film of a home stands, and its SHA-256."""

    async def look() -> tuple[VideoStatus, str]:
        (video,) = (await container.videos().list(WHO, ListVideos())).items
        files: VideoFileService = container.video_files()
        film = await files.download(WHO, GetVideo(video_id=video.project_id))
        return video.status, film.sha256

    container = open_container(Settings(home=home, model_probe=False, workers=0))
    try:
        return asyncio.run(look())
    finally:
        close_container(container)


def test_a_kill_in_each_stage_repeats_no_finished_call_and_gives_the_same_film(tmp_path: Path) -> None:
    assert forked(make_film, tmp_path / "whole") == 0
    whole = film_of(tmp_path / "whole")
    assert whole[0] is VideoStatus.COMPLETE
    for stage, place in PLACES.items():
        home = tmp_path / stage
        assert forked(make_film, home, place) == -signal.SIGKILL, stage
        assert forked(make_film, home) == 0, stage
        assert film_of(home) == whole, stage
        assert asked(home) == CALLS, stage


def test_a_kill_in_the_middle_of_a_poll_goes_on_with_its_count_at_the_same_operation(tmp_path: Path) -> None:
    film = partial(make_film, looks=3)
    assert forked(film, tmp_path, "asked:poll/1") == -signal.SIGKILL
    assert forked(film, tmp_path) == 0
    assert film_of(tmp_path)[0] is VideoStatus.COMPLETE
    assert asked(tmp_path) == {**CALLS, **{f"poll/{scene}": 3 for scene in range(3)}}
    begun = Counter((tmp_path / "places").read_text().split())
    looks = [begun[f"step.start:clip/1/poll/{number}"] for number in (1, 2, 3)]
    assert looks == [1, 2, 0]  # the second was cut off, and saw the clip when it was taken again
