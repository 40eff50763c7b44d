"""Artifacts in memory."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from taskforce.core.artifacts import (
    ArtifactDamaged,
    ArtifactNotFound,
    ArtifactRef,
    ArtifactStore,
    Content,
    StoredBytes,
)
from taskforce.infrastructure.artifacts.chunks import CHUNK, chunks_of
from taskforce.infrastructure.artifacts.keys import checked_key


class MemoryArtifactStore(ArtifactStore):
    def __init__(self) -> None:
        self._bytes: dict[str, bytes] = {}

    @property
    def keys(self) -> tuple[str, ...]:
        """Return under which keys something is."""
        return tuple(self._bytes)

    async def put(self, key: str, content: Content, *, media_type: str) -> StoredBytes:
        checked_key(key)
        whole = b"".join([chunk async for chunk in chunks_of(content)])
        self._bytes[key] = whole
        return StoredBytes(size=len(whole), sha256=hashlib.sha256(whole).hexdigest())

    @asynccontextmanager
    async def open(self, ref: ArtifactRef) -> AsyncIterator[AsyncIterator[bytes]]:
        whole = self._bytes.get(checked_key(ref.key))
        if whole is None:
            raise ArtifactNotFound(ref.id)
        yield _checked(whole, ref)

    @asynccontextmanager
    async def arrived(self, key: str) -> AsyncIterator[AsyncIterator[bytes]]:
        whole = self._bytes.get(checked_key(key))
        if whole is None:
            raise ArtifactNotFound(key)
        yield chunks_of(whole)

    async def delete(self, key: str) -> None:
        self._bytes.pop(checked_key(key), None)

    async def clear(self, prefix: str) -> None:
        folder = f"{checked_key(prefix)}/"
        for key in [key for key in self._bytes if key.startswith(folder)]:
            del self._bytes[key]

    async def check(self) -> None:
        return None


async def _checked(whole: bytes, ref: ArtifactRef) -> AsyncIterator[bytes]:
    if (len(whole), hashlib.sha256(whole).hexdigest()) != (ref.size, ref.sha256):
        raise ArtifactDamaged(ref.key)
    for start in range(0, len(whole), CHUNK):
        yield whole[start : start + CHUNK]
