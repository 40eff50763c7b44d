"""The MCP server: one definition, for stdin and stdout and for HTTP."""

from dataclasses import replace
from typing import Any

import structlog
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
)
from mcp.types.jsonrpc import INVALID_PARAMS

import taskforce
from taskforce.core.access.permissions import check
from taskforce.core.errors import TaskforceError
from taskforce.mcp.answers import answered, broken, refused
from taskforce.mcp.arguments import read
from taskforce.mcp.resources import TEMPLATES, Resources
from taskforce.mcp.services import Services
from taskforce.mcp.tools import BY_NAME, tools

log = structlog.get_logger()

Context = ServerRequestContext[Any, Any]

INSTRUCTIONS = (
    "Taskforce runs missions: work in plain words that is done step by step with tools, and is not lost. "
    "Start one with missions_execute. It goes on without you: look with jobs_watch or sessions_get, answer "
    "its questions with sessions_respond, stop it with sessions_cancel."
)


def mcp_server(services: Services) -> Server[Any]:
    """Return the server on these use cases."""
    room = _Room(services)
    return Server(
        "taskforce",
        title="Taskforce",
        version=taskforce.__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=room.list_tools,
        on_call_tool=room.call_tool,
        on_list_resources=room.list_resources,
        on_list_resource_templates=room.list_templates,
        on_read_resource=room.read_resource,
    )


class _Room:
    """Answers what clients ask."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def _asked(self, context: Context, use_case: str) -> Services:
        """Return the use cases as whoever sent the request. Raises NotAllowed."""
        principal = self._services.principal
        if context.request is not None:
            principal = context.request.state.principal
        check(principal, use_case)
        return replace(self._services, principal=principal)

    async def list_tools(self, context: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        _check_page(params)
        return ListToolsResult(tools=list(tools()))

    async def call_tool(self, context: Context, params: CallToolRequestParams) -> CallToolResult:
        offer = BY_NAME.get(params.name)
        if offer is None:
            raise MCPError(INVALID_PARAMS, f"There is no tool {params.name!r}. Look at tools/list.")

        async def tell(number: int, message: str) -> None:
            await context.session.report_progress(number, message=message)

        try:
            services = self._asked(context, offer.use_case)
            return answered(await offer.call(services, read(params.arguments, offer.asked), tell))
        except TaskforceError as error:
            return refused(error)
        except Exception:
            log.exception("tool_call_failed", tool=params.name)
            return broken()

    async def list_resources(
        self, context: Context, params: PaginatedRequestParams | None
    ) -> ListResourcesResult:
        _check_page(params)
        try:
            found = await Resources(self._asked(context, "jobs.list")).list()
        except TaskforceError as error:
            raise MCPError(INVALID_PARAMS, error.message, {"code": error.code}) from error
        return ListResourcesResult(resources=found)

    async def list_templates(
        self, context: Context, params: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        _check_page(params)
        return ListResourceTemplatesResult(resource_templates=TEMPLATES)

    async def read_resource(self, context: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        try:
            resources = Resources(self._asked(context, "jobs.artifact"))
            return ReadResourceResult(contents=[await resources.read(str(params.uri))])
        except TaskforceError as error:
            details = {"uri": str(params.uri), "code": error.code}
            raise MCPError(INVALID_PARAMS, error.message, details) from error


def _check_page(params: PaginatedRequestParams | None) -> None:
    """Refuse a place in a list: all there is fits into one page."""
    if params is not None and params.cursor is not None:
        raise MCPError(INVALID_PARAMS, "There is no such cursor: the list is whole. Leave it out.")
