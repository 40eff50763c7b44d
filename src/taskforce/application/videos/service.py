"""The use cases of video projects."""

from functools import partial

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.videos.casting import Casting, title_of, wish_of
from taskforce.application.videos.continuing import Continuing
from taskforce.application.videos.intake import VideoIntake
from taskforce.application.videos.schemas import (
    AcceptedVideo,
    GenerateVideo,
    GetVideo,
    ListVideos,
    RenameVideo,
    ResumeVideo,
    VideoDetail,
    VideoListItem,
    VideoStatusView,
    listed,
)
from taskforce.core.clock import Clock
from taskforce.core.jobs.errors import JobIsOver
from taskforce.core.paging import Listing, Page
from taskforce.core.principals import Principal
from taskforce.core.videos import changes
from taskforce.core.videos.errors import VideoNotUnderWay
from taskforce.core.videos.model import VideoId, VideoProject
from taskforce.core.videos.ports import VideoStore
from taskforce.core.videos.statuses import VideoStatus


class VideoService:
    """Makes films, shows how they stand, goes on with them and stops them."""

    def __init__(
        self,
        *,
        desk: JobDesk,
        videos: VideoStore,
        casting: Casting,
        intake: VideoIntake,
        continuing: Continuing,
        once: Once,
        clock: Clock,
    ) -> None:
        self._desk = desk
        self._videos = videos
        self._casting = casting
        self._intake = intake
        self._continuing = continuing
        self._once = once
        self._clock = clock

    async def generate(
        self, principal: Principal, request: GenerateVideo, *, key: str | None = None
    ) -> AcceptedVideo:
        """Make a film of a prompt."""

        async def make(note: Note) -> AcceptedVideo:
            video = await self._intake.take(
                principal,
                wish_of(request, self._casting.chosen(request.models)),
                title=title_of(request),
                run_through=request.run_through,
                note=note,
            )
            return AcceptedVideo.of(video.id, VideoStatus.PENDING)

        keyed = Keyed.of("videos.generate", principal, request, key)
        return await self._once.do(keyed, make=make, again=_again)

    async def list(self, principal: Principal, request: ListVideos) -> Listing[VideoListItem]:
        """List video projects, newest first."""
        page = Page(limit=request.limit, offset=request.offset)
        return listed(await self._videos.list(principal.project, page))

    async def get(self, principal: Principal, request: GetVideo) -> VideoDetail:
        """Show a video project with its scenes."""
        return VideoDetail.of(await self._video(principal, request.video_id))

    async def status(self, principal: Principal, request: GetVideo) -> VideoStatusView:
        """Show how a video project stands."""
        return VideoStatusView.of(await self._video(principal, request.video_id))

    async def resume(
        self, principal: Principal, request: ResumeVideo, *, key: str | None = None
    ) -> AcceptedVideo:
        """Go on with a video project where it failed, was stopped or halted."""
        make = partial(self._continuing.resumed, principal, request)
        keyed = Keyed.of("videos.resume", principal, request, key)
        return await self._once.do(keyed, make=make, again=_again)

    async def stop(self, principal: Principal, request: GetVideo) -> VideoStatusView:
        """Stop a video project that is under way; it can be resumed."""
        video = await self._video(principal, request.video_id)
        if not video.status.is_under_way:
            raise VideoNotUnderWay(video.id, video.status)
        try:
            await self._desk.cancel(video.job, principal)
        except JobIsOver as over:
            ended = await self._video(principal, request.video_id)
            raise VideoNotUnderWay(ended.id, ended.status) from over
        return VideoStatusView.of(await self._video(principal, request.video_id))

    async def rename(self, principal: Principal, request: RenameVideo) -> VideoDetail:
        """Give a video project another title."""
        video = VideoId(request.video_id)
        change = changes.RenameVideo(video=video, title=request.title, at=self._clock.now())
        return VideoDetail.of(await self._videos.change(change, project=principal.project))

    async def delete(self, principal: Principal, request: GetVideo) -> None:
        """Take a video project out of sight; one that is under way is stopped."""
        video = await self._video(principal, request.video_id)
        change = changes.DeleteVideo(video=video.id, at=self._clock.now())
        await self._videos.change(change, project=principal.project)
        if video.status.is_under_way:
            try:
                await self._desk.cancel(video.job, principal)
            except JobIsOver:
                return

    async def _video(self, principal: Principal, video_id: str) -> VideoProject:
        return await self._videos.get(VideoId(video_id), project=principal.project)


async def _again(made: str) -> AcceptedVideo:
    return AcceptedVideo.of(made, VideoStatus.PENDING, is_replayed=True)
