"""The use case of forks: a new project of one that is there."""

from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.videos.casting import Casting, edits_of
from taskforce.application.videos.intake import Fork, VideoIntake
from taskforce.application.videos.schemas import ForkedVideo, ForkVideo
from taskforce.core.principals import Principal
from taskforce.core.videos.errors import VideoUnderWay
from taskforce.core.videos.forking import forked
from taskforce.core.videos.model import VideoId
from taskforce.core.videos.ports import VideoStore


class VideoForkService:
    """Makes projects of others."""

    def __init__(self, *, videos: VideoStore, casting: Casting, intake: VideoIntake, once: Once) -> None:
        self._videos = videos
        self._casting = casting
        self._intake = intake
        self._once = once

    async def create(
        self, principal: Principal, request: ForkVideo, *, key: str | None = None
    ) -> ForkedVideo:
        """Make a new video project of one that is not under way; what the edits leave valid is inherited."""

        async def make(note: Note) -> ForkedVideo:
            video = await self._videos.get(VideoId(request.video_id), project=principal.project)
            if video.status.is_under_way:
                raise VideoUnderWay(video.id, video.status)
            models = self._casting.chosen(request.models, otherwise=video.wish.models)
            plan = forked(video, edits_of(request))
            new = await self._intake.take(
                principal,
                plan.wish.model_copy(update={"models": models}),
                title=request.title or video.title,
                run_through=request.run_through,
                note=note,
                fork=Fork(source=video, plan=plan),
            )
            return ForkedVideo.of_fork(new, first=plan.first, whole=plan.whole)

        async def again(made: str) -> ForkedVideo:
            video = await self._videos.get(VideoId(request.video_id), project=principal.project)
            new = await self._videos.get(VideoId(made), project=principal.project)
            plan = forked(video, edits_of(request))
            return ForkedVideo.of_fork(new, first=plan.first, whole=plan.whole, is_replayed=True)

        keyed = Keyed.of("video_forks.create", principal, request, key)
        return await self._once.do(keyed, make=make, again=again)
