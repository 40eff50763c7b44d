"""What the rows of video projects are in core's words, and the other way round."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Select, select

from taskforce.core.jobs.model import JobStatus
from taskforce.core.videos.model import KeptFilm, VideoProject, VideoScene, Wish
from taskforce.core.videos.prices import Spent
from taskforce.core.videos.statuses import Stage
from taskforce.core.videos.storyboard import Character, StyleGuide
from taskforce.infrastructure.database.rows import Values
from taskforce.infrastructure.database.tables import jobs
from taskforce.infrastructure.database.video_tables import video_projects

_OF_JOBS = (jobs.c.status, jobs.c.cancel_requested, jobs.c.failure, jobs.c.updated_at)
_BARE = [column for column in video_projects.c if column.name != "storyboard"]


class Board(BaseModel):
    """What the column `storyboard` holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    style_guide: StyleGuide | None = None
    characters: tuple[Character, ...] = ()
    scenes: tuple[VideoScene, ...] = ()


def select_videos() -> "Select[Any]":
    """Return a query whose rows `video_from` reads with a storyboard."""
    columns = (*_BARE, *_OF_JOBS, video_projects.c.storyboard)
    return select(*columns).join(jobs, jobs.c.id == video_projects.c.job)


def select_bare_videos() -> "Select[Any]":
    """Return a query whose rows `video_from` reads without one."""
    return select(*_BARE, *_OF_JOBS).join(jobs, jobs.c.id == video_projects.c.job)


def video_from(row: Sequence[Any]) -> VideoProject:
    """Return the project of a row, as its newest job's row says that it stands."""
    id, project, job, title, wish, forked_from, stage, film, estimate, spent, cost, *rest = row
    created_at, updated_at, deleted_at, status, is_stopping, failure, job_updated_at, *storyboard = rest
    board = Board.model_validate(storyboard[0]) if storyboard else Board()
    video = VideoProject(
        id=id,
        project=project,
        job=job,
        title=title,
        wish=Wish.model_validate(wish),
        forked_from=forked_from,
        stage=None if stage is None else Stage(stage),
        style_guide=board.style_guide,
        characters=board.characters,
        scenes=board.scenes,
        film=None if film is None else KeptFilm.model_validate(film),
        estimate=estimate,
        spent=Spent.model_validate(spent),
        cost=cost,
        created_at=created_at,
        updated_at=updated_at,
        deleted_at=deleted_at,
    )
    reason = None if failure is None else failure["message"]
    return video.told(JobStatus(status), is_stopping=bool(is_stopping), reason=reason, at=job_updated_at)


def video_values(video: VideoProject) -> Values:
    """Return a new project's row."""
    return {
        "id": video.id,
        "project": video.project,
        "wish": video.wish.model_dump(mode="json"),
        "forked_from": video.forked_from,
        "estimate": video.estimate,
        "created_at": video.created_at,
        **moving_values(video),
    }


def moving_values(video: VideoProject) -> Values:
    """Return what changes of a project's row."""
    board = Board(style_guide=video.style_guide, characters=video.characters, scenes=video.scenes)
    return {
        "job": video.job,
        "title": video.title,
        "stage": None if video.stage is None else video.stage.value,
        "storyboard": board.model_dump(mode="json"),
        "film": None if video.film is None else video.film.model_dump(mode="json"),
        "spent": video.spent.model_dump(mode="json"),
        "cost": video.cost,
        "updated_at": video.updated_at,
        "deleted_at": video.deleted_at,
    }
