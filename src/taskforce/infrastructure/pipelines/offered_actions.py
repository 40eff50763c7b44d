"""All actions that steps may name: those of Taskforce's other capabilities, and those of plugins."""

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import cast

from taskforce.core.pipelines.actions import COMMAND, EXTERNAL, ActionSource, StepAction, UnknownAction
from taskforce.core.plugins import FindPlugins, Plugin, PluginBroken, PluginReport, no_plugins

_OWN = frozenset({COMMAND, EXTERNAL})


class OfferedActions(ActionSource):
    """Every name has one action; a plugin is looked for only under a name that is none of ours."""

    def __init__(
        self, own: Mapping[str, Callable[[], StepAction]], *, plugins: FindPlugins = no_plugins
    ) -> None:
        self._makers = dict(own)
        self._made: dict[str, StepAction] = {}
        self._find = plugins
        self._found: Sequence[Plugin] | None = None
        self._lock = Lock()

    def get(self, name: str) -> StepAction:
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def plugged(self) -> Sequence[PluginReport]:
        """Return what became of each plugin; all are loaded."""
        return tuple(map(self._report, self._plugins()))

    def _make(self, name: str) -> StepAction:
        if name in self._makers:
            return self._makers[name]()
        for plugin in self._plugins():
            if plugin.name == name:
                return self._loaded(plugin)
        raise UnknownAction(name, [*self._makers, *(plugin.name for plugin in self._plugins())])

    def _loaded(self, plugin: Plugin) -> StepAction:
        twins = [other for other in self._plugins() if other.name == plugin.name]
        if plugin.name in _OWN | self._makers.keys() or len(twins) > 1:
            raise PluginBroken(plugin.title, f"there is another action {plugin.name!r}")
        given = plugin.load()
        try:
            action = given() if isinstance(given, type) else given
        except Exception as error:
            raise PluginBroken(plugin.title, f"making it raised {type(error).__name__}: {error}") from error
        if not all(callable(getattr(action, name, None)) for name in ("prepare", "changes")):
            raise PluginBroken(plugin.title, f"{given!r} is no action. Name a class that is a StepAction")
        return cast("StepAction", action)

    def _plugins(self) -> Sequence[Plugin]:
        with self._lock:
            if self._found is None:
                self._found = self._find()
            return self._found

    def _report(self, plugin: Plugin) -> PluginReport:
        try:
            self._loaded(plugin)
        except PluginBroken as broken:
            return PluginReport(title=plugin.title, broken=broken)
        return PluginReport(title=plugin.title, gives=(plugin.name,))
