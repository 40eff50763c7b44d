"""Taking in projects: the row, and beside it the job that is to make the film."""

from dataclasses import dataclass

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.once import Note
from taskforce.core.identity import IdSource
from taskforce.core.principals import Principal
from taskforce.core.videos.changes import CreateVideo
from taskforce.core.videos.forking import ForkPlan
from taskforce.core.videos.model import VideoId, VideoProject, VideoScene, Wish
from taskforce.core.videos.ports import PriceList
from taskforce.core.videos.prices import Prices, expected
from taskforce.core.videos.statuses import Stage
from taskforce.core.videos.task import KIND, Inherited, VideoTask


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """What a new project is made of."""

    source: VideoProject
    plan: ForkPlan

    @property
    def inherited(self) -> Inherited | None:
        """Return what its job begins with; None when not even a storyboard is left."""
        source, scenes = self.source, self.plan.scenes
        if source.style_guide is None or not scenes:
            return None
        return Inherited(style_guide=source.style_guide, characters=source.characters, scenes=scenes)


class VideoIntake:
    """Hands in projects."""

    def __init__(self, *, desk: JobDesk, prices: PriceList, ids: IdSource, concurrency: int) -> None:
        self._desk = desk
        self._prices = prices
        self._ids = ids
        self._concurrency = concurrency
        """`video_gen_concurrency`: clips made side by side."""

    async def take(
        self,
        principal: Principal,
        wish: Wish,
        *,
        title: str,
        run_through: Stage | None,
        note: Note,
        fork: Fork | None = None,
    ) -> VideoProject:
        """Store a new project and see that it is made, with the prices of now."""
        task = VideoTask(
            video=VideoId(self._ids.new()),
            title=title,
            wish=wish,
            prices=self._prices.prices(wish.models),
            inherited=fork.inherited if fork else None,
            first=fork.plan.first if fork else Stage.STORYBOARDING,
            run_through=run_through,
            concurrency=self._concurrency,
        )
        given = task.model_dump(mode="json")
        job = self._desk.new(KIND, principal, given, subject=task.video, alone=True)
        scenes = fork.plan.scenes if fork else ()
        video = VideoProject(
            id=task.video,
            project=principal.project,
            job=job.id,
            title=title,
            wish=wish,
            forked_from=fork.source.id if fork else None,
            style_guide=fork.source.style_guide if fork else None,
            characters=fork.source.characters if fork else (),
            scenes=scenes,
            estimate=_estimate(task.prices, wish, scenes),
            created_at=job.created_at,
            updated_at=job.created_at,
        )
        await self._desk.accept(job, changes=[CreateVideo(video=video), *note(video.id)])
        return video


def _estimate(prices: Prices, wish: Wish, scenes: tuple[VideoScene, ...]) -> float:
    """Return US dollars for the calls that a film takes when none fails, less what there is of its scenes."""
    added = wish.scene_count - len(scenes)
    starts = 1 if not scenes or (scenes[0].start is None and scenes[0].end is None) else 0
    made = expected(
        has_storyboard=added == 0,
        pictures=starts + sum(scene.end is None for scene in scenes) + added,
        clips=sum(scene.clip is None for scene in scenes) + added,
        clip_seconds=prices.ordered(wish.clip_duration),
    )
    return prices.of(made)
