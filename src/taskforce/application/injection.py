"""dependency_injector as this house uses it: containers and providers, without wiring.

Its wiring loads FastAPI, Starlette and Werkzeug wherever they are installed, which takes longer than most
commands. Nothing here is wired, so a stand-in that loads it on demand is there while the rest is imported.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

_WIRING = "dependency_injector.wiring"


@contextmanager
def _wiring_on_demand() -> Iterator[None]:
    if _WIRING in sys.modules:
        yield
        return
    stand_in = ModuleType(_WIRING)
    for name in ("wire", "unwire"):
        setattr(stand_in, name, _on_demand(name))
    sys.modules[_WIRING] = stand_in
    try:
        yield
    finally:
        del sys.modules[_WIRING]


def _on_demand(name: str) -> object:
    def call(*args: object, **fields: object) -> object:
        return getattr(import_module(_WIRING), name)(*args, **fields)

    return call


with _wiring_on_demand():
    from dependency_injector import containers, providers

__all__ = ["containers", "providers"]
