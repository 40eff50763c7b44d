"""Looking whether the servers of tools answer that profiles name: no mission is needed for it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from taskforce.core.errors import TaskforceError
from taskforce.core.missions.mcp_servers import McpServer
from taskforce.core.missions.ports import ProfileSource, ToolServers
from taskforce.core.missions.served import served

LONGEST = 10.0
"""Seconds that a server has here to start and to list its tools."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerReport:
    """What became of one look at a server."""

    profiles: tuple[str, ...]
    """Those that name it, on the same terms."""
    name: str
    tools: tuple[str, ...] = ()
    """As missions are offered them."""
    problem: str | None = None


class ServerChecks:
    """Looks at the servers of all profiles, side by side."""

    def __init__(self, *, profiles: ProfileSource, servers: ToolServers) -> None:
        self._profiles = profiles
        self._servers = servers

    async def look(self) -> list[ServerReport]:
        """Return what became of each server; those of a profile that cannot be read are left out."""
        named: dict[str, tuple[str, McpServer, list[str]]] = {}
        for profile, servers in self._named().items():
            for name, server in servers.items():
                place = named.setdefault(f"{name} {server.model_dump_json()}", (name, server, []))
                place[2].append(profile)
        return await asyncio.gather(
            *(self._report(name, server, tuple(profiles)) for name, server, profiles in named.values())
        )

    def _named(self) -> Mapping[str, Mapping[str, McpServer]]:
        found = {}
        for name in self._profiles.names():
            try:
                found[name] = self._profiles.get(name).mcp_servers
            except TaskforceError:
                continue
        return found

    async def _report(self, name: str, server: McpServer, profiles: tuple[str, ...]) -> ServerReport:
        hurried = server.model_copy(update={"start_seconds": min(server.start_seconds, LONGEST)})
        async with self._servers.open({name: hurried}) as reached:
            try:
                listing = served(name, server, await reached[name].listed())
            except TaskforceError as wrong:
                return ServerReport(profiles=profiles, name=name, problem=wrong.message)
        return ServerReport(
            profiles=profiles, name=name, tools=tuple(tool.spec.name for tool in listing.tools)
        )
