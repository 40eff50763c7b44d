"""Video projects in memory."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.model import Job
from taskforce.core.paging import Listing, Page
from taskforce.core.videos.changes import JOB_CHANGES, ChangeVideo, CreateVideo, VideoChange, changed
from taskforce.core.videos.errors import VideoNotFound
from taskforce.core.videos.model import VideoId, VideoProject
from taskforce.core.videos.ports import VideoStore


class MemoryVideos:
    """The projects that a job store's changes write; `job_of` finds a project's job."""

    def __init__(self, job_of: Callable[[JobId], Job | None]) -> None:
        self._job_of = job_of
        self.rows: dict[VideoId, VideoProject] = {}

    @property
    def appliers(self) -> Mapping[type, Callable[[Any], None]]:
        """Return what writes each change."""
        return {CreateVideo: self.create, **dict.fromkeys(JOB_CHANGES, self.move)}

    def create(self, change: CreateVideo) -> None:
        """Keep a project."""
        self.rows[change.video.id] = change.video

    def move(self, change: VideoChange) -> None:
        """Change a project. Raises VideoNotFound, and what `changed` raises."""
        row = self.rows.get(change.video)
        if row is None:
            raise VideoNotFound(change.video)
        self.rows[change.video] = changed(row, change)

    def shown(self, row: VideoProject) -> VideoProject | None:
        """Return a project as its job's row says that it stands; None when that is gone."""
        job = self._job_of(row.job)
        if job is None:
            return None
        failure = job.outcome.failure if job.outcome else None
        return row.told(
            job.status,
            is_stopping=job.cancel_requested,
            reason=failure.message if failure else None,
            at=job.updated_at,
        )


class MemoryVideoStore(VideoStore):
    """Projects over the jobs that make them."""

    def __init__(self, videos: MemoryVideos) -> None:
        self._videos = videos

    async def get(self, video_id: VideoId, *, project: ProjectId) -> VideoProject:
        return self._found(video_id, project)

    async def list(self, project: ProjectId, page: Page) -> Listing[VideoProject]:
        rows = [row for row in self._videos.rows.values() if row.project == project and not row.deleted_at]
        shown = [found for row in rows if (found := self._videos.shown(row)) is not None]
        shown.sort(key=lambda video: (video.created_at, video.id), reverse=True)
        items = shown[page.offset : page.offset + page.limit]
        bare = tuple(replace(video, scenes=(), characters=(), style_guide=None) for video in items)
        return Listing(items=bare, total=len(shown))

    async def change(self, change: ChangeVideo, *, project: ProjectId) -> VideoProject:
        before = self._found(change.video, project)
        self._videos.move(change)
        after = self._videos.shown(self._videos.rows[before.id])
        return before if after is None else after

    def _found(self, video_id: VideoId, project: ProjectId) -> VideoProject:
        row = self._videos.rows.get(video_id)
        found = None if row is None or row.deleted_at else self._videos.shown(row)
        if found is None or found.project != project:
            raise VideoNotFound(video_id)
        return found
