"""All tools that missions may use: Taskforce's own, those of whoever opens it, and those of plugins."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from threading import Lock
from typing import Any

from taskforce.core.missions.controls import CONTROLS
from taskforce.core.missions.errors import ToolNameTaken, ToolNotFound
from taskforce.core.missions.ports import ToolSource
from taskforce.core.missions.profile import Profile
from taskforce.core.plugins import FindPlugins, Plugin, PluginBroken, PluginReport, no_plugins
from taskforce.core.tools import NoTool, Tool, tools_in

OWN = "Taskforce's own"
GIVEN = "the one that Taskforce was opened with"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plugged:
    """What the plugins gave."""

    tools: Mapping[str, Tool[Any]]
    reports: Sequence[PluginReport]


class OfferedTools(ToolSource):
    """Every name has one tool. Raises ToolNameTaken for two that are given.

    A plugin that takes a name which is taken is broken, and so is the other one if it is a plugin: nobody can
    tell which of them a profile means.
    """

    def __init__(
        self, own: ToolSource, *, given: Iterable[object] = (), plugins: FindPlugins = no_plugins
    ) -> None:
        self._own = own
        self._plugins = plugins
        self._known = dict(own.tools())
        self._owners = dict.fromkeys([*self._known, *CONTROLS], OWN)
        for tool in tools_in(tuple(given)):
            name = tool.spec.name
            if name in self._owners:
                raise ToolNameTaken(name, self._owners[name], GIVEN)
            self._known[name], self._owners[name] = tool, GIVEN
        self._lock = Lock()
        self._found: _Plugged | None = None

    def tools(self) -> Mapping[str, Tool[Any]]:
        return {**self._known, **self._plugged().tools}

    def chosen(self, names: Collection[str]) -> Mapping[str, Tool[Any]]:
        if all(name in self._owners for name in names):
            return self._known
        plugged = self._plugged()
        found = {**self._known, **plugged.tools}
        missing = [name for name in names if name not in found and name not in CONTROLS]
        for report in plugged.reports if missing else ():
            if report.broken is not None:
                raise report.broken
        if missing:
            raise ToolNotFound(missing[0], sorted([*found, *CONTROLS]))
        return found

    def not_held(self, profile: Profile) -> tuple[str, ...]:
        return self._own.not_held(profile)

    def has_walls(self) -> bool:
        return self._own.has_walls()

    def plugged(self) -> Sequence[PluginReport]:
        """Return what became of each plugin; all are loaded."""
        return self._plugged().reports

    def _plugged(self) -> _Plugged:
        with self._lock:
            if self._found is None:
                self._found = _loaded(self._plugins(), self._owners)
            return self._found


def _loaded(plugins: Sequence[Plugin], taken: Mapping[str, str]) -> _Plugged:
    given: dict[str, Mapping[str, Tool[Any]]] = {}
    broken: dict[str, PluginBroken] = {}
    for plugin in plugins:
        try:
            given[plugin.title] = _tools_of(plugin, taken)
        except PluginBroken as wrong:
            broken[plugin.title] = wrong
    for (one, ours), (other, theirs) in permutations(given.items(), 2):
        for name in ours.keys() & theirs.keys():
            broken[one] = PluginBroken(one, f"it has a tool named {name!r}, and so has {other}")
    sound = {title: tools for title, tools in given.items() if title not in broken}
    return _Plugged(
        tools={name: tool for tools in sound.values() for name, tool in tools.items()},
        reports=tuple(
            PluginReport(
                title=plugin.title,
                gives=tuple(sound.get(plugin.title, ())),
                broken=broken.get(plugin.title),
            )
            for plugin in plugins
        ),
    )


def _tools_of(plugin: Plugin, taken: Mapping[str, str]) -> Mapping[str, Tool[Any]]:
    try:
        found = tools_in(plugin.load())
    except NoTool as wrong:
        raise PluginBroken(plugin.title, str(wrong)) from wrong
    tools: dict[str, Tool[Any]] = {}
    for tool in found:
        name = tool.spec.name
        if name in taken or name in tools:
            owner = taken.get(name, "another of its own")
            raise PluginBroken(
                plugin.title, f"it has a tool named {name!r}, which is the name of {owner} too"
            )
        tools[name] = tool
    return tools
