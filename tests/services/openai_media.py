"""The words of OpenAI's API for pictures (images/generations, images/edits) and clips (videos).

Paths, fields and errors are those of the REST API, as the package openai 3.54 writes and reads them. OpenAI
itself has shut its videos down on 2026-09-24; others still speak this format.
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from email import message_from_bytes
from email.message import Message

from tests.services.media_peer import JSON, KEY, WAIT_SECONDS, Answer, Asked, Call, Fault, MediaPeer, Wire

BLOCKED = "Your request was blocked by our moderation system."
_PATHS = (
    ("POST", re.compile(r"/v1/images/(generations|edits)"), Call.PICTURE),
    ("POST", re.compile(r"/v1/videos"), Call.SUBMIT),
    ("GET", re.compile(r"/v1/videos/[^/]+"), Call.POLL),
    ("GET", re.compile(r"/v1/videos/[^/]+/content"), Call.LINK),
)


class OpenAIMedia(Wire):
    def call(self, method: str, path: str) -> Call | None:
        found = (call for verb, form, call in _PATHS if verb == method and form.fullmatch(path))
        return next(found, None)

    def is_known(self, headers: Mapping[str, str]) -> bool:
        return headers.get("authorization") == f"Bearer {KEY}"

    def answer(self, asked: Asked, peer: MediaPeer) -> object:
        match asked.call:
            case Call.PICTURE:
                return _pictures([{"b64_json": b64encode(peer.picture).decode()}])
            case Call.SUBMIT:
                return _video(f"video_{peer.calls['submit']}", "queued")
            case Call.POLL:
                status = "completed" if peer.polls[asked.target] > peer.pending else "in_progress"
                return _video(asked.target.removeprefix("/v1/videos/"), status)
            case _:
                return peer.linked()

    def fault(self, asked: Asked, fault: Fault, peer: MediaPeer) -> Answer | None:
        if asked.call is Call.STORAGE:
            return None
        if fault is Fault.REFUSED and asked.call in {Call.PICTURE, Call.SUBMIT}:
            return _error(400, "image_generation_user_error", "moderation_blocked", BLOCKED, {})
        if fault in ERRORS:
            return _error(*ERRORS[fault])
        told = _within(asked, fault)
        return None if told is None else Answer(body=json.dumps(told).encode(), headers=JSON)


def _within(asked: Asked, fault: Fault) -> object:
    """Return what goes wrong inside an answer that is none of an error."""
    name = asked.target.removeprefix("/v1/videos/")
    match asked.call, fault:
        case Call.PICTURE, Fault.EMPTY:
            return _pictures([])
        case Call.POLL, Fault.REFUSED:
            return _video(name, "failed", code="moderation_blocked", message=BLOCKED)
        case Call.POLL, Fault.FAILED:
            return _video(name, "failed", code="video_generation_failed", message="Video generation failed.")
        case Call.POLL, Fault.EXPIRED:
            return _video(name, "completed", expires_at=1_764_000_000)
        case _:
            return None


def _pictures(data: list[object]) -> object:
    tokens = {"input_tokens": 50, "output_tokens": 1568, "total_tokens": 1618}
    usage = {**tokens, "input_tokens_details": {"image_tokens": 0, "text_tokens": 50}}
    return {"created": 1_790_000_000, "data": data, "output_format": "png", "usage": usage}


def _video(
    name: str, status: str, *, code: str = "", message: str = "", expires_at: int | None = None
) -> object:
    return {
        "id": name,
        "object": "video",
        "model": "sora-2",
        "status": status,
        "progress": 100 if status == "completed" else 33,
        "created_at": 1_790_000_000,
        "completed_at": None,
        "expires_at": expires_at,
        "seconds": "4",
        "size": "1280x720",
        "remixed_from_video_id": None,
        "error": {"code": code, "message": message} if code else None,
    }


def _error(status: int, kind: str, code: str | None, message: str, headers: Mapping[str, str]) -> Answer:
    error = {"message": message, "type": kind, "param": None, "code": code}
    return Answer(status=status, body=json.dumps({"error": error}).encode(), headers={**JSON, **headers})


_LIMIT = (429, "requests", "rate_limit_exceeded", "Rate limit reached.")
ERRORS: Mapping[Fault, tuple[int, str, str | None, str, Mapping[str, str]]] = {
    Fault.BUSY: (*_LIMIT, {"retry-after": str(WAIT_SECONDS)}),
    Fault.BUSY_INSIDE: (*_LIMIT, {"retry-after-ms": f"{WAIT_SECONDS}000"}),
    Fault.SPENT: (429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota.", {}),
    Fault.BROKEN: (500, "server_error", None, "The server had an error.", {}),
    Fault.OVERLOADED: (503, "server_error", None, "The engine is currently overloaded.", {}),
    Fault.WRONG_KEY: (401, "invalid_request_error", "invalid_api_key", f"Incorrect API key: {KEY}.", {}),
    Fault.UNKNOWN: (404, "invalid_request_error", "not_found", "It does not exist.", {}),
}


def form_of(asked: Asked) -> dict[str, Message]:
    """Return the parts of a multipart form by their names."""
    head = f"Content-Type: {asked.headers['content-type']}\r\n\r\n".encode()
    parts = message_from_bytes(head + asked.body).get_payload()
    assert isinstance(parts, list)
    found = {}
    for part in parts:
        assert isinstance(part, Message)
        found[str(part.get_param("name", header="content-disposition"))] = part
    return found
