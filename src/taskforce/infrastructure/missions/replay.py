"""`replay:FILE`: a model that answers from a cassette of recorded requests and replies."""

import asyncio
import difflib
import json
from pathlib import Path

from pydantic import ValidationError

from taskforce.core.documents import canonical, digest
from taskforce.core.missions.errors import ScriptBroken
from taskforce.core.missions.model import Frozen, ModelReply, ModelRequest
from taskforce.core.missions.ports import ChatModel, Text

MOST_LINES = 40


class Recording(Frozen):
    """A request and its reply; one a line of a cassette, as JSON."""

    request: ModelRequest
    reply: ModelReply

    @property
    def key(self) -> str:
        """Return what the recording is found by: the digest of the canonical request."""
        return digest(self.request.model_dump(mode="json"))


class ReplayModel(ChatModel):
    """Answers only what was recorded; a request that was not recorded fails, and the nearest is shown."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def name(self) -> str:
        return f"replay:{self._file}"

    async def reply(self, request: ModelRequest, *, on_text: Text) -> ModelReply:
        recordings = await asyncio.to_thread(read_cassette, self._file)
        wanted = digest(request.model_dump(mode="json"))
        found = next((recording for recording in recordings if recording.key == wanted), None)
        if found is None:
            raise ScriptBroken(
                f"{self._file} holds no recording of this request. {_nearest(request, recordings)}"
            )
        if found.reply.text:
            await on_text(found.reply.text)
        return found.reply


class RecordingModel(ChatModel):
    """Asks another model, and adds each request and reply to a cassette."""

    def __init__(self, model: ChatModel, file: Path) -> None:
        self._model = model
        self._file = file

    @property
    def name(self) -> str:
        return self._model.name

    async def reply(self, request: ModelRequest, *, on_text: Text) -> ModelReply:
        reply = await self._model.reply(request, on_text=on_text)
        recording = Recording(request=request, reply=reply)
        await asyncio.to_thread(_append, self._file, recording)
        return reply


def read_cassette(file: Path) -> tuple[Recording, ...]:
    """Read a cassette. Raises ScriptBroken when it is not there or not a cassette."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        return tuple(Recording.model_validate_json(line) for line in lines if line.strip())
    except (OSError, ValidationError) as wrong:
        raise ScriptBroken(f"{file} is no cassette: {wrong}") from wrong


def _append(file: Path, recording: Recording) -> None:
    with file.open("a", encoding="utf-8") as cassette:
        cassette.write(canonical(recording.model_dump(mode="json")) + "\n")


def _nearest(request: ModelRequest, recordings: tuple[Recording, ...]) -> str:
    if not recordings:
        return "It is empty."
    wanted = _lines(request)
    candidates = [(recording, _lines(recording.request)) for recording in recordings]
    _, lines = max(candidates, key=lambda pair: difflib.SequenceMatcher(a=wanted, b=pair[1]).ratio())
    changes = list(difflib.unified_diff(lines, wanted, "recorded", "asked", lineterm="", n=1))
    return "The nearest differs so:\n" + "\n".join(changes[:MOST_LINES])


def _lines(request: ModelRequest) -> list[str]:
    return json.dumps(request.model_dump(mode="json"), indent=1, ensure_ascii=False).splitlines()
