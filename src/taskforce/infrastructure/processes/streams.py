"""The pipes to and from a program."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import ExitStack, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from taskforce.infrastructure.processes.closing import closed_if_it_fails

STDOUT, STDERR = 1, 2
_AT_ONCE = 262_144


@dataclass(slots=True, kw_only=True)
class Streams:
    """Our ends of the pipes, and for a moment the program's."""

    theirs: list[int] = field(default_factory=list)
    """stdout, stderr, and stdin if it is fed."""
    readers: "list[_Reader]" = field(default_factory=list)
    writer: "_Writer | None" = None

    def handed_over(self) -> None:
        """Close the program's ends, of which it has copies."""
        for each in set(self.theirs):
            os.close(each)
        self.theirs.clear()

    async def ended(self) -> None:
        """Wait until nobody is left that could print."""
        for reader in self.readers:
            await reader.closed.wait()

    async def feed(self, source: AsyncGenerator[bytes, None]) -> None:
        """Write what the source gives, as fast as it is read, until there is no more or nobody reads."""
        if self.writer is None:
            raise RuntimeError("a program without stdin cannot be fed")
        await self.writer.feed(source)


class _Reader:
    """Reads a pipe as the event loop finds it readable: a transport would cost as much as a small program."""

    def __init__(self, pipe: int, take: Callable[[bytes], object]) -> None:
        self.closed = asyncio.Event()
        self._pipe = pipe
        self._take = take
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(pipe, self._read)

    def close(self) -> None:
        """Read no more."""
        if not self.closed.is_set():
            self._loop.remove_reader(self._pipe)
            os.close(self._pipe)
            self.closed.set()

    def _read(self) -> None:
        with suppress(BlockingIOError):
            data = os.read(self._pipe, _AT_ONCE)
            if data:
                self._take(data)
            else:
                self.close()


class _Writer(asyncio.BaseProtocol):
    def __init__(self) -> None:
        self._writable = asyncio.Event()
        self._writable.set()
        self.transport: asyncio.WriteTransport

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._writable.set()

    async def feed(self, source: AsyncGenerator[bytes, None]) -> None:
        try:
            async with aclosing(source):
                async for data in source:
                    await self._writable.wait()
                    if self.transport.is_closing():
                        return
                    self.transport.write(data)
        finally:
            self.transport.close()


@asynccontextmanager
async def opened(
    take: Callable[[int, bytes], object], *, merged: bool, is_fed: bool
) -> AsyncIterator[Streams]:
    """Open the pipes of a program; with `merged` all that it prints is its stdout's."""
    streams = Streams()
    with ExitStack() as stack:
        stack.callback(streams.handed_over)
        for stream in (STDOUT,) if merged else (STDOUT, STDERR):
            _reading(stream, take, streams, stack)
        if merged:
            streams.theirs.append(streams.theirs[0])
        if is_fed:
            await _writing(streams, stack)
        yield streams


def _reading(stream: int, take: Callable[[int, bytes], object], streams: Streams, stack: ExitStack) -> None:
    ours, theirs = os.pipe()
    streams.theirs.append(theirs)
    os.set_blocking(ours, False)
    reader = _Reader(ours, partial(take, stream))
    stack.callback(reader.close)
    streams.readers.append(reader)


async def _writing(streams: Streams, stack: ExitStack) -> None:
    theirs, ours = os.pipe()
    streams.theirs.append(theirs)
    writer = _Writer()
    file = os.fdopen(ours, "wb", buffering=0)
    with closed_if_it_fails(file):
        writer.transport, _ = await asyncio.get_running_loop().connect_write_pipe(lambda: writer, file)
    stack.callback(writer.transport.close)
    streams.writer = writer
