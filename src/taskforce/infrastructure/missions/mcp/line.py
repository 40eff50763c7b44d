"""The line to a server: connected when it is first needed, and again after it broke."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

import structlog
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from mcp.types import (
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
    InputRequiredResult,
    Tool,
    ToolAnnotations,
)
from mcp.types.jsonrpc import CONNECTION_CLOSED, HEADER_MISMATCH
from pydantic import TypeAdapter, ValidationError

from taskforce.core.documents import JsonObject
from taskforce.core.missions.errors import ToolServerUnavailable
from taskforce.core.missions.mcp_servers import McpServer
from taskforce.core.missions.served import ListedTool
from taskforce.core.tools import ToolFailed, ToolResult
from taskforce.infrastructure.missions.mcp import pipes, web
from taskforce.infrastructure.missions.mcp.contents import result_of
from taskforce.infrastructure.missions.mcp.link import Link, LinkBroken, told_of
from taskforce.infrastructure.missions.mcp.schemas import unfitness
from taskforce.infrastructure.missions.mcp.secrets import Secrets

MOST_TOOLS = 500
MOST_PAGES = 100
LONGEST_TOLD = 2_000

T = TypeVar("T")

log = structlog.get_logger()
_answers: TypeAdapter[CallToolResult | InputRequiredResult] = TypeAdapter(
    CallToolResult | InputRequiredResult
)

# What the SDK logs may hold whatever a server said, secrets too; what breaks is told by our own errors.
for _talker in ("mcp.client", "mcp.shared"):
    logging.getLogger(_talker).addHandler(logging.NullHandler())
    logging.getLogger(_talker).propagate = False


class Line:
    """Lists a server's tools and calls them. One connection serves all calls, until it breaks."""

    def __init__(self, name: str, server: McpServer, secrets: Secrets) -> None:
        self._name = name
        self._server = server
        self._secrets = secrets
        self._links: list[Link] = []

    async def listed(self) -> list[ListedTool]:
        """Return the server's tools, of all pages. Raises ToolServerUnavailable."""
        try:
            found = await self._use(_all_tools, seconds=self._server.start_seconds)
        except LinkBroken as broken:
            raise ToolServerUnavailable(self._name, str(broken)) from None
        return [_listed(tool) for tool in found if self._fits(tool)]

    async def call(
        self, tool: str, arguments: JsonObject, *, files_begin: str, hint: Callable[[str], None]
    ) -> ToolResult:
        """Call a tool. Raises ToolFailed with what broke."""
        request = CallToolRequest(params=CallToolRequestParams(name=tool, arguments=arguments))

        async def tell(progress: float, total: float | None, message: str | None) -> None:
            part = f"{progress:g}" if total is None else f"{progress:g}/{total:g}"
            hint(self._secrets.hidden(f"{part} {message or ''}".rstrip() + "\n"))

        async def ask(client: Client) -> CallToolResult | InputRequiredResult:
            try:
                return await client.session.send_request(request, _answers, progress_callback=tell)
            except MCPError as wrong:
                if wrong.code != HEADER_MISMATCH:
                    raise
            await _all_tools(client)  # the server wants headers that only its list tells
            return await client.session.send_request(request, _answers, progress_callback=tell)

        try:
            answer = await self._use(ask, seconds=self._server.seconds)
        except LinkBroken as broken:
            raise ToolFailed(f"The tool server {self._name} failed: {broken}") from None
        if isinstance(answer, InputRequiredResult):
            problem = "it asks for more than arguments, and missions give no more."
            raise ToolFailed(f"The tool server {self._name} failed: {problem}")
        return result_of(answer, secrets=self._secrets, files_begin=files_begin)

    async def hang_up(self) -> None:
        """End what is connected."""
        await asyncio.gather(*(link.close() for link in self._links))

    async def _use(self, do: Callable[[Client], Awaitable[T]], *, seconds: float) -> T:
        """Do something with the connected client. Raises LinkBroken, whatever goes wrong, without secrets."""
        link = self._link()
        try:
            return await self._done(do, link, seconds=seconds)
        except Exception as error:  # noqa: BLE001 - what the SDK and a server make of it never ends a mission
            why = self._secrets.cleaned(await _why(error, link))
        raise LinkBroken(why[:LONGEST_TOLD])

    async def _done(self, do: Callable[[Client], Awaitable[T]], link: Link, *, seconds: float) -> T:
        try:
            async with asyncio.timeout(self._server.start_seconds):
                client = await link.client()
        except TimeoutError:
            await link.close()
            raise LinkBroken(link.why()) from None
        try:
            async with asyncio.timeout(seconds):
                return await do(client)
        except TimeoutError:
            raise LinkBroken(f"it did not answer within {seconds:g} seconds.") from None

    def _link(self) -> Link:
        if not self._links or self._links[-1].is_over:
            carry = pipes.connected if self._server.url is None else web.connected
            self._links.append(Link(partial(carry, self._server)))
        return self._links[-1]

    def _fits(self, tool: Tool) -> bool:
        why = unfitness(tool.input_schema)
        if why is not None:
            reason = self._secrets.cleaned(why)
            log.warning("mcp_tool_left_out", server=self._name, tool=tool.name, reason=reason)
        return why is None


async def _why(error: Exception, link: Link) -> str:
    """Return what went wrong; a connection that broke is closed, for its end tells why."""
    match error:
        case MCPError(code=code) if code == CONNECTION_CLOSED:
            await link.close()
            return link.why(told_of(error))
        case MCPError():
            return link.trace.problem or told_of(error)
        case ValidationError():
            return "it answered what the protocol does not know."
    return told_of(error)


async def _all_tools(client: Client) -> list[Tool]:
    found: list[Tool] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        found += page.tools
        cursor = page.next_cursor
        if len(found) > MOST_TOOLS:
            break
        if cursor is None:
            return found
    raise LinkBroken(f"it lists more than {MOST_TOOLS} tools, or more than {MOST_PAGES} pages of them.")


def _listed(tool: Tool) -> ListedTool:
    hints = tool.annotations or ToolAnnotations()
    return ListedTool(
        name=tool.name,
        description=tool.description or tool.title or "",
        parameters={"type": "object", **tool.input_schema},
        reads_only=bool(hints.read_only_hint),
        is_repeatable=bool(hints.idempotent_hint),
    )
