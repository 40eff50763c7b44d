"""How threads wake the one that speaks with a server."""

import asyncio
from contextlib import suppress


class Bell:
    """Rung from any thread, heard on one loop. However often it is rung before it is heard, it wakes once."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._rung = asyncio.Event()
        self._is_ringing = False

    def ring(self) -> None:
        """Say that there is something to do; from any thread, and after it was made known what."""
        if not self._is_ringing:
            self._is_ringing = True
            with suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._rung.set)

    def hear(self) -> None:
        """Take note of it, before it is looked what there is to do: who comes later rings again."""
        self._rung.clear()
        self._is_ringing = False

    async def rest(self, seconds: float) -> None:
        """Wait until it is rung, and no longer than this."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
