"""The container is there without what it could be wired to."""

import subprocess
import sys

LOADED = """
import sys
import taskforce.application.injection
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"fastapi", "starlette", "werkzeug"}))
"""
WIRED = """
import sys
from taskforce.application.injection import containers, providers
from dependency_injector.wiring import Provide, inject

class Box(containers.DeclarativeContainer):
    what = providers.Object("wired")

@inject
def found(what=Provide[Box.what]):
    return what

Box().wire(modules=[sys.modules[__name__]])
print(found())
"""


def said(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_no_framework_is_loaded_with_it() -> None:
    assert said(LOADED) == ""


def test_whoever_uses_the_library_may_wire_containers_of_their_own() -> None:
    assert said(WIRED) == "wired"
