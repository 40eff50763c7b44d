"""What the logs of videos tell."""

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.events import OPENING, Event
from taskforce.core.videos.model import KeptFilm, Position
from taskforce.core.videos.statuses import Stage
from taskforce.core.videos.task import VideoTask

STAGE_STARTED = "stage_started"
STORYBOARD_WRITTEN = "storyboard_written"
STORYBOARD_REFUSED = "storyboard_refused"
PICTURE_MADE = "picture_made"
CLIP_ORDERED = "clip_ordered"
CLIP_MADE = "clip_made"
CLIP_FAILED = "clip_failed"
CONTENT_FILTERED = "content_filtered"
FILM_MADE = "film_made"


def video_started(task: VideoTask) -> Event:
    """Return the first event of a try."""
    details: JsonObject = {
        "project_id": task.video,
        "scene_count": task.wish.scene_count,
        "models": task.wish.models.model_dump(),
        "round": task.round,
    }
    return Event(type=OPENING, message=task.title, details=details)


def stage_started(stage: Stage) -> Event:
    """Return that a stage is entered."""
    return Event(type=STAGE_STARTED, message=stage.value, details={"stage": stage.value})


def storyboard_written(scenes: int) -> Event:
    """Return that there is a storyboard."""
    return Event(type=STORYBOARD_WRITTEN, message=f"{scenes} scenes", details={"scenes": scenes})


def storyboard_refused(number: int, problem: str) -> Event:
    """Return that an answer was no storyboard."""
    return Event(type=STORYBOARD_REFUSED, message=problem, details={"answer": number})


def picture_made(scene: int, position: Position) -> Event:
    """Return that a picture is there."""
    details: JsonObject = {"scene_index": scene, "position": position.value}
    return Event(type=PICTURE_MADE, message=f"scene {scene}, {position}", details=details)


def content_filtered(what: str, scene: int, reason: str) -> Event:
    """Return that a provider does not make a picture or a clip by these words."""
    message = f"{what} of scene {scene}: {reason}"
    return Event(type=CONTENT_FILTERED, message=message, details={"scene_index": scene, "what": what})


def clip_ordered(scene: int, order: int) -> Event:
    """Return that a clip is about to be ordered, for the n-th time from 0."""
    return Event(type=CLIP_ORDERED, message=f"scene {scene}", details={"scene_index": scene, "order": order})


def clip_made(scene: int, seconds: float) -> Event:
    """Return that a clip is there."""
    details: JsonObject = {"scene_index": scene, "seconds": seconds}
    return Event(type=CLIP_MADE, message=f"scene {scene}, {seconds:.2f} s", details=details)


def clip_failed(scene: int, code: str, reason: str) -> Event:
    """Return that there is no clip, and why."""
    return Event(type=CLIP_FAILED, message=reason, details={"scene_index": scene, "code": code})


def film_made(film: KeptFilm) -> Event:
    """Return that the film is there."""
    details: JsonObject = {"seconds": film.facts.seconds, "size": film.ref.size, "sha256": film.ref.sha256}
    return Event(type=FILM_MADE, message=f"{film.facts.seconds:.2f} s", details=details)
