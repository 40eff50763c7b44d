"""The program of a film: each call of a provider once, whatever comes between."""

import json

import pytest

from taskforce.core.videos.model import ClipStatus
from taskforce.core.videos.statuses import Stage, VideoStatus
from tests.unit.application.videos.video_stage import VideoStage
from tests.video_crew import PRICES

CALLS = {
    "write": 1,
    "render/0/start": 1,
    **{f"render/{scene}/end": 1 for scene in range(3)},
    **{f"submit/{scene}": 1 for scene in range(3)},
    **{f"poll/{scene}": 1 for scene in range(3)},
    "stitch": 1,
}
"""What a film of three scenes takes when each clip is there at the first look."""


async def test_a_prompt_becomes_a_film() -> None:
    stage = VideoStage()
    video = await stage.made()
    assert (video.status, video.error) == (VideoStatus.COMPLETE, None)
    assert stage.crew.calls == CALLS
    assert [scene.clip_status for scene in video.scenes] == [ClipStatus.COMPLETE] * 3
    assert video.film is not None
    assert video.film.facts.seconds == 18
    told, made_by = json.loads(await stage.artifacts.read(video.film.ref))
    assert [clip["prompt"] for clip in told] == ["motion 0", "motion 1", "motion 2"]
    assert made_by == "Drawn by program by Taskforce; no model made it."
    assert video.cost == PRICES.storyboard + 4 * PRICES.picture + 18 * PRICES.clip_second


async def test_a_scene_begins_with_the_picture_that_the_one_before_ended_with() -> None:
    video = await VideoStage().made()
    for before, after in zip(video.scenes, video.scenes[1:], strict=False):
        assert after.start == before.end


@pytest.mark.parametrize(
    ("through", "calls"),
    [
        (Stage.STORYBOARDING, 1),
        (Stage.KEYFRAMING, 1 + 4),
        (Stage.VIDEO_GEN, 1 + 4 + 3 + 3),
    ],
)
async def test_a_run_through_halts_staged_and_goes_on_from_there(through: Stage, calls: int) -> None:
    stage = VideoStage()
    video = await stage.generate(run_through=through)
    await stage.finish()
    assert (await stage.video(video)).status is VideoStatus.STAGED
    assert stage.crew.calls.total() == calls
    await stage.resume(video)
    await stage.finish()
    assert (await stage.video(video)).status is VideoStatus.COMPLETE
    assert stage.crew.calls == CALLS


async def test_a_run_through_of_the_last_stage_is_complete() -> None:
    stage = VideoStage()
    video = await stage.generate(run_through=Stage.STITCHING)
    await stage.finish()
    assert (await stage.video(video)).status is VideoStatus.COMPLETE


async def test_each_stage_is_seen_while_it_goes_on() -> None:
    stage = VideoStage()
    video = await stage.generate()
    await stage.finish()
    job = (await stage.video(video)).job
    stages = [message for _, kind, message in await stage.log(job) if kind == "stage_started"]
    assert stages == [part.value for part in Stage]
