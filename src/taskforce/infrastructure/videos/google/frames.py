"""Pictures of Google's models."""

import asyncio
from importlib import import_module

from taskforce.core.videos.ports import FrameOrder, FrameRenderer
from taskforce.infrastructure.videos.reach import Reach


class GoogleFrames(FrameRenderer):
    """Asks a Gemini model that draws; its package is imported when it is asked, off the event loop."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    async def render(self, order: FrameOrder) -> bytes:
        await asyncio.to_thread(import_module, "taskforce.infrastructure.videos.google.drawing")
        from taskforce.infrastructure.videos.google.drawing import draw

        return await self._reach.fitted(await draw(self._reach, order), order.size)
