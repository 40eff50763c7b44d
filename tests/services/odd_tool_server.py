"""Servers of tools that keep to the protocol and to little else: `odd_tool_server.py KIND`."""

import sys
from typing import Any

import anyio
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    ImageContent,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
)

Context = ServerRequestContext[Any, Any]
Schema = dict[str, Any]

PLAIN: Schema = {"type": "object"}
SCHEMAS: dict[str, Schema] = {
    "good": {"type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"]},
    "no_schema": {"type": "object", "properties": {"count": {"type": "many"}}},
    "too_long": {"type": "object", "description": "x" * 100_000},
    "circle": {"type": "object", "allOf": [{"$ref": "#"}]},
    "far": {"type": "object", "properties": {"count": {"$ref": "http://127.0.0.1:9/schema"}}},
    "trap": {"type": "object", "properties": {"text": {"type": "string", "pattern": "^(a+)+$"}}},
    "trapped_names": {
        "type": "object",
        "patternProperties": {"^(a+)+$": {"type": "integer"}},
        "additionalProperties": False,
    },
}
NAMES: dict[str, dict[str, Schema]] = {
    "schemas": SCHEMAS,
    "clash": {"find.all": PLAIN, "find/all": PLAIN, "other": PLAIN},
    "long": {"x" * 100: PLAIN, "x" * 99 + "y": PLAIN},
    "paged": {f"tool_{number}": PLAIN for number in range(7)},
    "endless": {"tool": PLAIN},
    "results": dict.fromkeys(("only_structured", "lying", "not_base64", "empty"), PLAIN),
    "nothing": {},
}
PAGE = 3
LYING = {"type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"]}
KIND = sys.argv[1]


async def list_tools(_: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
    begin = int(params.cursor or 0) if params else 0
    tools = [
        Tool(name=name, input_schema=schema, output_schema=LYING if name == "lying" else None)
        for name, schema in NAMES[KIND].items()
    ]
    if KIND == "endless":
        return ListToolsResult(tools=tools, next_cursor=str(begin + 1))
    if KIND == "paged":
        more = str(begin + PAGE) if begin + PAGE < len(tools) else None
        return ListToolsResult(tools=tools[begin : begin + PAGE], next_cursor=more)
    return ListToolsResult(tools=tools)


async def call_tool(_: Context, params: CallToolRequestParams) -> CallToolResult:
    match params.name:
        case "only_structured":
            return CallToolResult(content=[], structured_content={"count": 3})
        case "lying":
            return CallToolResult(content=[], structured_content={"count": "three"})
        case "not_base64":
            return CallToolResult(content=[ImageContent(data="%%%", mime_type="nonsense")])
        case "empty":
            return CallToolResult(content=[])
    return CallToolResult(content=[TextContent(text=f"{params.name} got {params.arguments}")])


async def main() -> None:
    sys.stdout.write("Welcome! This is no JSON.\n")
    sys.stdout.flush()
    server: Server[Any] = Server(KIND, on_list_tools=list_tools, on_call_tool=call_tool)
    async with stdio_server() as (received, sent):
        await server.run(received, sent, server.create_initialization_options())


if __name__ == "__main__":
    anyio.run(main)
