"""What video projects look like: in a list, one with its scenes, how it stands."""

from collections.abc import Iterator, Sequence

from taskforce.application.jobs.schemas import ListView
from taskforce.application.videos.schemas import SceneDetail, VideoDetail, VideoListItem, VideoStatusView
from taskforce.cli.dependencies import Asked
from taskforce.cli.flags import Flags
from taskforce.cli.render import Column, print_facts, print_json, print_table
from taskforce.cli.terminal import say

PROJECTS: Sequence[Column[VideoListItem]] = (
    Column(head="VIDEO", show=lambda view: view.project_id, whole=True),
    Column(head="STATUS", show=lambda view: view.status.value, whole=True),
    Column(head="AGE", show=lambda view: view.created_at, whole=True),
    Column(head="TITLE", show=lambda view: view.title),
)
SCENES: Sequence[Column[SceneDetail]] = (
    Column(head="SCENE", show=lambda view: view.scene_index, whole=True),
    Column(head="STATUS", show=lambda view: view.status.value, whole=True),
    Column(head="MADE", show=lambda view: " ".join(_made(view)), whole=True),
    Column(head="DESCRIPTION", show=lambda view: view.description, wraps=True),
)


def show_videos(asked: Asked[ListView[VideoListItem]], flags: Flags, *, as_json: bool) -> None:
    """Print a list of projects; as JSON bare, as HTTP answers."""
    part = asked.answer
    if as_json:
        print_json([item.model_dump(mode="json") for item in part.items])
        return
    print_table(part.items, PROJECTS, color=flags.color, now=asked.at)
    if part.total > len(part.items):
        say(f"{len(part.items)} of {part.total}; --limit and --offset show others.")


def show_video(asked: Asked[VideoDetail], flags: Flags, *, as_json: bool) -> None:
    """Print a project with its scenes."""
    view = asked.answer
    if as_json:
        print_json(view)
        return
    print_facts(_facts(view), color=flags.color)
    if view.scenes:
        print_table(view.scenes, SCENES, color=flags.color, now=None)


def show_status(asked: Asked[VideoStatusView], flags: Flags, *, as_json: bool) -> None:
    """Print how a project stands."""
    view = asked.answer
    if as_json:
        print_json(view)
        return
    moments = [("created", view.created_at), ("updated", view.updated_at)]
    facts = [("video", view.project_id), ("status", view.status.value), *moments]
    print_facts([*facts, ("error", view.error_message)], color=flags.color)


def film_of(view: VideoDetail) -> str:
    """Return what a film has become, in a line; "" as long as there is none."""
    film = view.film
    if film is None:
        return ""
    sound = "with sound" if film.has_sound else "silent"
    facts = f"{film.seconds:.2f} s, {film.width}x{film.height}, {film.frames:,} frames, {sound}"
    return f"{facts}, {film.size:,} bytes"


def _facts(view: VideoDetail) -> Iterator[tuple[str, object]]:
    yield from (("video", view.project_id), ("title", view.title), ("status", view.status.value))
    yield from (("error", view.error_message), ("prompt", view.prompt), ("style", view.style))
    yield "wanted", f"{view.scene_count} scenes of {view.clip_duration} s, {view.aspect_ratio.value}"
    yield "models", ", ".join(f"{role} {name}" for role, name in view.models.items())
    yield from (("film", film_of(view)), ("forked from", view.forked_from), ("job", view.job_id))
    if view.estimated_cost or view.actual_cost:
        yield "cost", f"${view.actual_cost:.2f} of about ${view.estimated_cost:.2f}"
    yield from (("created", view.created_at), ("updated", view.updated_at))


def _made(view: SceneDetail) -> Iterator[str]:
    there = {"start": view.has_start_keyframe, "end": view.has_end_keyframe, "clip": view.has_clip}
    yield from (name for name, is_there in there.items() if is_there)
