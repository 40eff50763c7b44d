"""Artifacts in a bucket of S3, or of what speaks like it."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, aclosing, asynccontextmanager, suppress
from datetime import timedelta

import obstore

from taskforce.artifact_address import BucketAddress
from taskforce.core.artifacts import (
    ArtifactDamaged,
    ArtifactNotFound,
    ArtifactRef,
    ArtifactStore,
    Content,
    StoredBytes,
)
from taskforce.core.errors import Unavailable
from taskforce.infrastructure.artifacts.chunks import CHUNK
from taskforce.infrastructure.artifacts.keys import checked_key
from taskforce.infrastructure.artifacts.s3_client import SILENCE, NotInBucket, client_of, reader_of, told
from taskforce.infrastructure.artifacts.sources import Source, source_of

PART = 5 * CHUNK
"""Bytes of a part of a multipart upload: the least that S3 takes. What is shorter goes in one request."""
_MOST_PARTS = 10_000
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html."""
_AT_ONCE = 3
"""Parts that are under way at once; with one more they are what an upload holds in memory."""
SHA256 = "sha256"
LABEL = "taskforce-keep"
"""The tag that says how long an object is kept, which it also bears where a reader sees it."""
_MARK = ".taskforce"
"""What is written to see that the bucket can be."""


class _CutOffError(Exception):
    """Whoever stored this was cancelled."""


class S3ArtifactStore(ArtifactStore):
    """A key is a name in the bucket, below its prefix. An object is seen once it is complete.

    Each bears its media type and its SHA-256 (x-amz-meta-sha256), which therefore is known before it is
    sent: a stream goes through a temporary file, and one that breaks sends nothing. An upload that breaks
    is aborted; a rule of the bucket removes what a crash leaves of one.
    """

    def __init__(
        self,
        address: BucketAddress,
        *,
        labels: Mapping[str, str] | None = None,
        silence: timedelta = SILENCE,
    ) -> None:
        self._address = address
        self._labels = labels or {}
        """By what keys begin with: the label that objects bear as a tag, for the rules of the bucket."""
        self._client = client_of(address)
        self._reader = reader_of(address, silence=silence)

    async def put(self, key: str, content: Content, *, media_type: str) -> StoredBytes:
        checked_key(key)
        label = next((label for prefix, label in self._labels.items() if key.startswith(prefix)), None)
        async with source_of(content) as source:
            await self._send(self._address.placed(key), source, media_type, label)
            return source.stored

    async def relabel(self, prefix: str, choose: Callable[[str | None], str]) -> None:
        """Store all below these parts of a key again, under the label that is chosen by the one it bears."""
        with self._told():
            async for page in obstore.list(self._client, prefix=self._address.placed(checked_key(prefix))):
                for found in page:
                    await self._relabel(found["path"], choose)

    async def _relabel(self, place: str, choose: Callable[[str | None], str]) -> None:
        with suppress(NotInBucket), self._told():
            found = await obstore.get_async(self._reader, place)
            told = found.attributes
            async with source_of(found.stream(min_chunk_size=CHUNK)) as source:
                if source.stored.sha256 == told.get(SHA256):  # what is damaged is not made to look right
                    await self._send(place, source, told["Content-Type"], choose(told.get(LABEL)))

    async def _send(self, place: str, source: Source, media_type: str, label: str | None) -> None:
        """Send an object; who is cancelled meanwhile first sees an upload of parts aborted."""
        attributes = _attributes(source.stored, media_type, label)
        tags = None if label is None else {LABEL: label}
        if source.stored.size <= PART:
            whole = await source.whole()
            with self._told():
                await obstore.put_async(
                    self._client, place, whole, attributes=attributes, tags=tags, use_multipart=False
                )
            return
        size = max(PART, -(-source.stored.size // _MOST_PARTS))
        cut = asyncio.Event()
        sending = asyncio.ensure_future(
            obstore.put_async(
                self._client,
                place,
                _until(cut, source.parts(size)),
                attributes=attributes,
                tags=tags,
                use_multipart=True,
                chunk_size=size,
                max_concurrency=_AT_ONCE,
            )
        )
        try:
            with self._told():
                await asyncio.shield(sending)
        finally:
            cut.set()
            with suppress(Exception):
                await sending

    @asynccontextmanager
    async def arrived(self, key: str) -> AsyncIterator[AsyncIterator[bytes]]:
        try:
            with self._told():
                found = await obstore.get_async(self._reader, self._address.placed(checked_key(key)))
        except NotInBucket as missing:
            raise ArtifactNotFound(key) from missing
        with self._told():
            yield found.stream(min_chunk_size=CHUNK)

    @asynccontextmanager
    async def open(self, ref: ArtifactRef) -> AsyncIterator[AsyncIterator[bytes]]:
        checked_key(ref.key)
        try:
            with self._told():
                found = await obstore.get_async(self._reader, self._address.placed(ref.key))
        except NotInBucket as missing:
            raise ArtifactNotFound(ref.id) from missing
        if found.meta["size"] != ref.size:
            raise ArtifactDamaged(ref.key)
        async with aclosing(self._checked(found.stream(min_chunk_size=CHUNK), ref)) as chunks:
            yield chunks

    async def _checked(self, chunks: AsyncIterator[bytes], ref: ArtifactRef) -> AsyncGenerator[bytes, None]:
        """Yield the chunks; the last one only when all of them proved right."""
        digest, held = hashlib.sha256(), b""
        with self._told():
            async for chunk in chunks:
                digest.update(chunk)
                if held:
                    yield held
                held = chunk
        if digest.hexdigest() != ref.sha256:
            raise ArtifactDamaged(ref.key)
        if held:
            yield held

    async def delete(self, key: str) -> None:
        checked_key(key)
        with suppress(NotInBucket), self._told():
            await obstore.delete_async(self._client, self._address.placed(key))

    async def clear(self, prefix: str) -> None:
        folder = self._address.placed(checked_key(prefix))
        with self._told():
            async for page in obstore.list(self._client, prefix=folder, chunk_size=1_000):
                with suppress(NotInBucket), self._told():
                    await obstore.delete_async(self._client, [found["path"] for found in page])

    async def check(self) -> None:
        """See that the mark is there, which proves that it could be written, or write it."""
        mark = self._address.placed(_MARK)
        try:
            with self._told():
                await obstore.head_async(self._reader, mark)
        except NotInBucket:
            await self._mark(mark)

    async def _mark(self, mark: str) -> None:
        try:
            with self._told():
                await obstore.put_async(self._client, mark, b"", use_multipart=False)
        except NotInBucket as strange:
            raise Unavailable(f"The bucket {self._address.bucket} takes nothing.") from strange

    def _told(self) -> AbstractContextManager[None]:
        return told(self._address.bucket)


async def _until(cut: asyncio.Event, parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the parts, or break the upload off, which lets the client abort it."""
    async for part in parts:
        if cut.is_set():
            break
        yield part
    if cut.is_set():
        raise _CutOffError


def _attributes(stored: StoredBytes, media_type: str, label: str | None) -> dict[str, str]:
    """Return what an object bears. Whoever opens it in a browser is given a file, and no page."""
    told = {"Content-Type": media_type, "Content-Disposition": "attachment", SHA256: stored.sha256}
    return told if label is None else told | {LABEL: label}
