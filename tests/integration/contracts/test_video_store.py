"""What a store of video projects promises, whatever it is kept in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from taskforce.core.errors import Conflict, NotFound
from taskforce.core.identity import JobId
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.model import Failure, JobStatus, Outcome
from taskforce.core.jobs.ports import Commit
from taskforce.core.paging import Page
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.core.videos.changes import (
    CompleteVideo,
    ContinueVideo,
    CreateVideo,
    DeleteVideo,
    EnterStage,
    KeepPicture,
    KeepStoryboard,
    MoveClip,
    RenameVideo,
    SpendOnVideo,
)
from taskforce.core.videos.errors import VideoComplete, VideoContinued, VideoNotFound, VideoUnderWay
from taskforce.core.videos.model import (
    ClipStatus,
    FilmFacts,
    KeptFilm,
    Position,
    SceneStatus,
    VideoId,
    VideoProject,
)
from taskforce.core.videos.prices import Spent
from taskforce.core.videos.statuses import Stage, VideoStatus
from tests.builders import ANNA, CLAIMS, LEASE, NOON, OTHER_PROJECT, a_job, a_lease
from tests.integration.contracts.stores import Stores
from tests.video_builders import ANN, GUIDE, a_clip, a_ref, a_scene, a_video, ids

LATER = NOON + timedelta(hours=1)
FACTS = FilmFacts(seconds=18, frames=432, width=1280, height=720, has_sound=True)
FILM = KeptFilm(ref=a_ref("film.mp4", kind="film", media_type="video/mp4"), facts=FACTS)


async def created(stores: Stores, **fields: object) -> VideoProject:
    """Store a project that has nothing yet, with its job."""
    video_id = VideoId(ids.new())
    job = await stores.jobs.submit(a_job(subject=video_id, lock=video_id))
    bare: dict[str, object] = {"scenes": (), "style_guide": None, "characters": ()}
    video = a_video(id=video_id, job=job.id, **{**bare, **fields})
    # The change is written with any job's record; this one has a job of its own to ride on.
    await stores.jobs.submit(a_job(), changes=[CreateVideo(video=video)])
    return video


async def written(stores: Stores, *changes: Change) -> None:
    """Write changes beside a new job."""
    await stores.jobs.submit(a_job(), changes=changes)


async def shown(stores: Stores, video: VideoProject) -> VideoProject:
    return await stores.videos.get(video.id, project=DEFAULT_PROJECT)


async def test_a_project_is_what_was_written(stores: Stores) -> None:
    video = await created(stores, scenes=(a_scene(0), a_scene(1, whole=False)), style_guide=GUIDE)
    found = await shown(stores, video)
    assert replace(found, updated_at=video.updated_at) == video
    assert found.status is VideoStatus.PENDING


async def test_another_project_s_is_not_there(stores: Stores) -> None:
    video = await created(stores)
    for wrong, project in ((VideoId("none"), DEFAULT_PROJECT), (video.id, OTHER_PROJECT)):
        with pytest.raises(VideoNotFound):
            await stores.videos.get(wrong, project=project)
        with pytest.raises(VideoNotFound):
            await stores.videos.change(DeleteVideo(video=wrong, at=NOON), project=project)


async def test_the_list_is_newest_first_and_bare(stores: Stores) -> None:
    videos = [
        await created(stores, created_at=NOON + timedelta(minutes=minute), scenes=(a_scene(0),))
        for minute in (1, 3, 2)
    ]
    await created(stores, project=OTHER_PROJECT)
    found = await stores.videos.list(DEFAULT_PROJECT, Page(limit=2))
    assert [video.id for video in found.items] == [videos[1].id, videos[2].id]
    assert found.total == 3
    assert all(video.scenes == () for video in found.items)
    rest = await stores.videos.list(DEFAULT_PROJECT, Page(limit=2, offset=2))
    assert [video.id for video in rest.items] == [videos[0].id]


async def test_changes_of_a_job_are_seen(stores: Stores) -> None:
    video = await created(stores)
    board = KeepStoryboard(
        video=video.id,
        style_guide=GUIDE,
        characters=(ANN,),
        scenes=(a_scene(0, whole=False), a_scene(1, whole=False)),
        at=LATER,
    )
    start, clip = a_ref("start.png"), a_clip(1)
    await written(
        stores,
        EnterStage(video=video.id, stage=Stage.KEYFRAMING, at=LATER),
        EnterStage(video=video.id, stage=Stage.STORYBOARDING, at=LATER),
        board,
        board,
        KeepPicture(video=video.id, scene=0, position=Position.START, ref=start, at=LATER),
        MoveClip(video=video.id, scene=1, status=ClipStatus.COMPLETE, clip=clip, at=LATER),
        SpendOnVideo(video=video.id, spent=Spent(pictures=1), cost=0.1),
        SpendOnVideo(video=video.id, spent=Spent(pictures=1), cost=0.2),
    )
    found = await shown(stores, video)
    assert (found.stage, found.style_guide, found.characters) == (Stage.KEYFRAMING, GUIDE, (ANN,))
    assert [scene.start for scene in found.scenes] == [start, None]
    assert [scene.clip for scene in found.scenes] == [None, clip]
    assert [scene.status for scene in found.scenes] == [SceneStatus.PENDING, SceneStatus.COMPLETE]
    assert (found.spent, found.cost, found.updated_at) == (Spent(pictures=2), 0.3, LATER)


async def test_completing_twice_is_completing_once(stores: Stores) -> None:
    video = await created(stores)
    await written(stores, CompleteVideo(video=video.id, film=FILM, at=NOON))
    other = FILM.model_copy(update={"ref": a_ref("other.mp4")})
    await written(stores, CompleteVideo(video=video.id, film=other, at=LATER))
    found = await shown(stores, video)
    assert (found.film, found.updated_at) == (FILM, NOON)


@pytest.mark.parametrize(
    ("outcome", "has_film", "status", "error"),
    [
        (Outcome(status=JobStatus.SUCCEEDED, result={}), True, VideoStatus.COMPLETE, None),
        (Outcome(status=JobStatus.SUCCEEDED, result={}), False, VideoStatus.STAGED, None),
        (
            Outcome(status=JobStatus.FAILED, failure=Failure(code="c", message="It is away.")),
            False,
            VideoStatus.FAILED,
            "It is away.",
        ),
        (
            Outcome(status=JobStatus.CANCELLED, failure=Failure(code="c", message="cancelled")),
            False,
            VideoStatus.STOPPED,
            None,
        ),
    ],
    ids=["complete", "staged", "failed", "stopped"],
)
async def test_its_newest_job_says_how_it_stands(
    stores: Stores, outcome: Outcome, *, has_film: bool, status: VideoStatus, error: str | None
) -> None:
    video = await created(stores)
    job = await stores.jobs.claim(CLAIMS, a_lease(ANNA))
    assert job is not None
    assert job.id == video.job
    changes: list[Change] = [EnterStage(video=video.id, stage=Stage.KEYFRAMING, at=NOON)]
    if has_film:
        changes.append(CompleteVideo(video=video.id, film=FILM, at=NOON))
    await stores.jobs.commit(job, Commit(changes=tuple(changes)), lease=LEASE)
    assert (await shown(stores, video)).status is VideoStatus.KEYFRAMING
    await stores.jobs.end(job, Commit(), outcome)
    found = await shown(stores, video)
    assert (found.status, found.error) == (status, error)
    assert (await stores.videos.list(DEFAULT_PROJECT, Page())).items[0].status is status


async def test_one_that_is_being_stopped_is_stopped(stores: Stores) -> None:
    video = await created(stores)
    await stores.jobs.claim(CLAIMS, a_lease(ANNA))
    await stores.jobs.cancel(video.job, project=DEFAULT_PROJECT)
    assert (await shown(stores, video)).status is VideoStatus.STOPPED


async def test_of_two_that_go_on_with_it_one_does(stores: Stores) -> None:
    video = await created(stores)
    await stores.jobs.cancel(video.job, project=DEFAULT_PROJECT)
    second = a_job(continues=video.job)
    change = ContinueVideo(video=video.id, after=video.job, job=second.id, at=LATER)
    await stores.jobs.submit(second, changes=[change])
    assert (await shown(stores, video)).job == second.id
    third = a_job(continues=video.job)
    with pytest.raises(VideoContinued):
        await stores.jobs.submit(third, changes=[replace(change, job=third.id)])
    with pytest.raises(NotFound):
        await stores.jobs.get(third.id, project=DEFAULT_PROJECT)


@pytest.mark.parametrize(
    ("last", "refused"),
    [
        (lambda video: CompleteVideo(video=video.id, film=FILM, at=NOON), VideoComplete),
        (lambda video: DeleteVideo(video=video.id, at=NOON), VideoNotFound),
    ],
    ids=["complete", "deleted"],
)
async def test_with_what_is_given_up_or_complete_nobody_goes_on(
    stores: Stores, last: Callable[[VideoProject], CompleteVideo | DeleteVideo], refused: type[Exception]
) -> None:
    video = await created(stores)
    change = last(video)
    if isinstance(change, DeleteVideo):
        await stores.videos.change(change, project=DEFAULT_PROJECT)
    else:
        await written(stores, change)
    await stores.jobs.cancel(video.job, project=DEFAULT_PROJECT)
    again = a_job(continues=video.job)
    on = ContinueVideo(video=video.id, after=video.job, job=again.id, at=LATER)
    with pytest.raises(refused):
        await stores.jobs.submit(again, changes=[on])
    with pytest.raises(NotFound):
        await stores.jobs.get(again.id, project=DEFAULT_PROJECT)


async def test_a_title_can_be_changed(stores: Stores) -> None:
    video = await created(stores)
    change = RenameVideo(video=video.id, title="The hare", at=LATER)
    assert (await stores.videos.change(change, project=DEFAULT_PROJECT)).title == "The hare"
    assert (await shown(stores, video)).title == "The hare"


async def test_what_is_deleted_is_out_of_sight_and_its_job_may_still_write(stores: Stores) -> None:
    video = await created(stores)
    change = DeleteVideo(video=video.id, at=LATER)
    assert (await stores.videos.change(change, project=DEFAULT_PROJECT)).deleted_at == LATER
    with pytest.raises(VideoNotFound):
        await shown(stores, video)
    assert (await stores.videos.list(DEFAULT_PROJECT, Page())).total == 0
    await written(stores, EnterStage(video=video.id, stage=Stage.STITCHING, at=LATER))


async def test_what_was_pruned_takes_the_project_along(stores: Stores) -> None:
    video = await created(stores)
    await stores.jobs.cancel(video.job, project=DEFAULT_PROJECT)
    await stores.pruning.prune(video.job, before=LATER + LEASE, at=LATER)
    with pytest.raises(VideoNotFound):
        await shown(stores, video)
    assert (await stores.videos.list(DEFAULT_PROJECT, Page())).total == 0


async def test_changes_of_a_project_that_is_gone_are_refused(stores: Stores) -> None:
    gone = VideoId(ids.new())
    with pytest.raises(VideoNotFound):
        await written(stores, EnterStage(video=gone, stage=Stage.STITCHING, at=NOON))
    assert issubclass(VideoUnderWay, Conflict)
    assert JobId(gone)
