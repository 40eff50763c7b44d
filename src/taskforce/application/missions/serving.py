"""The tools that a mission has from servers: listed once and recorded, so a replay sees the same ones."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from taskforce.core.errors import Invalid
from taskforce.core.jobs.errors import JobFailed, StepFailed
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.retry import RetryPolicy
from taskforce.core.missions.errors import ToolNameTaken
from taskforce.core.missions.mcp_servers import McpServer
from taskforce.core.missions.ports import ToolServer, ToolServers
from taskforce.core.missions.profile import Profile
from taskforce.core.missions.served import Listing, served
from taskforce.core.tools import Tool

AGAIN = RetryPolicy(attempts=3, first=timedelta(seconds=0.5), unless=(Invalid,))


@asynccontextmanager
async def served_tools(
    servers: ToolServers, profile: Profile, ctx: JobContext
) -> AsyncIterator[Mapping[str, Tool[Any]]]:
    """Give the tools of a profile's servers, until the play is over.

    Raises JobFailed when a server does not list them, or one is called like a tool that the profile names.
    """
    wanted = profile.mcp_servers
    if not wanted:
        yield {}
        return
    async with servers.open(wanted) as reached:
        plays = {name: partial(_listing, ctx, name, wanted[name], server) for name, server in reached.items()}
        try:
            listings = await ctx.gather(plays)
        except StepFailed as failed:
            raise JobFailed(failed.reason, failed.message) from failed
        tools: dict[str, Tool[Any]] = {}
        for name, listing in listings.items():
            for tool in listing.tools:
                if tool.spec.name in profile.tools:
                    taken = ToolNameTaken(tool.spec.name, "one of the profile", f"one of the server {name}")
                    raise JobFailed(taken.code, taken.message)
                tools[tool.spec.name] = reached[name].tool(tool)
        yield tools


async def _listing(ctx: JobContext, name: str, server: McpServer, reached: ToolServer) -> Listing:
    async def ask() -> Listing:
        return served(name, server, await reached.listed())

    return await ctx.step(f"tools/{name}", ask, type=Listing, retry=AGAIN)
