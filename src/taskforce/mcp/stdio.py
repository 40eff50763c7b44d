"""The server on stdin and stdout, for a client that starts it as its own process."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from typing import Any, cast

from mcp.server.stdio import stdio_server

from taskforce.mcp.server import mcp_server
from taskforce.mcp.services import Services

STDIN = 0
CHUNK = 65_536


async def serve(services: Services) -> None:
    """Serve until the client closes stdin. Stdout carries the protocol alone; prints go to stderr."""
    server = mcp_server(services)
    lines = cast("Any", _Lines(_taken(STDIN)))  # an anyio file to the SDK, which iterates it and no more
    async with stdio_server(stdin=lines) as (received, sent):
        await server.run(received, sent, server.create_initialization_options())


def _taken(descriptor: int) -> int:
    """Return a duplicate that is ours alone; programs that are started here read nothing instead."""
    own = os.dup(descriptor)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, descriptor)
    os.close(nothing)
    return own


class _Lines:
    """Lines of a descriptor, read in a thread that nobody has to wait for: a signal ends the server at once.

    The SDK's own reader cannot be cancelled while it waits for its client.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()

    async def __aiter__(self) -> AsyncIterator[str]:
        threading.Thread(target=self._read, name="mcp-stdin", daemon=True).start()
        while (line := await self._lines.get()) is not None:
            yield line

    def _read(self) -> None:
        rest = b""
        while chunk := os.read(self._descriptor, CHUNK):
            *lines, rest = (rest + chunk).split(b"\n")
            self._hand_over(lines)
        self._hand_over([rest] if rest else [])
        self._put(None)

    def _hand_over(self, lines: list[bytes]) -> None:
        for line in lines:
            self._put(line.decode("utf-8", errors="replace"))

    def _put(self, line: str | None) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
