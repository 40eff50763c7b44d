"""Content in chunks, whatever it was given as."""

import asyncio
from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path
from typing import IO

from taskforce.core.artifacts import Content
from taskforce.infrastructure.artifacts.opened import opened

CHUNK = 1 << 20


async def chunks_of(content: Content) -> AsyncGenerator[bytes, None]:
    """Yield the content in order; files are read in threads."""
    if isinstance(content, bytes):
        yield content
    elif isinstance(content, Path):
        async with opened(partial(for_reading, content)) as file:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk
    else:
        async for chunk in content:
            yield chunk


def for_reading(path: Path) -> IO[bytes]:
    """Open a file to read its bytes."""
    return path.open("rb")
