"""A wire between a client and a server that can be cut in the middle of an answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_PIECE = 65_536


@dataclass(slots=True)
class Relay:
    """Hands on what both say."""

    target: int
    port: int = 0
    _after: bytes | None = None
    _is_cut: bool = False
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def break_off_after(self, words: bytes) -> None:
        """Hand the server a message with these words, and its client nothing any more; once."""
        self._after = words

    def cut(self) -> None:
        """Let go whoever is connected, and anybody who comes, until it is mended."""
        self._is_cut = True
        for writer in self._writers:
            writer.transport.abort()

    def mend(self) -> None:
        """Take connections again."""
        self._is_cut = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until one of them closes it."""
        if self._is_cut:
            writer.transport.abort()
            return
        self._writers.add(writer)
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        cut = asyncio.Event()
        answers = asyncio.create_task(_hand_back(there, writer, cut))
        try:
            while piece := await reader.read(_PIECE):
                if self._after is not None and self._after in piece:
                    self._after = None
                    cut.set()
                back.write(piece)
        except ConnectionError:
            pass
        finally:
            self._writers.discard(writer)
            answers.cancel()
            back.transport.abort()
            writer.transport.abort()


async def _hand_back(there: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: asyncio.Event) -> None:
    while piece := await there.read(_PIECE):
        if cut.is_set():  # it was done, and nobody learns that
            break
        writer.write(piece)
    writer.transport.abort()


@asynccontextmanager
async def relay(target: int) -> AsyncIterator[Relay]:
    """Open one to a port of this machine; whoever is connected is let go in the end."""
    wire = Relay(target)
    carried: set[asyncio.Task[None]] = set()

    def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carried.add(asyncio.ensure_future(wire.serve(reader, writer)))

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        for task in carried:
            task.cancel()
        await asyncio.gather(*carried, return_exceptions=True)
        await asyncio.sleep(0)
