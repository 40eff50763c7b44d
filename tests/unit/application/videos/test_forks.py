"""A fork: what is inherited is its own copy, and only what the edits touch is made again."""

import pytest

from taskforce.core.videos.forking import Edits, Rewording
from taskforce.core.videos.model import VideoProject
from taskforce.core.videos.statuses import VideoStatus
from tests.unit.application.videos.video_stage import VideoStage

MOTION = Rewording(motion_prompt="slowly")
END = Rewording(end_frame_prompt="dusk")


async def forked(stage: VideoStage, edits: Edits) -> tuple[VideoProject, dict[str, int]]:
    """Make a film and another one of it; return that one and the calls that it took."""
    source = await stage.made()
    stage.crew.calls.clear()
    video_id = await stage.fork(source.id, edits)
    await stage.finish()
    video = await stage.video(video_id)
    assert video.status is VideoStatus.COMPLETE, video.error
    return video, dict(stage.crew.calls)


def clips(*scenes: int) -> dict[str, int]:
    return {f"{call}/{scene}": 1 for call in ("submit", "poll") for scene in scenes}


@pytest.mark.parametrize(
    ("edits", "calls"),
    [
        (Edits(), {}),
        (Edits(style="noir"), {}),
        (Edits(rewordings={1: MOTION}), clips(1, 2)),
        (Edits(rewordings={1: END}), {"render/1/end": 1, "render/2/end": 1, **clips(1, 2)}),
        (Edits(total_duration=24), {"write": 1, "render/3/end": 1, **clips(3)}),
        (
            Edits(deleted=frozenset({0}), rewordings={2: END}),
            {"render/1/end": 1, **clips(1)},
        ),
        (Edits(cleared=frozenset({2})), {"render/2/end": 1, **clips(2)}),
        (
            Edits(cleared=frozenset({0})),
            {"render/0/start": 1, **{f"render/{n}/end": 1 for n in range(3)}, **clips(0, 1, 2)},
        ),
    ],
    ids=["none", "style", "motion", "end", "longer", "deleted", "cleared", "all"],
)
async def test_only_what_the_edits_touch_is_made_again(edits: Edits, calls: dict[str, int]) -> None:
    video, made = await forked(VideoStage(), edits)
    assert made == {**calls, "stitch": 1}
    assert [scene.scene.index for scene in video.scenes] == list(range(video.wish.scene_count))
    for before, after in zip(video.scenes, video.scenes[1:], strict=False):
        assert after.start is not None
        assert before.end is not None
        if not edits.deleted:
            assert after.start.sha256 == before.end.sha256


async def test_a_fork_without_edits_is_the_same_film_and_stands_without_the_other() -> None:
    stage = VideoStage()
    video, _ = await forked(stage, Edits())
    source = next(row for row in stage.rows.rows.values() if row.id != video.id)
    assert source.film is not None
    assert video.film is not None
    assert video.film.ref.sha256 == source.film.ref.sha256
    for scene in video.scenes:
        for ref in (scene.start, scene.end, scene.clip.ref if scene.clip else None):
            assert ref is not None
            assert ref.key.split("/")[1] == video.job


async def test_a_fork_whose_source_is_gone_says_so() -> None:
    stage = VideoStage()
    source = await stage.made()
    video_id = await stage.fork(source.id, Edits())
    await stage.artifacts.clear(f"{source.project}/{source.job}")
    await stage.finish()
    video = await stage.video(video_id)
    assert video.status is VideoStatus.FAILED
    assert video.error == "The project that it was made of is gone meanwhile. Generate the film anew."


async def test_a_crash_while_copying_copies_no_file_twice() -> None:
    stage = VideoStage()
    source = await stage.made()
    stage.trap.reached.clear()
    stage.trap.place = "step.start:stitch"
    video_id = await stage.fork(source.id, Edits())
    await stage.finish()
    assert (await stage.video(video_id)).status is VideoStatus.COMPLETE
    stored = [place for place in stage.trap.reached if place.startswith("artifact.stored:file/inherited")]
    assert len(stored) >= len(set(stored)) == 7


async def test_a_longer_film_of_an_unfinished_one_asks_for_what_is_missing_alone() -> None:
    stage = VideoStage()
    source = await stage.made(total_duration=6, scene_count=1)
    video_id = await stage.fork(source.id, Edits(total_duration=18))
    await stage.finish()
    video = await stage.video(video_id)
    assert [scene.scene.description[:7] for scene in video.scenes] == ["scene 0", "scene 1", "scene 2"]
