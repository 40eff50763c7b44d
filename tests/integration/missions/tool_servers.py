"""Servers of tools in processes of their own, and their tools as a mission calls them."""

import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from socket import create_connection, create_server

from pydantic import JsonValue

from taskforce.core.missions.mcp_servers import McpServer
from taskforce.core.missions.ports import ToolServer
from taskforce.core.missions.served import ListedTool, served
from taskforce.core.tools import ToolContext, ToolFailed, ToolResult, ToolSpec
from taskforce.infrastructure.missions.mcp.servers import McpServers
from tests.integration.processes import ROOT, Process, until

SHOP = ROOT / "tests" / "services" / "tool_server.py"
ODD = ROOT / "tests" / "services" / "odd_tool_server.py"
KEY = "key-Wintergreen-4711"
_calls = count(1)


def shop(ledger: Path, **terms: object) -> McpServer:
    """A server on stdin and stdout."""
    env = {"LEDGER": str(ledger), "SHOP_KEY": "${SHOP_KEY}"}
    return McpServer.model_validate({"command": sys.executable, "args": [str(SHOP)], "env": env, **terms})


def odd(kind: str, **terms: object) -> McpServer:
    return McpServer.model_validate({"command": sys.executable, "args": [str(ODD), kind], **terms})


def at(url: str, **terms: object) -> McpServer:
    """A server over HTTP."""
    headers = {"Authorization": "Bearer ${SHOP_KEY}"}
    return McpServer.model_validate({"url": url, "headers": headers, **terms})


@contextmanager
def serving(ledger: Path, *words: str, **variables: str) -> Iterator[tuple[Process, str]]:
    """Serve over HTTP; give the process and the server's origin."""
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = {**os.environ, "LEDGER": str(ledger), "SHOP_KEY": KEY, **variables}
    with Process(sys.executable, str(SHOP), str(port), *words, env=env) as process:
        until(lambda: _listens(port) or not process.is_alive, what="the server")
        yield process, f"http://127.0.0.1:{port}"


def _listens(port: int) -> bool:
    try:
        create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A server, as a mission has it."""

    server: McpServer
    reached: ToolServer
    workspace: Path
    hints: list[str] = field(default_factory=list)

    async def specs(self) -> Mapping[str, ToolSpec]:
        listing = served("shop", self.server, await self.reached.listed())
        return {tool.spec.name: tool.spec for tool in listing.tools}

    async def call(self, name: str, /, **arguments: JsonValue) -> ToolResult:
        """Call a tool by the server's name, as a mission does that has listed it before."""
        listed = ListedTool(name=name, parameters={"type": "object"})
        (tool,) = served("shop", self.server.model_copy(update={"tools": None}), [listed]).tools
        called = self.reached.tool(tool)
        context = ToolContext(
            workspace=self.workspace,
            idempotency_key=f"job/turn/1/call/{next(_calls)}",
            hint=self.hints.append,
        )
        try:
            return await called.run(called.check(arguments), context)
        except ToolFailed as failed:
            return ToolResult(content=str(failed), failed=True)

    async def check(self, name: str, /, **arguments: JsonValue) -> str:
        """Return what is wrong with arguments, by the schema that the server lists."""
        listed = [tool for tool in await self.reached.listed() if tool.name == name]
        (tool,) = served("shop", self.server, listed).tools
        try:
            self.reached.tool(tool).check(arguments)
        except ToolFailed as failed:
            return str(failed)
        return ""


@asynccontextmanager
async def reached(
    server: McpServer, workspace: Path, *, variable: Callable[[str], str | None] = {"SHOP_KEY": KEY}.get
) -> AsyncIterator[Reached]:
    async with McpServers(variable).open({"shop": server}) as found:
        yield Reached(server=server, reached=found["shop"], workspace=workspace)
