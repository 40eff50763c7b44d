"""The use cases of videos, each as a door asks for it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import pytest

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import RetryJob
from taskforce.application.videos.schemas import (
    ForkVideo,
    GenerateVideo,
    GetSceneClip,
    GetSceneMedia,
    GetVideo,
    GivenModels,
    ListVideos,
    RenameVideo,
    ResumeVideo,
    SceneEdit,
)
from taskforce.core.errors import Invalid, Unavailable
from taskforce.core.jobs.errors import JobNotOver
from taskforce.core.jobs.requests import KeyReused
from taskforce.core.principals import local_principal
from taskforce.core.videos.errors import (
    ExtraMissing,
    MediaNotFound,
    ProviderNotReady,
    SceneNotFound,
    VideoComplete,
    VideoContinued,
    VideoNotComplete,
    VideoNotFound,
    VideoNotUnderWay,
    VideoUnderWay,
)
from taskforce.core.videos.model import Position
from taskforce.core.videos.ports import ClipOrder, FrameOrder
from taskforce.core.videos.statuses import Stage, VideoStatus
from tests.builders import OTHER_PROJECT
from tests.integration.videos.studio import ANN, Studio, a_studio, read
from tests.video_crew import PRICES

FOX = GenerateVideo(prompt="A fox crosses a river.", clip_duration=2)
NOWHERE = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    async with a_studio(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
async def slow(tmp_path: Path) -> AsyncIterator[Studio]:
    """A studio whose clips are looked at after fifteen seconds: its films are under way."""
    async with a_studio(tmp_path / "home", is_free=False) as opened:
        yield opened


async def test_a_film_is_made_shown_and_downloaded(studio: Studio) -> None:
    accepted = await studio.videos.generate(ANN, FOX)
    assert accepted.status is VideoStatus.PENDING
    assert accepted.status_url == f"/api/projects/{accepted.project_id}/status"
    video = await studio.settled(accepted.project_id)
    assert (video.status, video.title, video.scene_count) == (VideoStatus.COMPLETE, FOX.prompt, 3)
    assert (video.estimated_cost, video.actual_cost) == (0.77, 0.77)
    assert PRICES.storyboard + 4 * PRICES.picture + 6 * PRICES.clip_second == pytest.approx(0.77)
    assert [scene.has_clip for scene in video.scenes] == [True] * 3
    asked = GetVideo(video_id=video.project_id)
    film = await studio.files.download(ANN, asked)
    assert (film.name, film.media_type) == (f"video_{video.project_id}.mp4", "video/mp4")
    assert len(await read(film)) == film.size
    status = await studio.videos.status(ANN, asked)
    assert (status.status, status.error_message) == (VideoStatus.COMPLETE, None)
    assert status.updated_at >= status.created_at
    for view in (accepted, video, status):
        assert "/artifacts/" not in view.model_dump_json()
        assert "home" not in view.model_dump_json()


async def test_pictures_and_clips_of_scenes_can_be_read(studio: Studio) -> None:
    video = (await studio.made(FOX)).project_id
    start = await studio.files.picture(ANN, GetSceneMedia(video_id=video, scene_index=1, part=Position.START))
    end = await studio.files.picture(ANN, GetSceneMedia(video_id=video, scene_index=0, part=Position.END))
    assert (await read(start)) == (await read(end))
    clip = await studio.files.clip(ANN, GetSceneClip(video_id=video, scene_index=2))
    assert b"motion 2" in await read(clip)
    with pytest.raises(SceneNotFound):
        await studio.files.clip(ANN, GetSceneClip(video_id=video, scene_index=3))


async def test_what_is_not_made_is_not_there(studio: Studio) -> None:
    request = FOX.model_copy(update={"run_through": Stage.STORYBOARDING})
    video = await studio.made(request)
    assert video.status is VideoStatus.STAGED
    asked = GetVideo(video_id=video.project_id)
    with pytest.raises(VideoNotComplete):
        await studio.files.download(ANN, asked)
    with pytest.raises(MediaNotFound):
        await studio.files.clip(ANN, GetSceneClip(video_id=video.project_id, scene_index=0))
    picture = GetSceneMedia(video_id=video.project_id, scene_index=0, part=Position.START)
    with pytest.raises(MediaNotFound):
        await studio.files.picture(ANN, picture)


async def test_a_request_of_a_prompt_alone_is_three_clips_of_five_seconds(studio: Studio) -> None:
    video = await studio.made(GenerateVideo(prompt="A fox.", run_through=Stage.STORYBOARDING))
    looks = (video.style, video.aspect_ratio, video.transition, video.audio, video.seed)
    assert looks == ("cinematic", "16:9", "cut", True, 0)
    assert (video.clip_duration, video.total_duration, len(video.scenes)) == (5, 15, 3)


async def test_the_list_is_newest_first(studio: Studio) -> None:
    made = [(await studio.videos.generate(ANN, FOX)).project_id for _ in range(3)]
    found = await studio.videos.list(ANN, ListVideos(limit=2))
    assert [item.project_id for item in found.items] == made[:0:-1]
    assert found.total == 3
    for video in made:
        await studio.settled(video)


async def test_a_request_under_a_key_makes_one_film(studio: Studio) -> None:
    first = await studio.videos.generate(ANN, FOX, key="k")
    again = await studio.videos.generate(ANN, FOX, key="k")
    assert (again.project_id, again.is_replayed) == (first.project_id, True)
    with pytest.raises(KeyReused):
        await studio.videos.generate(ANN, FOX.model_copy(update={"seed": 1}), key="k")
    await studio.settled(first.project_id)
    fork = ForkVideo(video_id=first.project_id)
    forked = await studio.forks.create(ANN, fork, key="f")
    assert (await studio.forks.create(ANN, fork, key="f")).project_id == forked.project_id
    await studio.settled(forked.project_id)
    assert (await studio.videos.list(ANN, ListVideos())).total == 2


async def test_a_failed_film_is_resumed_and_a_complete_one_is_not(studio: Studio) -> None:
    right = studio.crew.script.say
    studio.crew.script.say = lambda *_: "nonsense"
    video = await studio.made(FOX)
    assert video.status is VideoStatus.FAILED
    assert video.error_message is not None
    assert "4 answers were no storyboard" in video.error_message
    studio.crew.script.say = right
    resume = ResumeVideo(video_id=video.project_id)
    accepted = await studio.videos.resume(ANN, resume, key="r")
    assert accepted.status is VideoStatus.STORYBOARDING
    assert (await studio.videos.resume(ANN, resume, key="r")).is_replayed
    assert (await studio.settled(video.project_id)).status is VideoStatus.COMPLETE
    with pytest.raises(VideoComplete):
        await studio.videos.resume(ANN, resume)


async def test_the_job_of_a_film_is_retried_as_its_project_is_resumed(studio: Studio) -> None:
    studio.crew.script.say = lambda *_: "nonsense"
    failed = await studio.made(FOX)
    retry = RetryJob(job_id=failed.job_id)
    again = await studio.jobs.retry(ANN, retry)
    assert (await studio.settled(failed.project_id)).job_id == again.id
    assert studio.crew.total("write") == 8
    with pytest.raises(VideoContinued, match=f"taskforce videos resume {failed.project_id}"):
        await studio.jobs.retry(ANN, retry)
    await studio.videos.delete(ANN, GetVideo(video_id=failed.project_id))
    with pytest.raises(VideoNotFound):
        await studio.jobs.retry(ANN, RetryJob(job_id=again.id))
    assert studio.crew.total("write") == 8


async def test_the_job_of_a_film_that_is_complete_is_not_retried(studio: Studio) -> None:
    video = await studio.made(FOX)
    with pytest.raises(VideoComplete):
        await studio.jobs.retry(ANN, RetryJob(job_id=video.job_id))
    assert (await studio.videos.get(ANN, GetVideo(video_id=video.project_id))).status is VideoStatus.COMPLETE


async def test_the_job_of_a_film_that_was_stopped_is_retried(slow: Studio) -> None:
    video = GetVideo(video_id=(await slow.videos.generate(ANN, FOX)).project_id)
    retry = RetryJob(job_id=(await slow.videos.get(ANN, video)).job_id)
    with pytest.raises(JobNotOver):
        await slow.jobs.retry(ANN, retry)
    await slow.videos.stop(ANN, video)
    assert (await slow.settled(video.video_id)).status is VideoStatus.STOPPED
    again = await slow.jobs.retry(ANN, retry)
    now = await slow.videos.get(ANN, video)
    assert (now.status.is_under_way, now.job_id) == (True, again.id)
    await slow.videos.stop(ANN, video)


async def test_a_film_under_way_is_stopped_and_goes_on(slow: Studio) -> None:
    video = (await slow.videos.generate(ANN, FOX)).project_id
    asked = GetVideo(video_id=video)
    with pytest.raises(VideoUnderWay):
        await slow.videos.resume(ANN, ResumeVideo(video_id=video))
    with pytest.raises(VideoUnderWay):
        await slow.forks.create(ANN, ForkVideo(video_id=video))
    assert (await slow.videos.stop(ANN, asked)).status is VideoStatus.STOPPED
    with pytest.raises(VideoNotUnderWay):
        await slow.videos.stop(ANN, asked)
    resumed = await slow.videos.resume(ANN, ResumeVideo(video_id=video, run_through=Stage.KEYFRAMING))
    assert resumed.status.is_under_way
    assert (await slow.settled(video)).status is VideoStatus.STAGED


@pytest.mark.parametrize(("asked", "call"), [("frames", "render/0/start"), ("clips", "submit/0")])
async def test_what_a_stop_finds_under_way_is_waited_for_and_kept(
    studio: Studio, asked: str, call: str
) -> None:
    begun = threading.Event()

    async def answer_once_it_is_cancelled() -> None:
        begun.set()
        while not any(task.cancelling() for task in asyncio.all_tasks()):  # noqa: ASYNC110 - nobody tells it
            await asyncio.sleep(0.01)

    def meet(order: FrameOrder | ClipOrder) -> Awaitable[None] | None:
        return None if begun.is_set() or order.scene.index else answer_once_it_is_cancelled()

    getattr(studio.crew, asked).meet = meet
    video = GetVideo(video_id=(await studio.videos.generate(ANN, FOX)).project_id)
    assert await asyncio.to_thread(begun.wait, 30)
    assert (await studio.videos.stop(ANN, video)).status is VideoStatus.STOPPED
    assert (await studio.settled(video.video_id)).status is VideoStatus.STOPPED
    await studio.videos.resume(ANN, ResumeVideo(video_id=video.video_id))
    made = await studio.settled(video.video_id)
    assert (made.status, made.actual_cost) == (VideoStatus.COMPLETE, made.estimated_cost)
    assert studio.crew.calls[call] == 1


async def test_a_fork_inherits_what_its_edits_leave(studio: Studio) -> None:
    video = await studio.made(FOX)
    studio.crew.calls.clear()
    edits = ForkVideo(
        video_id=video.project_id,
        title="Slower",
        scenes=(SceneEdit(scene_index=1, motion_prompt="slowly"),),
        models=GivenModels(clips="counted-clips"),
    )
    forked = await studio.forks.create(ANN, edits)
    assert (forked.first_stage, forked.inherited_scenes) == (Stage.VIDEO_GEN, 1)
    assert forked.forked_from == video.project_id
    made = await studio.settled(forked.project_id)
    assert (made.status, made.title, made.forked_from) == (
        VideoStatus.COMPLETE,
        "Slower",
        video.project_id,
    )
    assert made.models == {"script": "offline", "frames": "offline", "clips": "counted-clips"}
    assert (made.estimated_cost, made.actual_cost) == (0.4, 0.4)
    assert studio.crew.total("submit") == 2
    with pytest.raises(Invalid, match="/scenes: name each scene once"):
        await studio.forks.create(ANN, edits.model_copy(update={"scenes": edits.scenes * 2}))


async def test_a_title_is_changed_and_a_project_taken_out_of_sight(slow: Studio) -> None:
    video = (await slow.videos.generate(ANN, FOX)).project_id
    renamed = await slow.videos.rename(ANN, RenameVideo(video_id=video, title="The river"))
    assert renamed.title == "The river"
    await slow.videos.delete(ANN, GetVideo(video_id=video))
    for ask in (slow.videos.get, slow.videos.status, slow.videos.delete, slow.videos.stop):
        with pytest.raises(VideoNotFound):
            await ask(ANN, GetVideo(video_id=video))
    assert (await slow.videos.list(ANN, ListVideos())).total == 0


async def test_another_project_sees_nothing_of_it(studio: Studio) -> None:
    video = (await studio.made(FOX)).project_id
    stranger = local_principal(OTHER_PROJECT)
    with pytest.raises(VideoNotFound):
        await studio.videos.get(stranger, GetVideo(video_id=video))
    with pytest.raises(VideoNotFound):
        await studio.files.download(stranger, GetVideo(video_id=video))
    assert (await studio.videos.list(stranger, ListVideos())).total == 0


@pytest.mark.parametrize(
    ("words", "pointer", "right"),
    [
        ({"aspect_ratio": "4:3"}, "/aspect_ratio", "'16:9', '9:16' or '1:1'"),
        ({"clip_duration": 1}, "/clip_duration", "greater than or equal to 2"),
        ({"clip_duration": 61}, "/clip_duration", "less than or equal to 60"),
        ({"clip_duration": 2.5}, "/clip_duration", "valid integer"),
        ({"total_duration": 76}, "/total_duration", "at most 75 seconds, 15 clips of 5 seconds each"),
        ({"prompt": ""}, "/prompt", "at least 1 character"),
        ({"run_through": "complete"}, "/run_through", "'storyboarding', 'keyframing'"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(
    words: dict[str, object], pointer: str, right: str
) -> None:
    with pytest.raises(Invalid) as refused:
        checked(GenerateVideo, **{"prompt": "A fox.", **words})
    (problem,) = refused.value.errors
    assert problem.pointer == pointer
    assert right in problem.detail


async def test_models_are_known_and_ready_before_anything_is_stored(studio: Studio) -> None:
    unknown = FOX.model_copy(update={"models": GivenModels(clips="sora")})
    with pytest.raises(Invalid) as refused:
        await studio.videos.generate(ANN, unknown)
    (problem,) = refused.value.errors
    assert (problem.pointer, problem.detail) == ("/models/clips", "must be one of offline, counted-clips")
    studio.crew.unready = "counted-frames"
    with pytest.raises(ProviderNotReady, match="Set COUNTED_KEY"):
        await studio.videos.generate(
            ANN, FOX.model_copy(update={"models": GivenModels(frames="counted-frames")})
        )
    studio.crew.splicer.missing = ExtraMissing("Films")
    with pytest.raises(Unavailable, match="extra videos"):
        await studio.videos.generate(ANN, FOX)
    assert (await studio.videos.list(ANN, ListVideos())).total == 0
