"""The tool file_edit: one text in a file is put in the place of another."""

import asyncio
from dataclasses import dataclass, field
from difflib import get_close_matches

from pydantic import Field

from taskforce.core.missions.model import Frozen
from taskforce.core.tools import ModelledTool, Risk, ToolContext, ToolEffect, ToolFailed, ToolResult
from taskforce.infrastructure.missions.jail import FILE_LIMIT, Jails
from taskforce.infrastructure.missions.texts import as_text, to_bytes

_LINES_COMPARED = 5_000
_WIDTH = 200
_PLACES_SHOWN = 5


class EditFile(Frozen):
    """Arguments of `file_edit`."""

    path: str = Field(min_length=1, max_length=4_096, description="Path of the file, from the workspace.")
    old: str = Field(min_length=1, max_length=FILE_LIMIT, description="The text as it stands in the file.")
    new: str = Field(max_length=FILE_LIMIT, description="The text that takes its place.")
    all: bool = Field(default=False, strict=True, description="Replace every match, not just the only one.")


@dataclass(frozen=True, slots=True)
class FileEdit(ModelledTool[EditFile]):
    """Replaces an exact text.

    Idempotent: the file bears the mark of the call that wrote it, and a call that finds its own mark answers
    as it did. Where a file system keeps no marks, an edit whose every `old` is gone, or is but a part of a
    `new` that is there, is told as already so and changes nothing.
    """

    jails: Jails = field(default_factory=Jails)

    name = "file_edit"
    description = "Replace a text in a file. `old` must be there exactly once, unless `all` is true."
    risk = Risk.WRITE
    effect = ToolEffect.IDEMPOTENT
    parallel = False
    arguments = EditFile

    async def run(self, arguments: EditFile, context: ToolContext) -> ToolResult:
        return await asyncio.to_thread(_edit, arguments, context, self.jails)


def _edit(arguments: EditFile, context: ToolContext, jails: Jails) -> ToolResult:
    path = arguments.path
    with jails.of(context.workspace) as jail:
        content = jail.read(path)
        text = as_text(content.data, path)
        if content.mark == context.idempotency_key:
            return _answer(path)
        if content.mark is None and already_so(text, arguments.old, arguments.new):
            return ToolResult(
                content=f"Nothing was changed: in {path} it is already so, `new` is there and `old` is gone.",
                details={"path": path, "changed": False},
            )
        edited = replaced(text, arguments.old, arguments.new, path=path, everywhere=arguments.all)
        jail.write(path, to_bytes(edited), mark=context.idempotency_key)
    return _answer(path)


def already_so(text: str, old: str, new: str) -> bool:
    """Tell whether an edit looks done: `new` is there, and `old` nowhere but within it."""
    return bool(new) and new in text and old not in text.replace(new, "\0")


def replaced(text: str, old: str, new: str, *, path: str, everywhere: bool) -> str:
    """Return the edited text; refuse what is not there, or is there more than once."""
    if old == new:
        raise ToolFailed("`old` and `new` are the same. Give the text that shall take the place of `old`.")
    first = text.find(old)
    if first < 0:
        raise ToolFailed(f"`old` is not in {path}. {_nearest(text, old)}")
    if not everywhere and first != text.rfind(old):
        raise ToolFailed(_ambiguous(text, old, path))
    return text.replace(old, new)


def _answer(path: str) -> ToolResult:
    # Without a count: a call that is started again cannot know it, and must say the same.
    return ToolResult(content=f"Edited {path}.", details={"path": path, "changed": True})


def _ambiguous(text: str, old: str, path: str) -> str:
    """Return how often and where a text is there."""
    places: list[int] = []
    at = text.find(old)
    while at >= 0:
        places.append(at)
        at = text.find(old, at + 1)
    lines = ", ".join(str(text.count("\n", 0, place) + 1) for place in places[:_PLACES_SHOWN])
    more = " and further down" if len(places) > _PLACES_SHOWN else ""
    return (
        f"`old` is {len(places)} times in {path} (lines {lines}{more}). "
        "Give more of the text around it, or set `all` to true."
    )


def _nearest(text: str, old: str) -> str:
    """Return what comes nearest to a text that is not there."""
    lines = [line.strip()[:_WIDTH] for line in text.split("\n")[:_LINES_COMPARED]]
    wanted = next((line.strip()[:_WIDTH] for line in old.split("\n") if line.strip()), "")
    if wanted and wanted in lines:
        number = lines.index(wanted) + 1
        return f"Line {number} is like its first line, but white space or the rest differs. Read it again."
    near = get_close_matches(wanted, lines, n=1)
    if not near:
        return "Nothing in it comes near. Read the file again with file_read."
    return f"Nearest is line {lines.index(near[0]) + 1}: {near[0]!r}."
