"""The changes of video projects, in the transaction that the connection is in."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from taskforce.core.videos.changes import JOB_CHANGES, CreateVideo, VideoChange, changed
from taskforce.core.videos.errors import VideoNotFound
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.database.video_tables import video_projects
from taskforce.infrastructure.videos.sql_rows import moving_values, select_videos, video_from, video_values

_MOVING = ("job", "title", "stage", "storyboard", "film", "spent", "cost", "updated_at", "deleted_at")


def create_video(connection: Connection, change: CreateVideo) -> None:
    """Write a project."""
    _ADD.run(connection, video_values(change.video))


def move_video(connection: Connection, change: VideoChange) -> None:
    """Change a project. Raises VideoNotFound, and what `changed` raises."""
    row = _FIND.one(connection, {"video": change.video})
    if row is None:
        raise VideoNotFound(change.video)
    before = video_from(row)
    after = changed(before, change)
    if after is not before:
        values = {f"new_{name}": value for name, value in moving_values(after).items()}
        _SAVE.run(connection, {"video": change.video, **values})


APPLIERS: dict[type, Callable[[Connection, Any], None]] = {
    CreateVideo: create_video,
    **dict.fromkeys(JOB_CHANGES, move_video),
}

_this = video_projects.c.id == bindparam("video")
_ADD = Prepared(insert(video_projects))
_FIND = Prepared(select_videos().where(_this).with_for_update(of=video_projects))
_SAVE = Prepared(
    update(video_projects)
    .where(_this)
    .values({name: bindparam(f"new_{name}", type_=video_projects.c[name].type) for name in _MOVING})
)
