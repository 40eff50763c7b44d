"""Going on with a project by a job that continues its newest one."""

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.once import Note
from taskforce.application.jobs.settling import Settling
from taskforce.application.videos.schemas import AcceptedVideo, ResumeVideo
from taskforce.core.jobs.errors import JobNotOver, LockHeld
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import JobStore
from taskforce.core.principals import Principal
from taskforce.core.videos.errors import VideoComplete, VideoContinued, VideoUnderWay
from taskforce.core.videos.model import VideoId, VideoProject
from taskforce.core.videos.ports import VideoStore
from taskforce.core.videos.statuses import VideoStatus
from taskforce.core.videos.task import task_of


class Continuing:
    """Resumes projects."""

    def __init__(self, *, desk: JobDesk, jobs: JobStore, videos: VideoStore, settling: Settling) -> None:
        self._desk = desk
        self._jobs = jobs
        self._videos = videos
        self._settling = settling

    async def resumed(self, principal: Principal, request: ResumeVideo, note: Note) -> AcceptedVideo:
        """Hand in the next try of a project. Raises VideoComplete, VideoUnderWay."""
        video = await self._videos.get(VideoId(request.video_id), project=principal.project)
        if not video.status.can_resume:
            raise VideoComplete(video.id)
        if video.status.is_under_way:
            raise VideoUnderWay(video.id, video.status)
        before = await self._ended(video)
        task = task_of(before).resumed(run_through=request.run_through)
        try:
            job = self._desk.again(before, principal, input=task.model_dump(mode="json"))
            await self._desk.accept(job, changes=note(video.id))
        except (LockHeld, JobNotOver, VideoContinued) as busy:
            raise VideoUnderWay(video.id, VideoStatus.PENDING) from busy
        stage = video.stage
        return AcceptedVideo.of(video.id, VideoStatus.PENDING if stage is None else VideoStatus(stage.value))

    async def _ended(self, video: VideoProject) -> Job:
        """Return the newest job, once the worker that was told to stop has let it go."""
        job = await self._jobs.get(video.job, project=video.project)
        if job.status.is_over:
            return job
        return await self._settling.of(job.id, project=video.project)
