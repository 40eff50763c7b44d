"""What a model is told of a picture or a clip, all scenes in the same words."""

from taskforce.core.videos.ports import ClipOrder, FrameOrder

_CONTINUES = (
    "Go on from the attached picture: the same characters, colours, light and drawing, so that both look "
    "like pictures of one shot."
)
_NO_WORDS = "No captions, no letters, no frame around it."


def frame_prompt(order: FrameOrder) -> str:
    """Return the words for a picture."""
    guide = order.style_guide
    lines = [
        order.prompt,
        f"Style: {order.style}; {guide.visual_style}",
        f"Colours: {guide.color_palette}",
        f"Camera: {guide.camera_style}",
        *(f"{character.name}: {character.description}" for character in order.characters),
        f"Format {order.aspect_ratio.value}, full bleed. {_NO_WORDS}",
    ]
    return "\n".join([*lines, _CONTINUES] if order.earlier is not None else lines)


def clip_prompt(order: ClipOrder, *, tells_end: bool) -> str:
    """Return the words for a clip; a model that takes no last picture is told what it shows."""
    guide = order.style_guide
    lines = [
        order.prompt,
        f"Style: {order.style}; {guide.visual_style}",
        f"Camera: {guide.camera_style}",
        _NO_WORDS,
    ]
    return "\n".join([*lines, f"It ends with: {order.scene.end_frame_prompt}"] if tells_end else lines)
