"""The programs by kind, each made when a job first needs it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from threading import RLock
from typing import cast

from taskforce.core.errors import Invalid
from taskforce.core.jobs.program import Program
from taskforce.core.plugins import FindPlugins, Plugin, PluginBroken, PluginReport, no_plugins


class KindTaken(Invalid):
    """Two programs bear the same kind."""

    code = "kind_taken"
    title = "Kind taken"

    def __init__(self, kind: str) -> None:
        super().__init__(f"There is a program of the kind {kind!r} already. Give yours another kind.")


class Repertoire(Mapping[str, Program]):
    """Taskforce's own programs, which take time to load, those of whoever opens it, and those of plugins.

    Raises KindTaken for two that are given. A plugin is named like the kind it plays, so that it is loaded
    when a job is of this kind, which raises PluginBroken if it cannot be; it never takes a kind from others.
    """

    def __init__(
        self,
        own: Mapping[str, Callable[[], Program]],
        guests: Iterable[Program] = (),
        *,
        plugins: FindPlugins = no_plugins,
    ) -> None:
        self._makers = dict(own)
        self._made: dict[str, Program] = {}
        for guest in guests:
            if guest.kind in self._makers or guest.kind in self._made:
                raise KindTaken(guest.kind)
            self._made[guest.kind] = guest
        self._taken = frozenset(self._makers) | frozenset(self._made)
        self._find = plugins
        self._plugins: Sequence[Plugin] | None = None
        self._lock = RLock()

    def __getitem__(self, kind: str) -> Program:
        with self._lock:
            if kind not in self._made:
                self._made[kind] = self._maker(kind)()
            return self._made[kind]

    def __contains__(self, kind: object) -> bool:
        return kind in self._taken or any(plugin.name == kind for plugin in self._plugged())

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._makers, *self._made, *(plugin.name for plugin in self._plugged())]))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def plugged(self) -> Sequence[PluginReport]:
        """Return what became of each plugin; all are loaded."""
        return tuple(map(self._report, self._plugged()))

    def _report(self, plugin: Plugin) -> PluginReport:
        try:
            self._check(plugin)
            self[plugin.name]
        except PluginBroken as broken:
            return PluginReport(title=plugin.title, broken=broken)
        return PluginReport(title=plugin.title, gives=(plugin.name,))

    def _plugged(self) -> Sequence[Plugin]:
        with self._lock:
            if self._plugins is None:
                self._plugins = self._find()
            return self._plugins

    def _maker(self, kind: str) -> Callable[[], Program]:
        if kind in self._makers:
            return self._makers[kind]
        plugin = next((plugin for plugin in self._plugged() if plugin.name == kind), None)
        if plugin is None:
            raise KeyError(kind)
        self._check(plugin)
        return partial(_program_of, plugin)

    def _check(self, plugin: Plugin) -> None:
        """Raise PluginBroken when a plugin's kind is another's too."""
        if plugin.name in self._taken:
            raise PluginBroken(plugin.title, f"the kind {plugin.name!r} has a program already")
        for other in self._plugged():
            if other is not plugin and other.name == plugin.name:
                raise PluginBroken(plugin.title, f"the kind {plugin.name!r} is played by {other.title} too")


def _program_of(plugin: Plugin) -> Program:
    given = plugin.load()
    try:
        program = given() if isinstance(given, type) else given
    except Exception as error:
        raise PluginBroken(plugin.title, f"making it raised {type(error).__name__}: {error}") from error
    if not all(callable(getattr(program, name, None)) for name in ("opening", "throttle", "play", "ended")):
        raise PluginBroken(plugin.title, f"{given!r} is no program. Name a class that is a taskforce.Program")
    found = cast("Program", program)
    if found.kind != plugin.name:
        raise PluginBroken(plugin.title, f"its kind is {found.kind!r}. Name the entry point like the kind")
    return found
