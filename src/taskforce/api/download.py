"""Downloads: an artifact's bytes, never shown in place of a page."""

import base64
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from taskforce.api.answers import names
from taskforce.application.jobs.schemas import ArtifactView

Content = AbstractAsyncContextManager[AsyncIterator[bytes]]
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+( *; *[\w-]+=[\w.-]+)*", re.ASCII)


class Download(Response):
    """Streams an artifact as an attachment; 304 when the client has it.

    The first chunk is read before the headers go out: a missing file is a problem, not a broken answer.
    """

    media_type = "application/octet-stream"

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


def _facts(artifact: ArtifactView) -> dict[str, str]:
    name = re.sub(r"[^A-Za-z0-9._-]", "_", artifact.key.rpartition("/")[2]) or "artifact"
    known = _MEDIA_TYPE.fullmatch(artifact.media_type)
    digest = base64.b64encode(bytes.fromhex(artifact.sha256)).decode("ascii")
    return {
        "Content-Type": artifact.media_type if known else "application/octet-stream",
        "Content-Length": str(artifact.size),
        "Content-Disposition": f'attachment; filename="{name}"',
        "Repr-Digest": f"sha-256=:{digest}:",
    }
