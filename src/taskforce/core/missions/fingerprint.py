"""Fingerprints of requests: kept with each reply, so that a replay can tell what is asked otherwise today."""

import hashlib
from collections.abc import Iterable

from pydantic import BaseModel

from taskforce.core.missions.model import ModelRequest, RequestPrint

LENGTH = 16


class Fingerprints:
    """Takes the prints of a mission's requests; what was in an earlier one is not read again."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[BaseModel, bytes]] = {}

    def of(self, request: ModelRequest) -> RequestPrint:
        """Return the print of a request."""
        parts = (*request.tools, *request.messages)
        self._known = {id(part): self._known.get(id(part)) or (part, _digest(part)) for part in parts}
        return RequestPrint(
            system=_joined([request.system.encode("utf-8", "surrogatepass")]),
            tools=_joined(self._known[id(tool)][1] for tool in request.tools),
            messages=_joined(self._known[id(message)][1] for message in request.messages),
            count=len(request.messages),
        )


def _digest(part: BaseModel) -> bytes:
    told = part.model_dump_json(exclude_defaults=True)  # a field that comes later changes no older print
    return hashlib.sha256(f"{getattr(part, 'role', '')}{told}".encode()).digest()


def _joined(parts: Iterable[bytes]) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()[:LENGTH]
