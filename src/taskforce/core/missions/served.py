"""What a server's tools are in a mission: their names, risks and effects, recorded with the mission."""

import re
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256

from taskforce.core.documents import JsonObject
from taskforce.core.missions.errors import ToolServerUnfit
from taskforce.core.missions.mcp_servers import McpServer, ToolTerms
from taskforce.core.missions.model import Frozen
from taskforce.core.tools import Risk, ToolEffect, ToolSpec

LONGEST_NAME = 64
LONGEST_DESCRIPTION = 4_000
BETWEEN = "__"
"""Parts a server from its tool, in the name that the tool has here."""
_FOREIGN = re.compile(r"[^A-Za-z0-9_-]")
_MARK = 8


class ListedTool(Frozen):
    """A tool as its server lists it."""

    name: str
    description: str = ""
    parameters: JsonObject
    reads_only: bool = False
    """The server says that it only looks."""
    is_repeatable: bool = False
    """The server says that doing it twice is as good as once."""


class ServedTool(Frozen):
    """A tool of a server, as a mission is offered it."""

    name: str
    """As the server calls it."""
    spec: ToolSpec


class Listing(Frozen):
    """The tools of one server, as a mission records them."""

    tools: tuple[ServedTool, ...]


def served(server_name: str, server: McpServer, listed: Sequence[ListedTool]) -> Listing:
    """Return what of a server's list a mission is offered. Raises ToolServerUnfit."""
    known = [tool.name for tool in listed]
    for name in (*(server.tools or ()), *server.per_tool):
        if name not in known:
            has = ", ".join(known) or "none"
            raise ToolServerUnfit(server_name, f"the profile names its tool {name!r}. Its tools are: {has}.")
    wanted = [tool for tool in listed if server.tools is None or tool.name in server.tools]
    tools = tuple(ServedTool(name=tool.name, spec=_spec(server_name, server, tool)) for tool in wanted)
    for name, count in Counter(tool.spec.name for tool in tools).items():
        if count > 1:
            theirs = ", ".join(repr(tool.name) for tool in tools if tool.spec.name == name)
            raise ToolServerUnfit(
                server_name, f"its tools {theirs} are all {name} here. Name one of them in its `tools`."
            )
    return Listing(tools=tools)


def _spec(server_name: str, server: McpServer, tool: ListedTool) -> ToolSpec:
    said = server.per_tool.get(tool.name, ToolTerms())
    effect = said.effect or _effect(server, tool)
    return ToolSpec(
        name=served_name(server_name, tool.name),
        description=_description(server_name, tool),
        parameters=tool.parameters,
        risk=said.risk or _risk(server, tool),
        effect=effect,
        parallel=effect is ToolEffect.PURE,
    )


def _risk(server: McpServer, tool: ListedTool) -> Risk:
    is_harmless = server.trust_annotations and tool.reads_only
    return Risk.READ if is_harmless else server.usual_risk


def _effect(server: McpServer, tool: ListedTool) -> ToolEffect:
    if server.trust_annotations and tool.reads_only:
        return ToolEffect.PURE
    if server.trust_annotations and tool.is_repeatable and server.effect is ToolEffect.ONCE:
        return ToolEffect.IDEMPOTENT
    return server.effect


def served_name(server_name: str, name: str) -> str:
    """Return a name that the providers of models take; a long one keeps its beginning and a mark."""
    whole = f"{server_name}{BETWEEN}{_FOREIGN.sub('_', name)}"
    if len(whole) <= LONGEST_NAME:
        return whole
    return f"{whole[: LONGEST_NAME - _MARK - 1]}_{sha256(name.encode()).hexdigest()[:_MARK]}"


def _description(server_name: str, tool: ListedTool) -> str:
    text = tool.description.strip() or f"The tool {tool.name} of {server_name}."
    return text if len(text) <= LONGEST_DESCRIPTION else f"{text[: LONGEST_DESCRIPTION - 1]}…"
