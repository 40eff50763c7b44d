"""A worker that dies at any place: what is on record is not asked for again, and the film is the same."""

import pytest

from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.core.videos.statuses import VideoStatus
from tests.stage import Crash
from tests.unit.application.videos.test_program import CALLS
from tests.unit.application.videos.video_stage import VideoStage

UNRECORDED = ("step.done:", "artifact.stored:")
"""Places where a call has come back, and its record is yet to be written."""


async def reached(*, is_free: bool) -> tuple[tuple[str, ...], str]:
    """Return the places that a film passes, in order, and the film's SHA-256."""
    stage = VideoStage(is_free=is_free)
    video = await stage.made(concurrency=1)
    assert video.film is not None
    places = dict.fromkeys(place for place in stage.trap.reached if not place.startswith("job."))
    return tuple(places), video.film.ref.sha256


@pytest.mark.parametrize("is_free", [True, False])
async def test_a_crash_at_any_place_repeats_no_call_that_is_on_record(*, is_free: bool) -> None:
    places, sha256 = await reached(is_free=is_free)
    assert len(places) > 3 * len(CALLS)
    for place in places:
        stage = VideoStage(is_free=is_free)
        stage.trap.place = place
        # One clip at a time: of those beside it, a crash could lose a call that is under way.
        video_id = await stage.generate(concurrency=1)
        await stage.finish()
        assert stage.trap.place is None, place
        if (await stage.video(video_id)).status is VideoStatus.FAILED:
            assert not is_free, place
            assert place.endswith("/submit"), place
            await stage.resume(video_id)
            await stage.finish()
        video = await stage.video(video_id)
        assert video.status is VideoStatus.COMPLETE, (place, video.error)
        assert video.film is not None
        assert video.film.ref.sha256 == sha256, place
        more = stage.crew.calls.total() - sum(CALLS.values())
        assert more <= place.startswith(UNRECORDED), (place, stage.crew.calls)


async def test_an_order_that_was_under_way_is_made_again_only_when_somebody_resumes() -> None:
    stage = VideoStage(is_free=False)
    stage.trap.place = "step.done:clip/1/submit"
    video_id = await stage.generate()
    await stage.finish()
    video = await stage.video(video_id)
    assert video.status is VideoStatus.FAILED
    assert video.error is not None
    assert "scene 1: the worker stopped while it was ordered" in video.error
    assert stage.crew.calls["submit/1"] == 1
    await stage.resume(video_id)
    await stage.finish()
    assert (await stage.video(video_id)).status is VideoStatus.COMPLETE
    assert [stage.crew.calls[f"submit/{scene}"] for scene in range(3)] == [1, 2, 1]
    assert len(set(stage.crew.clips.keys)) == 4


async def test_an_order_that_a_stop_cut_off_is_made_again_by_the_first_resume() -> None:
    stage = VideoStage(is_free=False)
    video_id = await stage.generate(total_duration=6, scene_count=1)

    def die(_: object) -> None:
        stage.crew.clips.meet = lambda _: None
        raise Crash("while it is ordered")

    stage.crew.clips.meet = die
    while not stage.crew.calls["submit/0"]:
        assert await stage.play_one()
    await stage.store.cancel((await stage.video(video_id)).job, project=DEFAULT_PROJECT)
    await stage.finish()
    assert (await stage.video(video_id)).status is VideoStatus.STOPPED
    await stage.resume(video_id)
    await stage.finish()
    assert (await stage.video(video_id)).status is VideoStatus.COMPLETE
    assert stage.crew.calls["submit/0"] == 2
