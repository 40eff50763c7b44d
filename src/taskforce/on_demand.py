"""Imports of what a process may never need.

    with on_demand(__name__):
        from taskforce.application.videos.service import VideoService

Classes, functions and tables that are imported in such a block are loaded when they are first called, asked
for an attribute or looked into. Type checkers and import contracts see an import like any other.
"""

import builtins
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from threading import RLock
from types import ModuleType
from typing import Any

_one_block = RLock()
"""Held while one module imports on demand: it is a matter of microseconds, for nothing is loaded."""


class _OnDemand(type):
    """What stands for something until it is needed: an annotation too, no base class and nothing to catch."""

    def __call__(cls, *args: object, **words: object) -> object:
        return _loaded(cls)(*args, **words)

    def __getattr__(cls, name: str) -> object:
        if name.startswith("__"):  # who looks at a class in general does not need this one
            raise AttributeError(name)
        return getattr(_loaded(cls), name)

    def __getitem__(cls, key: object) -> object:
        return _loaded(cls)[key]

    def __iter__(cls) -> Iterator[object]:
        return iter(_loaded(cls))

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _loaded(cls))


@contextmanager
def on_demand(importer: str) -> Iterator[None]:
    """Import on demand what this module imports by `from … import …` in the block."""

    def importing(
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002 - the words of Python's own
        locals: Mapping[str, object] | None = None,  # noqa: A002 - the same
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        if fromlist and globals and globals.get("__name__") == importer:
            promises = {word: _OnDemand(word, (), {"__module__": name}) for word in fromlist}
            _promised.extend(promises.values())
            shelf = ModuleType(name)
            vars(shelf).update(promises)
            return shelf
        return usual(name, globals, locals, fromlist, level)

    with _one_block:
        usual, builtins.__import__ = builtins.__import__, importing
        try:
            yield
        finally:
            builtins.__import__ = usual


def load_promised() -> None:
    """Load all that was imported on demand, as a process does that stays: nobody is to wait for it later."""
    for promise in _promised:  # which grows, by what is loaded
        _loaded(promise)


_promised: list[_OnDemand] = []


def _loaded(promise: _OnDemand) -> Any:  # noqa: ANN401 - whatever has the name
    return getattr(import_module(promise.__module__), promise.__name__)
