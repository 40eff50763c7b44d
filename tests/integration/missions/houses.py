"""A home of Taskforce's with two sessions, and programs that one of them runs: within walls or without."""

import os
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from pydantic import JsonValue

from taskforce.core.tools import Sandbox, ToolContext, ToolResult
from taskforce.infrastructure.missions.sandbox import Bubblewrap
from taskforce.infrastructure.missions.toolbox import BuiltinTools
from taskforce.infrastructure.processes.process import ProcessLimits

LIMITS = ProcessLimits(memory=600_000_000, file_size=1_000_000, open_files=100, processes=30)
_calls = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A home of Taskforce's with a database and two sessions; the tools work in the first one's folder."""

    home: Path
    workspace: Path
    bubblewrap: Bubblewrap

    async def call(self, tool: str, sandbox: Sandbox | None = None, **arguments: JsonValue) -> ToolResult:
        called = BuiltinTools(LIMITS, bubblewrap=self.bubblewrap).tools()[tool]
        context = ToolContext(
            workspace=self.workspace,
            idempotency_key=f"job/call-{next(_calls)}",
            sandbox=sandbox or Sandbox(),
        )
        return await called.run(called.check(arguments), context)

    async def sh(self, line: str, *, timeout: int = 20, sandbox: Sandbox | None = None) -> ToolResult:
        return await self.call("shell", sandbox, command=line, timeout=timeout)

    async def python(self, code: str, *, sandbox: Sandbox | None = None) -> ToolResult:
        return await self.call("python", sandbox, code=code)

    async def goes_on(self) -> bool:
        """Tell whether the next call works."""
        return (await self.sh("echo well")).content == "well"


def a_house(folder: Path, bubblewrap: Bubblewrap | None = None) -> House:
    home = folder / "home"
    for session in ("ours", "other"):
        (home / "workspaces" / session).mkdir(parents=True)
        (home / "workspaces" / session / "secret").write_text(f"secret of {session}")
    (home / "taskforce.db").write_text("secret of the store")
    workspace = home / "workspaces" / "ours"
    return House(home=home, workspace=workspace, bubblewrap=bubblewrap or Bubblewrap((home,)))


def must_have_bubblewrap() -> None:
    lack = Bubblewrap().lack()
    if lack is not None:
        assert not os.environ.get("CI"), f"{lack}: nothing shows that the walls hold"
        pytest.skip(lack)


def a_walled_house(folder: Path) -> House:
    """Skip where there is no bubblewrap; in CI that is a failure."""
    must_have_bubblewrap()
    return a_house(folder)
