"""All strategies that missions may follow: Taskforce's own, and those of plugins."""

from collections.abc import Sequence
from threading import Lock
from typing import cast

from taskforce.core.missions.errors import StrategyNotFound
from taskforce.core.missions.plan_and_execute import PlanAndExecute
from taskforce.core.missions.ports import StrategySource
from taskforce.core.missions.profile import StrategyName
from taskforce.core.missions.strategy import React, Strategy
from taskforce.core.plugins import FindPlugins, Plugin, PluginBroken, PluginReport, no_plugins

OWN: dict[str, Strategy] = {
    StrategyName.REACT: React(),
    StrategyName.PLAN_AND_EXECUTE: PlanAndExecute(),
}
ASKED = ("next", "offered", "resumed", "revised")


class OfferedStrategies(StrategySource):
    """Every name has one strategy; a plugin is looked for only under a name that is none of ours.

    A plugin that takes a name which is taken is broken, and so is the other one if it is a plugin.
    """

    def __init__(self, *, plugins: FindPlugins = no_plugins) -> None:
        self._find = plugins
        self._lock = Lock()
        self._found: Sequence[Plugin] | None = None
        self._loaded: dict[str, Strategy] = {}

    def get(self, name: str) -> Strategy:
        if name in OWN:
            return OWN[name]
        plugin = next((plugin for plugin in self._plugins() if plugin.name == name), None)
        if plugin is None:
            raise StrategyNotFound(name, self.names())
        return self._strategy(plugin)

    def knows(self, name: str) -> bool:
        return name in OWN or any(plugin.name == name for plugin in self._plugins())

    def names(self) -> Sequence[str]:
        return sorted({*map(str, OWN), *(plugin.name for plugin in self._plugins())})

    def plugged(self) -> Sequence[PluginReport]:
        """Return what became of each plugin; all are loaded."""
        return tuple(map(self._report, self._plugins()))

    def _report(self, plugin: Plugin) -> PluginReport:
        try:
            self._strategy(plugin)
        except PluginBroken as broken:
            return PluginReport(title=plugin.title, broken=broken)
        return PluginReport(title=plugin.title, gives=(plugin.name,))

    def _strategy(self, plugin: Plugin) -> Strategy:
        if plugin.name in OWN:
            raise PluginBroken(plugin.title, f"the strategy {plugin.name!r} is Taskforce's own")
        for other in self._plugins():
            if other is not plugin and other.name == plugin.name:
                raise PluginBroken(plugin.title, f"the strategy {plugin.name!r} is {other.title}'s too")
        with self._lock:
            if plugin.name not in self._loaded:
                self._loaded[plugin.name] = _strategy_of(plugin)
            return self._loaded[plugin.name]

    def _plugins(self) -> Sequence[Plugin]:
        with self._lock:
            if self._found is None:
                self._found = self._find()
            return self._found


def _strategy_of(plugin: Plugin) -> Strategy:
    given = plugin.load()
    try:
        strategy = given() if isinstance(given, type) else given
    except Exception as error:
        raise PluginBroken(plugin.title, f"making it raised {type(error).__name__}: {error}") from error
    if not all(callable(getattr(strategy, name, None)) for name in ASKED):
        raise PluginBroken(plugin.title, f"{given!r} is no strategy. Name a class that is a Strategy")
    return cast("Strategy", strategy)
