"""`script:FILE`: a model that says what a file says, turn by turn. For tests and examples."""

import asyncio
import runpy
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, TypeAdapter

from taskforce.core.documents import JsonObject
from taskforce.core.missions.errors import ModelUnavailable, ScriptBroken
from taskforce.core.missions.model import (
    AssistantMessage,
    Frozen,
    ModelReply,
    ModelRequest,
    StopReason,
    ToolCall,
    Usage,
)
from taskforce.core.missions.ports import ChatModel, Text
from taskforce.infrastructure.missions.latest import Latest


class ScriptedCall(Frozen):
    """A tool call of a turn."""

    tool: str
    arguments: JsonObject = Field(default={})


class ScriptedTurn(Frozen):
    """What is said in one turn; before it, how often and how slowly."""

    text: str = ""
    calls: tuple[ScriptedCall, ...] = ()
    usage: Usage = Usage()
    delay: float = Field(default=0.0, ge=0, le=600)
    """Seconds before the turn is said."""
    failures: int = Field(default=0, ge=0)
    """How many tries fail before it is said."""
    needs_model: bool = False
    """Whether it says that the mission is beyond it. What follows is said when it is resumed."""
    goes_on: bool = False
    """Whether the mission goes on after it, though it calls nothing: the strategy gives another task."""

    @property
    def is_the_end(self) -> bool:
        """Tell whether nothing may follow it."""
        return not (self.calls or self.goes_on or self.needs_model)


PYTHON = ".py"
_READ: Latest[Path, tuple[tuple[int, int], tuple[ScriptedTurn, ...]]] = Latest(most=64)
_TURNS: TypeAdapter[tuple[ScriptedTurn, ...]] = TypeAdapter(tuple[ScriptedTurn, ...])


class ScriptModel(ChatModel):
    """Plays a script strictly: a turn missing or left over fails the mission."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._failed: dict[int, int] = {}

    @property
    def name(self) -> str:
        return f"script:{self._file}"

    async def reply(self, request: ModelRequest, *, on_text: Text) -> ModelReply:
        turns = await _turns(self._file)
        own = request.messages[request.begin :]
        place = sum(isinstance(message, AssistantMessage) for message in own)
        if place >= len(turns):
            raise ScriptBroken(f"{self._file}: the mission goes on after the last of {len(turns)} turns.")
        turn = turns[place]
        await asyncio.sleep(turn.delay)
        self._fail_as_scripted(place, turn)
        left = len(turns) - place - 1
        if left and turn.is_the_end:
            raise ScriptBroken(f"{self._file}: turn {place + 1} ends the mission, but {left} more follow.")
        if turn.text:
            await on_text(turn.text)
        return _reply(place, turn)

    def _fail_as_scripted(self, place: int, turn: ScriptedTurn) -> None:
        failed = self._failed.get(place, 0)
        if failed < turn.failures:
            self._failed[place] = failed + 1
            raise ModelUnavailable(self.name, f"scripted failure {failed + 1} of {turn.failures}")


async def _turns(file: Path) -> tuple[ScriptedTurn, ...]:
    """Return a file's turns, read again only when it has changed: a mission asks for them at every turn."""
    state = _state(file)
    known = _READ.find(file)
    if known is not None and known[0] == state:
        return known[1]
    turns = await asyncio.to_thread(read_turns, file)
    _READ.keep(file, (state, turns))
    return turns


def _state(file: Path) -> tuple[int, int]:
    """Return what changes when the file does: its time and its size."""
    try:
        found = file.stat()
    except OSError as wrong:
        raise ScriptBroken(f"{file} is no script: {wrong}") from wrong
    return found.st_mtime_ns, found.st_size


def read_turns(file: Path) -> tuple[ScriptedTurn, ...]:
    """Read a script: YAML with `turns`, or Python that sets `turns` to the same.

    Raises:
        ScriptBroken: the file is not there or not a script.
    """
    try:
        return _TURNS.validate_python(_said(file)["turns"])
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError) as wrong:
        raise ScriptBroken(f"{file} is no script: {wrong}") from wrong


def _said(file: Path) -> Any:  # noqa: ANN401 - checked by whoever asks
    if file.suffix != PYTHON:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    try:
        return runpy.run_path(str(file))
    except Exception as wrong:
        raise ScriptBroken(f"{file} is no script: it raised {type(wrong).__name__}: {wrong}") from wrong


def _reply(place: int, turn: ScriptedTurn) -> ModelReply:
    calls = tuple(
        ToolCall(id=f"call-{place + 1}-{number}", tool=call.tool, arguments=call.arguments)
        for number, call in enumerate(turn.calls, start=1)
    )
    ending = StopReason.NEEDS_MODEL if turn.needs_model else StopReason.ANSWER
    stop = StopReason.TOOL_CALLS if calls else ending
    return ModelReply(text=turn.text, calls=calls, stop=stop, usage=turn.usage)
