"""The tools that come with Taskforce and act on the world."""

from collections.abc import Collection, Mapping
from typing import Any

from taskforce.core.missions.controls import CONTROLS
from taskforce.core.missions.errors import ToolNotFound
from taskforce.core.missions.ports import ToolSource
from taskforce.core.missions.profile import Profile
from taskforce.core.tools import Risk, Tool
from taskforce.infrastructure.missions.commands import Python, Shell
from taskforce.infrastructure.missions.editing import FileEdit
from taskforce.infrastructure.missions.files import FileAppend, FileRead, FileWrite
from taskforce.infrastructure.missions.git import Git
from taskforce.infrastructure.missions.http_fetch import HttpFetch
from taskforce.infrastructure.missions.jail import Jails
from taskforce.infrastructure.missions.listing import FileListing
from taskforce.infrastructure.missions.process import LIMITS
from taskforce.infrastructure.missions.sandbox import NOT_HELD, Bubblewrap
from taskforce.infrastructure.missions.search import Grep
from taskforce.infrastructure.network.addresses import AddressRules
from taskforce.infrastructure.processes.process import ProcessLimits


class BuiltinTools(ToolSource):
    """All of them; what shell, python and git start is bound by `limits` and `bubblewrap`."""

    def __init__(
        self,
        limits: ProcessLimits = LIMITS,
        *,
        bubblewrap: Bubblewrap | None = None,
        addresses: AddressRules | None = None,
    ) -> None:
        self._bubblewrap = bubblewrap or Bubblewrap()
        bounds = (limits, self._bubblewrap)
        jails = Jails(self._bubblewrap.hidden)
        tools: tuple[Tool[Any], ...] = (
            *(FileRead(jails), FileWrite(jails), FileAppend(jails), FileEdit(jails)),
            *(FileListing(jails), Grep(jails)),
            *(Shell(*bounds), Python(*bounds), Git(*bounds), HttpFetch(addresses)),
        )
        self._tools = {tool.spec.name: tool for tool in tools}

    def tools(self) -> Mapping[str, Tool[Any]]:
        return self._tools

    def chosen(self, names: Collection[str]) -> Mapping[str, Tool[Any]]:
        known = {*self._tools, *CONTROLS}
        missing = [name for name in names if name not in known]
        if missing:
            raise ToolNotFound(missing[0], sorted(known))
        return self._tools

    def not_held(self, profile: Profile) -> tuple[str, ...]:
        used = (self._tools[name].spec for name in profile.tools if name in self._tools)
        starts = any(spec.risk is Risk.EXECUTE for spec in used)
        if not starts or profile.sandbox.required or self._bubblewrap.lack() is None:
            return ()
        return NOT_HELD

    def has_walls(self) -> bool:
        return self._bubblewrap.lack() is None
