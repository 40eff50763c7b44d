"""`replay:FILE`: a model that answers from a cassette of recorded requests and replies."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from taskforce.core.missions.divergence import difference, nearest
from taskforce.core.missions.errors import ScriptBroken
from taskforce.core.missions.model import ModelReply, ModelRequest
from taskforce.core.missions.ports import ChatModel, Text
from taskforce.core.missions.recording import bare, key_of
from taskforce.core.missions.redaction import Redaction
from taskforce.infrastructure.missions.cassettes import read_cassette
from taskforce.infrastructure.missions.latest import Latest


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cassette:
    """A cassette that was read: its replies by the key of their request."""

    requests: tuple[ModelRequest, ...]
    replies: dict[str, ModelReply]

    @classmethod
    def read(cls, file: Path) -> Self:
        recordings = read_cassette(file)
        replies: dict[str, ModelReply] = {}
        for recording in recordings:
            replies.setdefault(recording.key, recording.reply)
        return cls(requests=tuple(recording.request for recording in recordings), replies=replies)


_READ: Latest[Path, tuple[tuple[int, int], _Cassette]] = Latest(most=16)


class ReplayModel(ChatModel):
    """Answers only what was recorded; a request that was not recorded fails, and the nearest is shown.

    A cassette holds no secrets: a request is looked up without those that it holds.
    """

    def __init__(self, file: Path, redaction: Redaction) -> None:
        self._file = file
        self._redaction = redaction

    @property
    def name(self) -> str:
        return f"replay:{self._file}"

    async def reply(self, request: ModelRequest, *, on_text: Text) -> ModelReply:
        cassette = await asyncio.to_thread(_cassette, self._file)
        wanted = bare(request, self._redaction)
        found = cassette.replies.get(key_of(wanted))
        if found is None:
            raise ScriptBroken(f"{self._file} holds no recording of this request. {_told(wanted, cassette)}")
        if found.text:
            await on_text(found.text)
        return found


def _cassette(file: Path) -> _Cassette:
    """Return a file's cassette, read again only when it has changed."""
    try:
        found = file.stat()
    except OSError as wrong:
        raise ScriptBroken(f"{file} is no cassette: {wrong}") from wrong
    state = (found.st_mtime_ns, found.st_size)
    known = _READ.find(file)
    if known is not None and known[0] == state:
        return known[1]
    cassette = _Cassette.read(file)
    _READ.keep(file, (state, cassette))
    return cassette


def _told(request: ModelRequest, cassette: _Cassette) -> str:
    near = nearest(request, cassette.requests)
    if near is None:
        return "It is empty."
    old, new = near.model_dump(mode="json"), request.model_dump(mode="json")
    return "The nearest differs so:\n" + "\n".join(difference(old, new, names=("recorded", "asked")))
