"""Headers of requests and answers, as the document tells them: each once, by its name."""

from typing import Any

from taskforce.core.shapes import MOST

Told = dict[str, Any]
VISIBLE = "^[\\t -~]*$"
"""What a header may hold; how much is limited for all of them together."""

ANSWERS: Told = {
    "X-Request-ID": {
        "description": "The request's id, as it was given or made; logs and events bear it.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._~-]{8,128}$"},
    },
    "Location": {
        "description": "Where the new thing is.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference", "maxLength": 200},
    },
    "Link": {
        "description": "What belongs to this (RFC 8288).",
        "schema": {"type": "string", "maxLength": 65_536},
    },
    "ETag": {
        "description": "The version of what is shown; If-None-Match takes it.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9a-f]{1,64}"$'},
    },
    "Retry-After": {
        "description": "Seconds after which it is worth asking again; missing when nothing will change.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 86_400},
    },
    "X-Total-Count": {
        "description": "How long the whole list is.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0, "maximum": MOST},
    },
    "Preference-Applied": {
        "description": "Which preference of Prefer decided (RFC 7240).",
        "schema": {"type": "string", "pattern": "^(respond-async|wait=[0-9]{1,2})$"},
    },
    "Idempotent-Replayed": {
        "description": "The same request, under the same key, was answered like this before.",
        "schema": {"type": "string", "const": "true"},
    },
    "Repr-Digest": {
        "description": "The SHA-256 of the bytes (RFC 9530).",
        "required": True,
        "schema": {"type": "string", "pattern": "^sha-256=:[A-Za-z0-9+/]{43}=:$"},
    },
    "Content-Disposition": {
        "description": "That it is an attachment, and its name.",
        "required": True,
        "schema": {"type": "string", "pattern": '^attachment; filename="[A-Za-z0-9._-]+"$'},
    },
    "Accept-Ranges": {
        "description": "That Range takes a part of it.",
        "required": True,
        "schema": {"type": "string", "const": "bytes"},
    },
    "Content-Range": {
        "description": "Which bytes these are, and of how many; outside of them, how many there are.",
        "required": True,
        "schema": {"type": "string", "pattern": "^bytes ([0-9]{1,16}-[0-9]{1,16}|\\*)/[0-9]{1,16}$"},
    },
    "WWW-Authenticate": {
        "description": "Which credentials would do.",
        "required": True,
        "schema": {"type": "string", "maxLength": 500},
    },
}
"""Those of answers. A required one is on every answer that names it."""

PREFER = {
    "name": "Prefer",
    "in": "header",
    "description": "`respond-async`, or `wait=N`: how many seconds to wait, at most 60 (RFC 7240).",
    "schema": {"type": "string", "pattern": VISIBLE},
    "example": "wait=10",
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "Versions that the client has; 304 when it is one of them.",
    "schema": {"type": "string", "pattern": VISIBLE},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "Versions that it may still have; 412 when it has another one.",
    "schema": {"type": "string", "pattern": VISIBLE},
}

RANGE = {
    "name": "Range",
    "in": "header",
    "description": "Which bytes, as in `bytes=0-1023`; what is no single range of bytes is passed over.",
    "schema": {"type": "string", "pattern": VISIBLE},
    "example": "bytes=0-1023",
}
IF_RANGE = {
    "name": "If-Range",
    "in": "header",
    "description": "The version that Range is meant for; of another one everything is sent.",
    "schema": {"type": "string", "pattern": VISIBLE},
}


def with_headers(*names: str) -> Told:
    """Return what an answer tells of these headers."""
    return {"headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names}}


KNOWN: dict[int, Told] = {
    304: {"description": "It is the one that If-None-Match names.", **with_headers("ETag")}
}


def taking(*parameters: Told) -> Told:
    """Return what a route tells of headers that it reads and that are no arguments of its function."""
    return {"openapi_extra": {"parameters": [*parameters]}}
