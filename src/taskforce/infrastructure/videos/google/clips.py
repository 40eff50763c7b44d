"""Clips of Google's models."""

import asyncio
from importlib import import_module

from taskforce.core.videos.ports import POLL_PAUSE, ClipOrder, ClipOutcome, ClipRenderer
from taskforce.infrastructure.videos.reach import Reach


class GoogleClips(ClipRenderer):
    """Asks a Veo model; its package is imported when it is asked, off the event loop.

    The API takes no key of an order, so an order that is sent twice is made and paid for twice.
    """

    pause = POLL_PAUSE
    orders_are_free = False

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    async def submit(self, order: ClipOrder, *, key: str) -> str:
        await _load()
        from taskforce.infrastructure.videos.google.filming import submit

        return await submit(self._reach, order)

    async def poll(self, operation: str, order: ClipOrder) -> ClipOutcome:
        await _load()
        from taskforce.infrastructure.videos.google.filming import look

        return await look(self._reach, operation)


async def _load() -> None:
    await asyncio.to_thread(import_module, "taskforce.infrastructure.videos.google.filming")
