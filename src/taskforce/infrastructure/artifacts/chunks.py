"""Content in chunks, whatever it was given as."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from taskforce.core.artifacts import Content

CHUNK = 1 << 20


async def chunks_of(content: Content) -> AsyncIterator[bytes]:
    """Yield the content in order; files are read in threads."""
    if isinstance(content, bytes):
        yield content
    elif isinstance(content, Path):
        file = await asyncio.to_thread(content.open, "rb")
        try:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk
        finally:
            file.close()
    else:
        async for chunk in content:
            yield chunk
