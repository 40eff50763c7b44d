"""Pictures and clips by program: nothing is asked of anybody, and nothing costs."""

import hashlib
from datetime import timedelta
from typing import ClassVar

from taskforce.core.videos.ports import (
    ClipMade,
    ClipOrder,
    ClipOutcome,
    ClipRenderer,
    FrameOrder,
    FrameRenderer,
)
from taskforce.infrastructure.videos import media
from taskforce.infrastructure.videos.workshop import Workshop


class DrawnFrames(FrameRenderer):
    """Draws in a process of the workshop."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    async def render(self, order: FrameOrder) -> bytes:
        return await self._workshop.done(media.draw, order)


class DrawnClips(ClipRenderer):
    """Films when it is looked at: an order is nothing but a name, so any process can film it, again too."""

    pause: ClassVar[timedelta] = timedelta()
    orders_are_free: ClassVar[bool] = True

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    async def submit(self, order: ClipOrder, *, key: str) -> str:
        return f"offline-{hashlib.sha256(key.encode()).hexdigest()[:32]}"

    async def poll(self, operation: str, order: ClipOrder) -> ClipOutcome:
        return ClipMade(content=await self._workshop.done(media.film, order))
