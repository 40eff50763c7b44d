"""The servers of tools that profiles name, over the Model Context Protocol; its SDK is an extra, and slow."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from taskforce.core.documents import JsonObject
from taskforce.core.missions.errors import ToolServerUnfit
from taskforce.core.missions.mcp_servers import McpServer
from taskforce.core.missions.ports import ToolServer, ToolServers
from taskforce.core.missions.served import ListedTool, ServedTool
from taskforce.core.tools import Tool, ToolContext, ToolFailed, ToolResult, ToolSpec
from taskforce.infrastructure.missions.mcp.secrets import Variable, resolved

_EXTRA = frozenset({"anyio", "jsonschema", "mcp", "mcp_types", "referencing"})
_HERE = "taskforce.infrastructure.missions.mcp"


class McpServers(ToolServers):
    """Connects to them; `variable` reads what their references stand for."""

    def __init__(self, variable: Variable) -> None:
        self._variable = variable

    @asynccontextmanager
    async def open(self, servers: Mapping[str, McpServer]) -> AsyncIterator[Mapping[str, ToolServer]]:
        reached = {name: _McpServer(name, server, self._variable) for name, server in servers.items()}
        try:
            yield reached
        finally:
            await asyncio.gather(*(server.leave() for server in reached.values()))


class _McpServer(ToolServer):
    """One of them. Until something is asked of it, nothing is read, imported or connected."""

    def __init__(self, name: str, server: McpServer, variable: Variable) -> None:
        self._name = name
        self._server = server
        self._variable = variable
        self._line: Any = None

    async def listed(self) -> Sequence[ListedTool]:
        found: list[ListedTool] = await self._connected().listed()
        return found

    def tool(self, served: ServedTool) -> Tool[Any]:
        return _McpTool(self, served)

    async def call(self, tool: str, arguments: JsonObject, context: ToolContext) -> ToolResult:
        """Call a tool of it. Raises ToolFailed."""
        key = context.idempotency_key.partition("/")[2].replace("/", "-")
        try:
            line = self._connected()
        except ToolServerUnfit as unfit:
            raise ToolFailed(unfit.message) from unfit
        result: ToolResult = await line.call(tool, arguments, files_begin=f"{key}-", hint=context.hint)
        return result

    def complaints(self, schema: JsonObject, arguments: JsonObject) -> list[str]:
        """Return what is wrong with arguments."""
        found: list[str] = self._loaded("schemas").complaints(schema, arguments)
        return found

    async def leave(self) -> None:
        """End what is connected."""
        if self._line is not None:
            await self._line.hang_up()

    def _connected(self) -> Any:  # noqa: ANN401 - a Line, whose module is not imported before
        if self._line is None:
            server, secrets = resolved(self._name, self._server, self._variable)
            self._line = self._loaded("line").Line(self._name, server, secrets)
        return self._line

    def _loaded(self, module: str) -> Any:  # noqa: ANN401 - a module
        try:
            return import_module(f"{_HERE}.{module}")
        except ModuleNotFoundError as missing:
            if (missing.name or "").partition(".")[0] not in _EXTRA:
                raise
            advice = "the extra mcp is not installed. Try: pip install 'taskforce[mcp]'"
            raise ToolServerUnfit(self._name, advice) from missing


class _McpTool(Tool[JsonObject]):
    """A tool of a server."""

    def __init__(self, server: _McpServer, served: ServedTool) -> None:
        self._server = server
        self._served = served

    @property
    def spec(self) -> ToolSpec:
        return self._served.spec

    def check(self, arguments: JsonObject) -> JsonObject:
        spec = self.spec
        wrong = "; ".join(self._server.complaints(spec.parameters, arguments))
        if wrong:
            raise ToolFailed(f"Invalid arguments for {spec.name}: {wrong}. {spec.fields}")
        return arguments

    async def run(self, arguments: JsonObject, context: ToolContext) -> ToolResult:
        return await self._server.call(self._served.name, arguments, context)
