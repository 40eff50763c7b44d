"""Fingerprints of requests: kept with each reply, so that a replay can tell what is asked otherwise today."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from pydantic import BaseModel

from taskforce.core.missions.model import ModelRequest, RequestPrint

LENGTH = 16


class _Part:
    """A tool or a message, known again as the same object: what it holds never changes."""

    __slots__ = ("told",)

    def __init__(self, told: BaseModel) -> None:
        self.told = told

    def __hash__(self) -> int:
        return id(self.told)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Part) and other.told is self.told


def print_of(request: ModelRequest) -> RequestPrint:
    """Return the print of a request; a part that was in an earlier one is not read again."""
    return RequestPrint(
        system=_joined([request.system.encode("utf-8", "surrogatepass")]),
        tools=_joined(map(_digest, map(_Part, request.tools))),
        messages=_joined(map(_digest, map(_Part, request.messages))),
        count=len(request.messages),
    )


@lru_cache(maxsize=2_048)
def _digest(part: _Part) -> bytes:
    told = part.told.model_dump_json(exclude_defaults=True)  # a field that comes later changes no older print
    return hashlib.sha256(f"{getattr(part.told, 'role', '')}{told}".encode()).digest()


def _joined(parts: Iterable[bytes]) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()[:LENGTH]
