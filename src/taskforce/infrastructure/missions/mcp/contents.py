"""What a server answers, as a mission is told it: texts, else the structured result, and files by name."""

import base64
import binascii
import mimetypes
import re
from collections.abc import Iterator, Sequence

from mcp.types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
)
from pydantic_core import to_json

from taskforce.core.tools import ToolFile, ToolResult
from taskforce.infrastructure.missions.mcp.secrets import Secrets

_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")
_UNKNOWN = "application/octet-stream"


def result_of(answer: CallToolResult, *, secrets: Secrets, files_begin: str) -> ToolResult:
    """Return a call's result; its files are called `files_begin` and a number."""
    files: list[ToolFile] = []
    parts = [part for block in answer.content for part in _told(block, files, files_begin)]
    if not any(isinstance(block, TextContent) for block in answer.content):
        parts += _structured(answer, secrets)
    return ToolResult(
        content=secrets.hidden("\n".join(parts)),
        failed=bool(answer.is_error),
        files=tuple(files),
    )


def _structured(answer: CallToolResult, secrets: Secrets) -> Sequence[str]:
    if answer.structured_content is None:
        return ()
    return (to_json(secrets.hidden_in(answer.structured_content)).decode(),)


def _told(block: ContentBlock, files: list[ToolFile], files_begin: str) -> Iterator[str]:
    match block:
        case TextContent(text=text):
            yield text
        case ImageContent(data=data, mime_type=kind) | AudioContent(data=data, mime_type=kind):
            yield _kept(data, kind, files, files_begin)
        case ResourceLink(uri=uri, name=name):
            yield f"[a link to the resource {name}: {uri}]"
        case EmbeddedResource(resource=BlobResourceContents(blob=data, mime_type=kind, uri=uri)):
            yield f"[{uri}] {_kept(data, kind or _UNKNOWN, files, files_begin)}"
        case EmbeddedResource(resource=resource):
            yield f"[{resource.uri}]\n{getattr(resource, 'text', '')}"


def _kept(data: str, kind: str, files: list[ToolFile], files_begin: str) -> str:
    """Put a file aside, and return what is said in its place."""
    media_type = kind if _MEDIA_TYPE.fullmatch(kind) else _UNKNOWN
    try:
        content = base64.b64decode(data, validate=True)
    except binascii.Error:
        return f"[{media_type}: left out, for it is not in base64]"
    ending = mimetypes.guess_extension(media_type) or ".bin"
    file = ToolFile(name=f"{files_begin}{len(files) + 1}{ending}", media_type=media_type, content=content)
    files.append(file)
    return f"[{media_type}, {len(content):,} bytes, kept as the artifact {file.name}]"
