"""Models of providers, whose packages are large: imported when one is first asked, off the event loop."""

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module
from types import ModuleType
from typing import TypeAlias

from taskforce.core.videos.ports import (
    POLL_PAUSE,
    ClipOrder,
    ClipOutcome,
    ClipRenderer,
    FrameOrder,
    FrameRenderer,
)
from taskforce.infrastructure.videos.reach import Reach

Draw: TypeAlias = Callable[[Reach, FrameOrder], Awaitable[bytes]]
Submit: TypeAlias = Callable[[Reach, ClipOrder], Awaitable[str]]
Look: TypeAlias = Callable[[Reach, str], Awaitable[ClipOutcome]]


class FramesOnDemand(FrameRenderer):
    """Has pictures drawn by the `draw` of a provider's module `drawing`."""

    def __init__(self, reach: Reach, package: str) -> None:
        self._reach = reach
        self._module = f"{package}.drawing"

    async def render(self, order: FrameOrder) -> bytes:
        draw: Draw = (await _loaded(self._module)).draw
        return await self._reach.fitted(await draw(self._reach, order), order.size)


class ClipsOnDemand(ClipRenderer):
    """Has clips made by `submit` and `look` of a provider's module `filming`.

    No provider takes a key of an order, so an order that is sent twice is made and paid for twice.
    """

    pause = POLL_PAUSE
    orders_are_free = False

    def __init__(self, reach: Reach, package: str) -> None:
        self._reach = reach
        self._module = f"{package}.filming"

    async def submit(self, order: ClipOrder, *, key: str) -> str:
        submit: Submit = (await _loaded(self._module)).submit
        return await submit(self._reach, order)

    async def poll(self, operation: str, order: ClipOrder) -> ClipOutcome:
        look: Look = (await _loaded(self._module)).look
        return await look(self._reach, operation)


async def _loaded(module: str) -> ModuleType:
    return await asyncio.to_thread(import_module, module)
