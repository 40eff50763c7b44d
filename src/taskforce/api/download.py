"""Downloads: an artifact's bytes, never shown in place of a page."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from taskforce.api.answers import names
from taskforce.application.jobs.schemas import ArtifactView

OCTETS = "application/octet-stream"
Content = AbstractAsyncContextManager[AsyncIterator[bytes]]
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+( *; *[\w-]+=[\w.-]+)*", re.ASCII)


class Download(Response):
    """Streams an artifact as an attachment; 304 when the client has it.

    The first chunk is read before the headers go out: a missing file is a problem, not a broken answer.
    """

    media_type = OCTETS

    def __init__(self, artifact: ArtifactView, content: Content, *, known: Sequence[str]) -> None:
        tag = f'"{artifact.sha256}"'
        self.status_code = 304 if names(known, tag) else 200
        self.background = None
        self._content = content
        headers = {"ETag": tag, "Cache-Control": "private, immutable"}
        self.init_headers(headers if self.status_code == 304 else headers | _facts(artifact))  # noqa: PLR2004 - HTTP's

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the bytes."""
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        end = {"type": "http.response.body", "body": b"", "more_body": False}
        if self.status_code != 200 or scope.get("taskforce.head"):  # noqa: PLR2004 - HTTP's
            await send(start)
            await send(end)
            return
        async with self._content as chunks:
            first = await anext(chunks, b"")
            await send(start)
            await send({"type": "http.response.body", "body": first, "more_body": True})
            async for chunk in chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send(end)


class Attachment(Response):
    """Sends a small file that is not trusted: as bytes of no type, as an attachment; 304 when it is known."""

    media_type = OCTETS

    def __init__(self, path: str, content: bytes, *, known: Sequence[str]) -> None:
        digest = hashlib.sha256(content)
        tag = f'"{digest.hexdigest()}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if names(known, tag):
            super().__init__(status_code=304, headers=headers)
            return
        super().__init__(content, 200, headers | _as_attachment(path, digest.digest()), OCTETS)


def _facts(artifact: ArtifactView) -> dict[str, str]:
    known = _MEDIA_TYPE.fullmatch(artifact.media_type)
    return {
        "Content-Type": artifact.media_type if known else OCTETS,
        "Content-Length": str(artifact.size),
        **_as_attachment(artifact.key, bytes.fromhex(artifact.sha256)),
    }


def _as_attachment(path: str, sha256: bytes) -> dict[str, str]:
    name = re.sub(r"[^A-Za-z0-9._-]", "_", path.rpartition("/")[2]) or "artifact"
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Repr-Digest": f"sha-256=:{base64.b64encode(sha256).decode('ascii')}:",
    }
