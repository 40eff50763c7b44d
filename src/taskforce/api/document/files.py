"""Files in the document: whole, in part, or known."""

from typing import Any

from taskforce.api.document.headers import IF_NONE_MATCH, IF_RANGE, KNOWN, RANGE, with_headers

_BYTES = {"schema": {"type": "string", "format": "binary"}}
_TOLD = ("ETag", "Repr-Digest", "Content-Disposition", "Accept-Ranges")
ANY = ("*/*", "application/octet-stream")
"""What an artifact may be."""
PARTLY = (IF_NONE_MATCH, RANGE, IF_RANGE)
"""The headers that a download reads."""


def file_answers(*media_types: str) -> dict[int, dict[str, Any]]:
    """Return how a route tells of a file of these media types."""
    content = dict.fromkeys(media_types, _BYTES)
    whole = {"description": "The bytes, as an attachment.", "content": content, **with_headers(*_TOLD)}
    part = {
        "description": "The bytes that Range names.",
        "content": content,
        **with_headers(*_TOLD, "Content-Range"),
    }
    return {200: whole, 206: part, **KNOWN}
