"""Tools in memory for the tests of missions: those of a toolbox, and those that a server lends."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from taskforce.core.documents import JsonObject
from taskforce.core.missions.errors import ToolServerUnavailable
from taskforce.core.missions.mcp_servers import McpServer
from taskforce.core.missions.ports import ToolServer, ToolServers, ToolSource
from taskforce.core.missions.profile import Profile
from taskforce.core.missions.served import ListedTool, ServedTool
from taskforce.core.tools import (
    ModelledTool,
    Risk,
    Tool,
    ToolContext,
    ToolEffect,
    ToolFailed,
    ToolFile,
    ToolResult,
    ToolSpec,
)


class Line(BaseModel):
    """A line of text."""

    model_config = ConfigDict(extra="forbid")
    text: str


class Note(ModelledTool[Line]):
    """Keeps lines in memory; what happens is told by its name."""

    arguments = Line
    description = "Notes a line."
    parallel: ClassVar[bool] = False
    name = "note"
    risk = Risk.WRITE
    effect = ToolEffect.IDEMPOTENT

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.on_run: Callable[[], object] = list

    async def run(self, arguments: Line, context: ToolContext) -> ToolResult:
        if arguments.text == "fail":
            raise ToolFailed("It failed; say something else.")
        self.on_run()
        self.lines.append(arguments.text)
        return ToolResult(content=arguments.text * 1, details={"path": f"./{arguments.text[:10]}"})


class NoteOnce(Note):
    """The same, but never to be started twice unasked."""

    name = "note_once"
    effect = ToolEffect.ONCE


class Look(Note):
    """The same, but only looks, and may run beside others."""

    name = "look"
    risk = Risk.READ
    parallel: ClassVar[bool] = True


class Run(Note):
    """A program: what it writes is for others to find out."""

    name = "run"
    risk = Risk.EXECUTE

    def __init__(self, disk: dict[str, bytes]) -> None:
        super().__init__()
        self._disk = disk

    async def run(self, arguments: Line, context: ToolContext) -> ToolResult:
        self.on_run()
        self.lines.append(arguments.text)
        for place, path in enumerate(arguments.text.split()):
            self._disk[path] = f"{place} of {len(self.lines)}".encode()
        return ToolResult(content=arguments.text, failed=arguments.text.endswith("bad"))


class Show(Run):
    """A program that also answers with a file, `shown.png`."""

    name = "show"

    async def run(self, arguments: Line, context: ToolContext) -> ToolResult:
        result = await super().run(arguments, context)
        shown = ToolFile(name="shown.png", media_type="image/png", content=b"a picture")
        return result.model_copy(update={"files": (shown,)})


class Toolbox(ToolSource):
    """All of them."""

    def __init__(self, disk: dict[str, bytes]) -> None:
        self.walls = False
        self.by_name: dict[str, Note] = {
            tool.name: tool for tool in (Note(), NoteOnce(), Look(), Run(disk), Show(disk))
        }

    def tools(self) -> Mapping[str, Tool[Any]]:
        return self.by_name

    def chosen(self, names: Collection[str]) -> Mapping[str, Tool[Any]]:
        return self.by_name

    def not_held(self, profile: Profile) -> tuple[str, ...]:
        return ()

    def has_walls(self) -> bool:
        return self.walls


class Lent(Tool[Line]):
    """A tool as a mission is offered it."""

    def __init__(self, note: Note, spec: ToolSpec) -> None:
        self._note = note
        self._spec = spec

    @property
    def spec(self) -> ToolSpec:
        return self._spec

    def check(self, arguments: JsonObject) -> Line:
        return self._note.check(arguments)

    async def run(self, arguments: Line, context: ToolContext) -> ToolResult:
        return await self._note.run(arguments, context)


class MemoryServer(ToolServer):
    """A server whose tools are those of a toolbox; counts how often it was asked."""

    def __init__(self, toolbox: Mapping[str, Note]) -> None:
        self._toolbox = toolbox
        self.failures = 0
        self.lists = 0

    async def listed(self) -> Sequence[ListedTool]:
        self.lists += 1
        if self.lists <= self.failures:
            raise ToolServerUnavailable("memory", "it is away.")
        specs = [tool.spec for tool in self._toolbox.values()]
        return [ListedTool(name=spec.name, parameters=spec.parameters) for spec in specs]

    def tool(self, served: ServedTool) -> Tool[Any]:
        return Lent(self._toolbox[served.name], served.spec)


class MemoryServers(ToolServers):
    """The same server under every name; tells how often servers were opened and left."""

    def __init__(self, server: MemoryServer) -> None:
        self.server = server
        self.opened = 0
        self.left = 0

    @asynccontextmanager
    async def open(self, servers: Mapping[str, McpServer]) -> AsyncIterator[Mapping[str, ToolServer]]:
        self.opened += 1
        try:
            yield dict.fromkeys(servers, self.server)
        finally:
            self.left += 1
