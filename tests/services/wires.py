"""A wire to a server that is cut for a while: nothing goes through it, or whoever tries is turned away."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

_PIECE = 65_536


class Cut(Enum):
    """What a cut is like for those at its end."""

    SILENT = "silent"
    """As a network that loses all: connections stay, and nothing comes."""
    REFUSED = "refused"
    """As a host whose server is not there: connections break, and no new one is made."""


class Wire:
    """Carries connections to a port of this machine, from any thread's point of view."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._flows = asyncio.Event()
        self._is_refused = False
        self._ends: set[asyncio.StreamWriter] = set()
        self._is_there = threading.Event()
        self._over = asyncio.Event()

    def cut(self, how: Cut) -> None:
        """Let nothing through until it is mended."""
        self._loop.call_soon_threadsafe(self._cut, how)

    def mend(self) -> None:
        """Let all through again, also what waited."""
        self._loop.call_soon_threadsafe(self._mend)

    def cut_for(self, seconds: float, how: Cut) -> None:
        """Cut it, wait, and mend it."""
        self.cut(how)
        time.sleep(seconds)
        self.mend()

    def run(self) -> None:
        """Carry until it is closed."""
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    def wait(self) -> None:
        """Wait until it is there."""
        assert self._is_there.wait(10)

    def close(self) -> None:
        """End it with all that it carries."""
        self._loop.call_soon_threadsafe(self._over.set)

    async def _serve(self) -> None:
        self._flows.set()
        carried: set[asyncio.Task[None]] = set()

        def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(self._carry(reader, writer))
            carried.add(task)
            task.add_done_callback(carried.discard)

        server = await asyncio.start_server(take, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._is_there.set()
        await self._over.wait()
        server.close()
        for task in tuple(carried):
            task.cancel()
        await asyncio.gather(*carried, return_exceptions=True)
        await asyncio.sleep(0)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        self._ends.add(writer)
        try:
            if self._is_refused:
                return
            await self._flows.wait()
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            ends.append(back)
            self._ends.add(back)
            ways = [asyncio.ensure_future(self._hand_on(*way)) for way in ((reader, back), (there, writer))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except OSError:
            pass
        finally:
            for end in ends:
                self._ends.discard(end)
                end.transport.abort()

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(_PIECE):
            await self._flows.wait()
            writer.write(piece)
            await writer.drain()

    def _cut(self, how: Cut) -> None:
        if how is Cut.SILENT:
            self._flows.clear()
            return
        self._is_refused = True
        for end in tuple(self._ends):
            end.transport.abort()

    def _mend(self) -> None:
        self._is_refused = False
        self._flows.set()


@contextmanager
def wire_to(target: int) -> Iterator[Wire]:
    """Lay one to a port; whoever is connected is let go in the end."""
    wire = Wire(target)
    thread = threading.Thread(target=wire.run, name=f"wire to {target}")
    thread.start()
    try:
        wire.wait()
        yield wire
    finally:
        wire.close()
        thread.join()
