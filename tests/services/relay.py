"""A wire between a client and a server that can be cut before a message, or in the middle of its answer."""

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
    messages: int = 0
    """How many messages of clients it has taken: of one that waits for each answer, each is a piece."""
    _after: bytes | None = None
    _at: int | None = None
    _is_heard: bool = False
    _flows: asyncio.Event = field(default_factory=asyncio.Event)
    _is_cut: bool = False
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def break_off_after(self, words: bytes) -> None:
        """Hand the server a message with these words, and its client nothing any more; once."""
        self._after = words

    def break_off_at(self, message: int, *, is_heard: bool) -> None:
        """Let go the client that sends the message of this number, which the server heard or not; once."""
        self._at, self._is_heard = message, is_heard

    @property
    def has_broken_off(self) -> bool:
        """Tell whether no message is awaited any more at which it is to break off."""
        return self._at is None

    def hold(self) -> None:
        """Keep what clients say, until it flows again or they are cut off."""
        self._flows.clear()

    def flow(self) -> None:
        """Hand on again, also what was kept."""
        self._flows.set()

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
                self.messages += 1
                if self._after is not None and self._after in piece:
                    self._after = None
                    cut.set()
                if self.messages == self._at:
                    self._at = None
                    if not self._is_heard:
                        break
                    cut.set()
                await self._flows.wait()
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
    wire.flow()
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
