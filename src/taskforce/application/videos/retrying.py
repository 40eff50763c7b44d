"""Trying the job of a film again: as if its project were resumed, as far as that job was to go."""

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.retrying import RetryRule
from taskforce.core.principals import Principal
from taskforce.core.videos.ports import VideoStore
from taskforce.core.videos.task import task_of


class VideoRetries(RetryRule):
    """Counts the try, so that what was given up is asked for again. Of a deleted project there is none."""

    def __init__(self, videos: VideoStore) -> None:
        self._videos = videos

    async def input(self, principal: Principal, job: Job) -> JsonObject:
        task = task_of(job)
        await self._videos.get(task.video, project=principal.project)
        return task.resumed(run_through=task.run_through).model_dump(mode="json")
