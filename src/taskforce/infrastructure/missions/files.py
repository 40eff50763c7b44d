"""The tools file_read, file_write and file_append."""

import asyncio
from dataclasses import dataclass, field

from pydantic import Field

from taskforce.core.missions.model import Frozen
from taskforce.core.tools import ModelledTool, Risk, ToolContext, ToolEffect, ToolFailed, ToolResult
from taskforce.infrastructure.missions.jail import FILE_LIMIT, Jails
from taskforce.infrastructure.missions.refusals import Missing
from taskforce.infrastructure.missions.texts import as_text, counted, lines_of, to_bytes

PATH = "Path of the file, relative to the workspace."


class ReadFile(Frozen):
    """Arguments of `file_read`."""

    path: str = Field(min_length=1, max_length=4_096, description=PATH)
    offset: int = Field(default=1, ge=1, strict=True, description="The line to begin at; the first is 1.")
    limit: int | None = Field(default=None, ge=1, strict=True, description="How many lines; all if left out.")


class WriteFile(Frozen):
    """Arguments of `file_write`."""

    path: str = Field(min_length=1, max_length=4_096, description=PATH)
    content: str = Field(max_length=FILE_LIMIT, description="The whole text of the file.")


class AppendFile(Frozen):
    """Arguments of `file_append`."""

    path: str = Field(min_length=1, max_length=4_096, description=PATH)
    content: str = Field(max_length=FILE_LIMIT, description="The text to add at the end of the file.")


@dataclass(frozen=True, slots=True)
class FileRead(ModelledTool[ReadFile]):
    """Shows a text file as it is; if lines are left, the last line says so in square brackets."""

    jails: Jails = field(default_factory=Jails)

    name = "file_read"
    description = "Read a text file (UTF-8, up to 10 MB) of the workspace, whole or from line to line."
    risk = Risk.READ
    effect = ToolEffect.PURE
    parallel = True
    arguments = ReadFile

    async def run(self, arguments: ReadFile, context: ToolContext) -> ToolResult:
        return await asyncio.to_thread(_read, arguments, context, self.jails)


@dataclass(frozen=True, slots=True)
class FileWrite(ModelledTool[WriteFile]):
    """Writes a whole file in one instant: a crash leaves the old one or the new one."""

    jails: Jails = field(default_factory=Jails)

    name = "file_write"
    description = "Create a file of the workspace, or replace it. Give the whole text; folders are made."
    risk = Risk.WRITE
    effect = ToolEffect.IDEMPOTENT
    parallel = False
    arguments = WriteFile

    async def run(self, arguments: WriteFile, context: ToolContext) -> ToolResult:
        return await asyncio.to_thread(_write, arguments, context, self.jails)


@dataclass(frozen=True, slots=True)
class FileAppend(ModelledTool[AppendFile]):
    """Adds to a file in one instant.

    Its effect is `once`: after a crash nobody can say for every file system whether the text is there.
    Where the file's mark says it is, starting it again adds nothing.
    """

    jails: Jails = field(default_factory=Jails)

    name = "file_append"
    description = "Add text at the end of a file of the workspace; the file is made if it is not there."
    risk = Risk.WRITE
    effect = ToolEffect.ONCE
    parallel = False
    arguments = AppendFile

    async def run(self, arguments: AppendFile, context: ToolContext) -> ToolResult:
        return await asyncio.to_thread(_append, arguments, context, self.jails)


def _read(arguments: ReadFile, context: ToolContext, jails: Jails) -> ToolResult:
    with jails.of(context.workspace) as jail:
        data = jail.read(arguments.path).data
    lines = lines_of(as_text(data, arguments.path))
    total = len(lines)
    first = arguments.offset
    if first > max(total, 1):
        raise ToolFailed(
            f"{arguments.path} has {counted(total, 'line')}; offset {first} lies behind its end."
        )
    last = total if arguments.limit is None else min(total, first - 1 + arguments.limit)
    content = "".join(lines[first - 1 : last])
    if last < total:
        content += f"[lines {first} to {last} of {total}]"
    return ToolResult(
        content=content,
        details={"bytes": len(data), "lines": total, "first": first, "last": last, "truncated": last < total},
    )


def _write(arguments: WriteFile, context: ToolContext, jails: Jails) -> ToolResult:
    data = to_bytes(arguments.content)
    with jails.of(context.workspace) as jail:
        jail.write(arguments.path, data, mark=context.idempotency_key)
    return ToolResult(
        content=f"Wrote {len(data):,} bytes to {arguments.path}.",
        details={"path": arguments.path, "bytes": len(data)},
    )


def _append(arguments: AppendFile, context: ToolContext, jails: Jails) -> ToolResult:
    added = to_bytes(arguments.content)
    with jails.of(context.workspace) as jail:
        try:
            before = jail.read(arguments.path)
        except Missing:
            data, done = added, False
        else:
            data, done = before.data + added, before.mark == context.idempotency_key
        if not done:
            jail.write(arguments.path, data, mark=context.idempotency_key)
    return ToolResult(
        content=f"Added {len(added):,} bytes to {arguments.path}.",
        details={"path": arguments.path, "bytes": len(added)},
    )
