"""Plugins: the only reader of entry points.

Whoever installs a distribution trusts its code, as with any import.
"""

from collections.abc import Sequence
from functools import partial
from importlib.metadata import EntryPoint, entry_points

from taskforce.core.plugins import Plugin, PluginBroken

TOOLS = "taskforce.tools"
PROGRAMS = "taskforce.programs"
STRATEGIES = "taskforce.strategies"
ACTIONS = "taskforce.actions"


def tool_plugins() -> Sequence[Plugin]:
    """Find the plugins that give tools: each names a tool, or a list or a mapping of tools."""
    return _found(TOOLS)


def program_plugins() -> Sequence[Plugin]:
    """Find the plugins that give programs: each is named like the kind of job that its program plays."""
    return _found(PROGRAMS)


def strategy_plugins() -> Sequence[Plugin]:
    """Find the plugins that give strategies: each is named as profiles name its strategy."""
    return _found(STRATEGIES)


def action_plugins() -> Sequence[Plugin]:
    """Find the plugins that give actions: each is named as steps of pipelines name its action."""
    return _found(ACTIONS)


def _found(group: str) -> Sequence[Plugin]:
    plugins = (
        Plugin(name=point.name, title=_title(point), load=partial(_loaded, point))
        for point in entry_points(group=group)
    )
    return sorted(plugins, key=lambda plugin: plugin.title)


def _title(point: EntryPoint) -> str:
    whose = f"{point.dist.name} {point.dist.version}" if point.dist else "of an unknown distribution"
    return f"{whose} ({point.group}: {point.name} = {point.value})"


def _loaded(point: EntryPoint) -> object:
    try:
        return point.load()
    except (Exception, SystemExit) as error:
        problem = f"loading it raised {type(error).__name__}: {error}"
        raise PluginBroken(_title(point), problem) from error
