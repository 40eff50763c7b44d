"""Video projects in a SQL database."""

from sqlalchemy import Connection, bindparam, func, select

from taskforce.core.identity import ProjectId
from taskforce.core.paging import Listing, Page
from taskforce.core.videos.changes import ChangeVideo
from taskforce.core.videos.errors import VideoNotFound
from taskforce.core.videos.model import VideoId, VideoProject
from taskforce.core.videos.ports import VideoStore
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.database.tables import jobs
from taskforce.infrastructure.database.video_tables import IN_SIGHT, video_projects
from taskforce.infrastructure.videos.sql_changes import move_video
from taskforce.infrastructure.videos.sql_rows import select_bare_videos, select_videos, video_from


class SqlVideoStore(VideoStore):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, video_id: VideoId, *, project: ProjectId) -> VideoProject:
        return await self._database.read(lambda connection: _found(connection, video_id, project))

    async def list(self, project: ProjectId, page: Page) -> Listing[VideoProject]:
        return await self._database.read(lambda connection: _listed(connection, project, page))

    async def change(self, change: ChangeVideo, *, project: ProjectId) -> VideoProject:
        def write(connection: Connection) -> VideoProject:
            before = _found(connection, change.video, project)
            move_video(connection, change)
            row = _FIND.one(connection, {"video": before.id, "of_project": project})
            return before if row is None else video_from(row)

        return await self._database.write(write)


def _found(connection: Connection, video_id: VideoId, project: ProjectId) -> VideoProject:
    row = _FIND.one(connection, {"video": video_id, "of_project": project})
    found = None if row is None else video_from(row)
    if found is None or found.deleted_at is not None:
        raise VideoNotFound(video_id)
    return found


def _listed(connection: Connection, project: ProjectId, page: Page) -> Listing[VideoProject]:
    videos = video_projects.c
    conditions = (videos.project == project, IN_SIGHT, _HAS_A_JOB)
    counted = select(func.count()).select_from(video_projects).join(jobs, jobs.c.id == videos.job)
    total = connection.scalar(counted.where(*conditions))
    query = select_bare_videos().where(*conditions).order_by(videos.created_at.desc(), videos.id.desc())
    rows = connection.execute(query.limit(page.limit).offset(page.offset))
    return Listing(items=tuple(video_from(row) for row in rows), total=total or 0)


_HAS_A_JOB = jobs.c.pruned_at.is_(None)
_FIND = Prepared(
    select_videos().where(
        video_projects.c.id == bindparam("video"),
        video_projects.c.project == bindparam("of_project"),
        _HAS_A_JOB,
    )
)
