"""Clips that are to be filmed for a benchmark: three scenes, each with its own place."""

from itertools import pairwise

from taskforce.core.videos.model import SIZES, AspectRatio, Position
from taskforce.core.videos.ports import ClipOrder, FrameOrder
from taskforce.core.videos.storyboard import Scene, StyleGuide
from taskforce.infrastructure.videos import media

SIZE = SIZES[AspectRatio.WIDE]
GUIDE = StyleGuide(visual_style="layers", color_palette="dusk", camera_style="slow")
TEXTS = (
    "A ship sails on the sea at dusk",
    "A robot walks in the city at night",
    "A fox in the forest at dawn",
    "A train in the meadow by day",
)


def clip_orders(*, seconds: int) -> list[ClipOrder]:
    """Return orders of clips, each from the picture of one scene to that of the next."""
    pictures = [_picture(number, text) for number, text in enumerate(TEXTS)]
    return [
        ClipOrder(
            scene=_scene(number, TEXTS[number]),
            prompt="The camera travels to the right.",
            style="cinematic",
            style_guide=GUIDE,
            size=SIZE,
            aspect_ratio=AspectRatio.WIDE,
            seconds=seconds,
            seed=0,
            audio=True,
            start=start,
            end=end,
        )
        for number, (start, end) in enumerate(pairwise(pictures))
    ]


def _scene(number: int, text: str) -> Scene:
    return Scene(
        index=number,
        description=text,
        start_frame_prompt=text,
        end_frame_prompt=text,
        motion_prompt="The camera travels to the right.",
    )


def _picture(number: int, text: str) -> bytes:
    order = FrameOrder(
        scene=_scene(number, text),
        position=Position.END,
        prompt=text,
        style="cinematic",
        style_guide=GUIDE,
        characters=(),
        size=SIZE,
        aspect_ratio=AspectRatio.WIDE,
        seed=0,
        earlier=None,
    )
    (content,) = media.draw(order)
    if not isinstance(content, bytes):
        raise content
    return content
