"""Plugins: what other distributions give to Taskforce, each loaded when it is first needed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from taskforce.core.errors import Invalid


class PluginBroken(Invalid):
    """A plugin that cannot be loaded, or gives what it must not."""

    code = "plugin_broken"
    title = "Plugin broken"

    def __init__(self, plugin: str, problem: str) -> None:
        super().__init__(
            f"The plugin {plugin} cannot be used: {problem.rstrip('.')}. Mend it or uninstall it; "
            "`taskforce doctor` looks at it again."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """A thing that a distribution gives: an entry point."""

    name: str
    """The entry point's name."""
    title: str
    """The distribution with its version, the group and the entry point, for people."""
    load: Callable[[], object]
    """Returns the thing. Raises PluginBroken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginReport:
    """What became of a plugin."""

    title: str
    gives: tuple[str, ...] = ()
    broken: PluginBroken | None = None


FindPlugins = Callable[[], Sequence[Plugin]]
"""Finds the plugins of one group, in order of their titles, and loads none."""


def no_plugins() -> Sequence[Plugin]:
    """Find none."""
    return ()
