"""The use case of forks: a new project of one that is there."""

from dataclasses import replace

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.videos.casting import Casting, edits_of, estimate
from taskforce.application.videos.schemas import ForkedVideo, ForkVideo
from taskforce.core.identity import IdSource
from taskforce.core.principals import Principal
from taskforce.core.videos.changes import CreateVideo
from taskforce.core.videos.errors import VideoUnderWay
from taskforce.core.videos.forking import ForkPlan, forked
from taskforce.core.videos.model import VideoId, VideoProject
from taskforce.core.videos.ports import PriceList, VideoStore
from taskforce.core.videos.task import KIND, Inherited, VideoTask


class VideoForkService:
    """Makes projects of others."""

    def __init__(
        self,
        *,
        desk: JobDesk,
        videos: VideoStore,
        casting: Casting,
        prices: PriceList,
        once: Once,
        ids: IdSource,
        concurrency: int,
    ) -> None:
        self._desk = desk
        self._videos = videos
        self._casting = casting
        self._prices = prices
        self._once = once
        self._ids = ids
        self._concurrency = concurrency

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
            plan = replace(plan, wish=plan.wish.model_copy(update={"models": models}))
            task = self._task(video, plan, request)
            given = task.model_dump(mode="json")
            job = self._desk.new(KIND, principal, given, subject=task.video, alone=True)
            new = VideoProject(
                id=task.video,
                project=principal.project,
                job=job.id,
                title=task.title,
                wish=plan.wish,
                forked_from=video.id,
                style_guide=video.style_guide,
                characters=video.characters,
                scenes=plan.scenes,
                estimate=estimate(task.prices, plan.wish, plan.scenes),
                created_at=job.created_at,
                updated_at=job.created_at,
            )
            await self._desk.accept(job, changes=[CreateVideo(video=new), *note(new.id)])
            return ForkedVideo.of_fork(new, first=plan.first, whole=plan.whole)

        async def again(made: str) -> ForkedVideo:
            video = await self._videos.get(VideoId(request.video_id), project=principal.project)
            new = await self._videos.get(VideoId(made), project=principal.project)
            plan = forked(video, edits_of(request))
            return ForkedVideo.of_fork(new, first=plan.first, whole=plan.whole, is_replayed=True)

        keyed = Keyed.of("video_forks.create", principal, request, key)
        return await self._once.do(keyed, make=make, again=again)

    def _task(self, video: VideoProject, plan: ForkPlan, request: ForkVideo) -> VideoTask:
        inherited = None
        if video.style_guide is not None and plan.scenes:
            inherited = Inherited(
                style_guide=video.style_guide, characters=video.characters, scenes=plan.scenes
            )
        return VideoTask(
            video=VideoId(self._ids.new()),
            title=request.title or video.title,
            wish=plan.wish,
            prices=self._prices.prices(plan.wish.models),
            inherited=inherited,
            first=plan.first,
            run_through=request.run_through,
            concurrency=self._concurrency,
        )
