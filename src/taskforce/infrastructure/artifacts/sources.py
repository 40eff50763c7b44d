"""Content whose size and SHA-256 are known before it is sent anywhere, and which can be read again."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO

from taskforce.core.artifacts import Content, StoredBytes
from taskforce.core.errors import Unavailable
from taskforce.infrastructure.artifacts.chunks import CHUNK, for_reading
from taskforce.infrastructure.artifacts.opened import opened

HELD = 4 * CHUNK
"""Bytes of a stream that are held in memory; what is longer goes to a temporary file."""


class Source:
    """A file with what it holds."""

    def __init__(self, file: IO[bytes], stored: StoredBytes) -> None:
        self.stored = stored
        self._file = file

    async def whole(self) -> bytes:
        """Return all of it."""
        return b"".join([part async for part in self.parts(max(1, self.stored.size))])

    async def parts(self, size: int) -> AsyncIterator[bytes]:
        """Yield it in parts of this many bytes. Raises Unavailable when it is no longer what it was."""
        digest, length = hashlib.sha256(), 0
        await asyncio.to_thread(self._file.seek, 0)
        while part := await asyncio.to_thread(self._file.read, size):
            digest.update(part)
            length += len(part)
            yield part
        if (length, digest.hexdigest()) != (self.stored.size, self.stored.sha256):
            raise Unavailable("The file was changed while it was stored.")


@asynccontextmanager
async def source_of(content: Content) -> AsyncIterator[Source]:
    """Lend content as a source. A stream is read to its end before anything is sent of it."""
    if isinstance(content, bytes):
        yield Source(BytesIO(content), await asyncio.to_thread(_stored, BytesIO(content)))
    elif isinstance(content, Path):
        async with opened(partial(for_reading, content)) as file:
            yield Source(file, await asyncio.to_thread(_stored, file))
    else:
        async with opened(_spool) as file:
            yield Source(file, await _spooled(content, file))


async def _spooled(stream: AsyncIterator[bytes], file: IO[bytes]) -> StoredBytes:
    digest, size = hashlib.sha256(), 0
    async for chunk in stream:
        digest.update(chunk)
        size += len(chunk)
        with _unavailable_if_full():
            await asyncio.to_thread(file.write, chunk)
    return StoredBytes(size=size, sha256=digest.hexdigest())


def _stored(file: IO[bytes]) -> StoredBytes:
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return StoredBytes(size=size, sha256=digest.hexdigest())


def _spool() -> IO[bytes]:
    with _unavailable_if_full():
        return tempfile.SpooledTemporaryFile(max_size=HELD)


@contextmanager
def _unavailable_if_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(f"The temporary folder cannot be written: {error.strerror}.") from error
