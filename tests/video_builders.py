"""What tests of videos are made of, with defaults for what a test is silent on."""

from typing import Any

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.identity import ArtifactId, JobId
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.core.videos.model import (
    AspectRatio,
    ClipFacts,
    ClipStatus,
    KeptClip,
    ModelChoice,
    Transition,
    VideoId,
    VideoProject,
    VideoScene,
    Wish,
)
from taskforce.core.videos.storyboard import Character, Scene, StyleGuide
from taskforce.infrastructure.system.ids import CountedIds
from tests.builders import NOON

ids = CountedIds()
GUIDE = StyleGuide(visual_style="ink", color_palette="teal", camera_style="still")
ANN = Character(name="Ann", description="a fox in a red scarf")


def a_wish(**fields: Any) -> Wish:  # noqa: ANN401 - any field of a wish
    """Three scenes of six seconds."""
    defaults: dict[str, Any] = {
        "prompt": "A fox crosses a river.",
        "style": "cinematic",
        "aspect_ratio": AspectRatio.WIDE,
        "clip_duration": 6,
        "total_duration": 18,
        "scene_count": 3,
        "transition": Transition.CUT,
        "audio": True,
        "seed": 0,
        "models": ModelChoice(),
    }
    return Wish(**{**defaults, **fields})


def a_ref(key: str, *, kind: str = "picture", media_type: str = "image/png") -> ArtifactRef:
    return ArtifactRef(
        id=ArtifactId(ids.new()), key=key, kind=kind, media_type=media_type, size=4, sha256="a" * 64
    )


def a_clip(index: int) -> KeptClip:
    facts = ClipFacts(seconds=6, width=1280, height=720, has_sound=True)
    return KeptClip(ref=a_ref(f"{index}.mp4", kind="clip", media_type="video/mp4"), facts=facts)


def a_scene(index: int, *, whole: bool = True) -> VideoScene:
    scene = Scene(
        index=index,
        description=f"scene {index}",
        start_frame_prompt=f"start {index}",
        end_frame_prompt=f"end {index}",
        motion_prompt=f"motion {index}",
    )
    if not whole:
        return VideoScene(scene=scene)
    return VideoScene(
        scene=scene,
        start=a_ref(f"{index}/start.png"),
        end=a_ref(f"{index}/end.png"),
        clip_status=ClipStatus.COMPLETE,
        clip=a_clip(index),
    )


def a_video(**fields: Any) -> VideoProject:  # noqa: ANN401 - any field of a project
    """Return a project whose three scenes are whole."""
    defaults: dict[str, Any] = {
        "id": VideoId(ids.new()),
        "project": DEFAULT_PROJECT,
        "job": JobId(ids.new()),
        "title": "The fox",
        "wish": a_wish(),
        "style_guide": GUIDE,
        "characters": (ANN,),
        "scenes": tuple(map(a_scene, range(3))),
        "estimate": 1.5,
        "created_at": NOON,
        "updated_at": NOON,
    }
    return VideoProject(**{**defaults, **fields})
