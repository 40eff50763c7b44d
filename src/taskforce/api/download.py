"""Downloads: a file's bytes, all or a part of them, never shown in place of a page."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Self

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from taskforce.api.answers import names
from taskforce.api.ranges import Span, span_of
from taskforce.application.jobs.schemas import ArtifactView

OCTETS = "application/octet-stream"
Content = AbstractAsyncContextManager[AsyncIterator[bytes]]
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+( *; *[\w-]+=[\w.-]+)*", re.ASCII)
_WHOLE, _PART, _KNOWN, _OUTSIDE = 200, 206, 304, 416


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """What is told of a file before its bytes."""

    name: str
    media_type: str
    size: int
    sha256: str
    is_fixed: bool
    """Whether there will never be another file at its address."""

    @classmethod
    def of(cls, artifact: ArtifactView) -> Self:
        """Return what is told of an artifact."""
        name = artifact.key.rpartition("/")[2]
        told = {"media_type": artifact.media_type, "sha256": artifact.sha256}
        return cls(name=name, size=artifact.size, is_fixed=True, **told)

    @property
    def tag(self) -> str:
        """Return its ETag: the SHA-256 of its bytes."""
        return f'"{self.sha256}"'


class Download(Response):
    """Streams a file as an attachment; 304 when the client has it, 206 when it asks for a part.

    The first chunk is read before the headers go out: a missing file is a problem, not a broken answer. A
    part is read from the file's beginning, so that it is checked as far as it is read.
    """

    media_type = OCTETS

    def __init__(self, file: Attachment, content: Content, request: Request) -> None:
        is_known = names(request.headers.getlist("if-none-match"), file.tag)
        is_head = bool(request.scope.get("taskforce.head"))
        span = None if is_known or is_head else span_of(request.headers, size=file.size, tag=file.tag)
        if span is not None and not span.size:
            raise HTTPException(_OUTSIDE, headers={"Content-Range": f"bytes */{file.size}"})
        self.status_code = _KNOWN if is_known else _WHOLE if span is None else _PART
        self.background = None
        self._content = content
        self._is_bare = is_known or is_head
        self._span = span or Span(start=0, stop=file.size)
        cache = "private, immutable" if file.is_fixed else "private, no-cache"
        headers = {"ETag": file.tag, "Cache-Control": cache}
        self.init_headers(headers if is_known else headers | _facts(file, span))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the bytes."""
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        end = {"type": "http.response.body", "body": b"", "more_body": False}
        if self._is_bare:
            await send(start)
            await send(end)
            return
        async with self._content as chunks:
            part = _part(chunks, self._span)
            first = await anext(part, b"")
            await send(start)
            await send({"type": "http.response.body", "body": first, "more_body": True})
            async for chunk in part:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send(end)


def inert(path: str, content: bytes, request: Request) -> Download:
    """Return a small file that a stranger wrote: as bytes of no type."""
    name, sha256 = path.rpartition("/")[2], hashlib.sha256(content).hexdigest()
    file = Attachment(name=name, media_type=OCTETS, size=len(content), sha256=sha256, is_fixed=False)
    return Download(file, _held(content), request)


@asynccontextmanager
async def _held(content: bytes) -> AsyncIterator[AsyncIterator[bytes]]:
    async def chunks() -> AsyncIterator[bytes]:
        yield content

    yield chunks()


async def _part(chunks: AsyncIterator[bytes], span: Span) -> AsyncIterator[bytes]:
    """Yield the bytes of a span; those of a whole file to its end, which proves it right."""
    place = 0
    async for chunk in chunks:
        wanted = chunk[max(0, span.start - place) : max(0, span.stop - place)]
        place += len(chunk)
        if wanted:
            yield wanted
        if place > span.stop:
            return


def _facts(file: Attachment, span: Span | None) -> dict[str, str]:
    name = re.sub(r"[^A-Za-z0-9._-]", "_", file.name) or "artifact"
    known = _MEDIA_TYPE.fullmatch(file.media_type)
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode("ascii")
    told = {
        "Accept-Ranges": "bytes",
        "Content-Type": file.media_type if known else OCTETS,
        "Content-Length": str(file.size if span is None else span.size),
        "Content-Disposition": f'attachment; filename="{name}"',
        "Repr-Digest": f"sha-256=:{digest}:",
    }
    if span is None:
        return told
    return told | {"Content-Range": f"bytes {span.start}-{span.stop - 1}/{file.size}"}
