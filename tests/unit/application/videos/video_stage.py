"""A stage for films: the kernel in memory, a clock set by hand, and a crew that counts."""

from dataclasses import replace
from typing import Any

from taskforce.application.videos.program import VideoProgram
from taskforce.application.videos.retrying import VideoRetries
from taskforce.core.identity import JobId
from taskforce.core.jobs.events import KeyedEvent
from taskforce.core.jobs.model import Job
from taskforce.core.principals import DEFAULT_PROJECT, local_principal
from taskforce.core.videos.changes import CreateVideo
from taskforce.core.videos.forking import Edits, forked
from taskforce.core.videos.limits import CONCURRENCY
from taskforce.core.videos.model import VideoId, VideoProject
from taskforce.core.videos.statuses import Stage as VideoPart
from taskforce.core.videos.statuses import VideoStatus
from taskforce.core.videos.task import KIND, Inherited, VideoTask, task_of
from taskforce.infrastructure.videos.memory import MemoryVideos, MemoryVideoStore
from tests.stage import Stage
from tests.video_builders import a_video, a_wish
from tests.video_crew import PRICES, Crew


class VideoStage(Stage):
    """Makes one film after the other."""

    def __init__(self, *, is_free: bool = True) -> None:
        self.rows = MemoryVideos(lambda job_id: self.store.find(job_id))  # noqa: PLW0108 - it is made below
        super().__init__(appliers=self.rows.appliers)
        self.videos = MemoryVideoStore(self.rows)
        self.seen: list[VideoStatus] = []
        """How the projects stood at each call of a provider, and whenever a test looked."""
        self.crew = Crew(self.artifacts, note=lambda _: self.look(), is_free=is_free)
        self.programs[KIND] = VideoProgram(
            artifacts=self.artifacts,
            providers=self.crew,
            reader=self.crew.reader,
            assembler=self.crew.splicer,
        )

    async def generate(
        self,
        *,
        run_through: VideoPart | None = None,
        concurrency: int = CONCURRENCY,
        **wish: Any,  # noqa: ANN401 - any field of a wish
    ) -> VideoId:
        """Hand in a film of three scenes, unless the wish says otherwise."""
        video = VideoId(self.ids.new())
        task = VideoTask(
            video=video,
            title="The fox",
            wish=a_wish(**wish),
            prices=PRICES,
            run_through=run_through,
            concurrency=concurrency,
        )
        await self._hand_in(task, a_video(scenes=(), characters=(), style_guide=None))
        return video

    async def fork(self, video_id: VideoId, edits: Edits) -> VideoId:
        """Hand in a film made of another."""
        source = await self.video(video_id)
        plan = forked(source, edits)
        inherited = None
        if source.style_guide is not None and plan.scenes:
            inherited = Inherited(
                style_guide=source.style_guide, characters=source.characters, scenes=plan.scenes
            )
        video = VideoId(self.ids.new())
        task = VideoTask(
            video=video, title="Fork", wish=plan.wish, prices=PRICES, inherited=inherited, first=plan.first
        )
        await self._hand_in(task, replace(source, scenes=plan.scenes, film=None, stage=None))
        return video

    async def resume(self, video_id: VideoId) -> None:
        """Hand in the next try."""
        before = await self.job((await self.video(video_id)).job)
        given = task_of(before).resumed(run_through=None).model_dump(mode="json")
        job = before.retry(JobId(self.ids.new()), by="tester", now=self.clock.now(), input=given)
        await self.store.submit(job, changes=self.programs[KIND].taken_in(job))

    async def again(self, job: Job) -> Job:
        """Retry a job as the kernel does, play whatever is due, and return the new one."""
        given = await VideoRetries(self.videos).input(local_principal(), job)
        retried = job.retry(JobId(self.ids.new()), by="tester", now=self.clock.now(), input=given)
        await self.store.submit(retried, changes=self.programs[KIND].taken_in(retried))
        await self.settle()
        return await self.job(retried.id)

    async def finish(self, *, seconds: float = 15, most: int = 400) -> None:
        """Play whatever is due, and let time pass while something waits."""
        await self.settle()
        for _ in range(most):
            if all(job.status.is_over for job in self.store.jobs()):
                return
            self.clock.pass_(seconds=seconds)
            await self.settle()
        raise AssertionError("a job goes on for ever")

    def look(self) -> None:
        """Write down how each project stands."""
        shown = [self.rows.shown(row) for row in self.rows.rows.values()]
        self.seen.extend(video.status for video in shown if video is not None)

    async def video(self, video_id: VideoId) -> VideoProject:
        return await self.videos.get(video_id, project=DEFAULT_PROJECT)

    async def made(self, **wish: Any) -> VideoProject:  # noqa: ANN401 - any field of a wish
        """Make a film, and return the project as it stands then."""
        video = await self.generate(**wish)
        await self.finish()
        return await self.video(video)

    async def _hand_in(self, task: VideoTask, video: VideoProject) -> None:
        now = self.clock.now()
        job_id = JobId(self.ids.new())
        job = Job(
            id=job_id,
            kind=KIND,
            project=DEFAULT_PROJECT,
            input=task.model_dump(mode="json"),
            created_by="tester",
            created_at=now,
            updated_at=now,
            subject=task.video,
            lock=task.video,
            root=job_id,
        )
        row = replace(
            video, id=task.video, job=job_id, wish=task.wish, created_at=now, updated_at=now, cost=0.0
        )
        opening = KeyedEvent(key="started", event=self.player.opening(job))
        await self.store.submit(job, events=[opening], changes=[CreateVideo(video=row)])
