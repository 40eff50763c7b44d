"""Video projects, at the paths of their seed: made, shown, gone on with, stopped, forked, named, deleted."""

from typing import Annotated

from fastapi import APIRouter, Body, Query, Request, Response

from taskforce.api.answers import LISTED, QUEUED, TAGGED, filming, links, single
from taskforce.api.dependencies import Forks, Key, Videos, Who
from taskforce.api.document.headers import IF_NONE_MATCH, taking
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import KEYED, use_case
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import MOST_OF_A_LIST, Id
from taskforce.application.videos.forks import VideoForkService
from taskforce.application.videos.schemas import (
    AcceptedVideo,
    ForkedVideo,
    ForkVideo,
    GenerateVideo,
    GetVideo,
    HowFar,
    ListVideos,
    NewTitle,
    RenameVideo,
    ResumeVideo,
    VideoDetail,
    VideoEdits,
    VideoListItem,
    VideoStatusView,
)
from taskforce.application.videos.service import VideoService
from taskforce.core.shapes import shape
from taskforce.core.videos.errors import (
    ExtraMissing,
    ProviderNotReady,
    VideoComplete,
    VideoNotFound,
    VideoNotUnderWay,
    VideoUnderWay,
)

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["videos"])
PROJECT = "/projects/{video_id}"
STARTED = (*KEYED, ProviderNotReady, ExtraMissing)
AS_FAR_AS_IT_GOES = HowFar()
AS_IT_IS = VideoEdits()


@router.post(
    "/generate",
    status_code=202,
    response_model=AcceptedVideo,
    **use_case(VideoService.generate, *STARTED, responses=QUEUED),
)
async def generate(asked: GenerateVideo, who: Who, videos: Videos, *, key: Key) -> Response:
    """Returns at once. Location names the project; status_url tells how it stands."""
    return filming(await videos.generate(who, asked, key=key))


@router.get("/projects", **use_case(VideoService.list, responses=LISTED))
async def list_videos(
    asked: Annotated[ListVideos, Query()],
    who: Who,
    videos: Videos,
    *,
    request: Request,
    response: Response,
) -> Annotated[list[VideoListItem], shape(maxItems=MOST_OF_A_LIST)]:
    """X-Total-Count tells how many there are, Link where the others are."""
    found = await videos.list(who, asked)
    response.headers.update(links(request, total=found.total, limit=asked.limit, offset=asked.offset))
    return list(found.items)


@router.get(
    PROJECT,
    response_model=VideoDetail,
    **use_case(VideoService.get, VideoNotFound, responses=TAGGED),
    **taking(IF_NONE_MATCH),
)
async def get(video_id: Id, who: Who, videos: Videos, request: Request) -> Response:
    """What it is to cost, and what it has cost by now, are US dollars."""
    return single(request, await videos.get(who, checked(GetVideo, video_id=video_id)))


@router.get(
    f"{PROJECT}/status",
    response_model=VideoStatusView,
    **use_case(VideoService.status, VideoNotFound, responses=TAGGED),
    **taking(IF_NONE_MATCH),
)
async def status(video_id: Id, who: Who, videos: Videos, request: Request) -> Response:
    """Little enough to be asked for often."""
    return single(request, await videos.status(who, checked(GetVideo, video_id=video_id)))


@router.patch(PROJECT, **use_case(VideoService.rename, VideoNotFound))
async def rename(video_id: Id, asked: NewTitle, who: Who, videos: Videos) -> VideoDetail:
    """The film that is there keeps the title in its metadata."""
    return await videos.rename(who, checked(RenameVideo, video_id=video_id, title=asked.title))


@router.delete(PROJECT, status_code=204, **use_case(VideoService.delete, VideoNotFound))
async def delete(video_id: Id, who: Who, videos: Videos) -> None:
    """Asked again it is 404."""
    await videos.delete(who, checked(GetVideo, video_id=video_id))


@router.post(
    f"{PROJECT}/resume",
    status_code=202,
    response_model=AcceptedVideo,
    **use_case(VideoService.resume, *KEYED, VideoNotFound, VideoComplete, VideoUnderWay, responses=QUEUED),
)
async def resume(
    video_id: Id,
    asked: Annotated[HowFar, Body()] = AS_FAR_AS_IT_GOES,
    *,
    who: Who,
    videos: Videos,
    key: Key,
) -> Response:
    """Nothing that was made is made again. The body may be left out."""
    request = checked(ResumeVideo, video_id=video_id, run_through=asked.run_through)
    return filming(await videos.resume(who, request, key=key))


@router.post(f"{PROJECT}/stop", **use_case(VideoService.stop, VideoNotFound, VideoNotUnderWay))
async def stop(video_id: Id, who: Who, videos: Videos) -> VideoStatusView:
    """What is made by then is kept."""
    return await videos.stop(who, checked(GetVideo, video_id=video_id))


@router.post(
    f"{PROJECT}/fork",
    status_code=202,
    response_model=ForkedVideo,
    **use_case(VideoForkService.create, *STARTED, VideoNotFound, VideoUnderWay, responses=QUEUED),
)
async def fork(
    video_id: Id,
    asked: Annotated[VideoEdits, Body()] = AS_IT_IS,
    *,
    who: Who,
    forks: Forks,
    key: Key,
) -> Response:
    """Tells where it begins, and how many scenes are inherited whole. The body may be left out."""
    return filming(await forks.create(who, checked(ForkVideo, video_id=video_id, **dict(asked)), key=key))
