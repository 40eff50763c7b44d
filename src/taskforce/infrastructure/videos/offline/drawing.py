"""Drawing a picture that was ordered."""

from taskforce.core.videos.model import Position
from taskforce.core.videos.ports import FrameOrder
from taskforce.infrastructure.videos.offline.canvas import Canvas
from taskforce.infrastructure.videos.offline.look import Look
from taskforce.infrastructure.videos.offline.still import Recipe, Still

CAMERA = {Position.START: 0.0, Position.END: 0.62}
"""How far the camera has come in the first and the last picture of a scene; the rest it goes in the next."""


def drawn(order: FrameOrder) -> bytes:
    """Return the picture as PNG: what the prompt says, with what the scene tells as its caption."""
    look = Look.of(
        order.prompt, style=order.style, seed=order.seed,
        caption=order.scene.description,
    )  # fmt: skip
    canvas = Canvas(order.size.width, order.size.height)
    return Still(canvas, recipe=Recipe.of(look, camera=CAMERA[order.position])).png()
