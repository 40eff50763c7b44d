"""The tools shell and python.

Both are `idempotent`: when the process died while one was under way, it is started again, for a mission shall
go on by itself. Whoever cannot bear that a command runs twice lets the profile ask before each.
"""

import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field

from taskforce.core.documents import JsonObject
from taskforce.core.missions.model import Frozen
from taskforce.core.tools import ModelledTool, Risk, ToolContext, ToolEffect, ToolResult
from taskforce.infrastructure.missions.process import LIMITS, Command, Ended, run
from taskforce.infrastructure.missions.sandbox import Bubblewrap, Walls
from taskforce.infrastructure.missions.texts import to_bytes
from taskforce.infrastructure.processes.process import ProcessLimits

_DRIVER = Path(__file__).with_name("python_driver.py")
_TIMEOUT = "Seconds after which it is stopped."


class RunShell(Frozen):
    """Arguments of `shell`."""

    command: str = Field(min_length=1, max_length=30_000, description="What /bin/sh runs in the workspace.")
    timeout: int = Field(default=60, ge=1, le=600, strict=True, description=_TIMEOUT)


class RunPython(Frozen):
    """Arguments of `python`."""

    code: str = Field(
        min_length=1, max_length=200_000, description="Python code; print what you want to see."
    )
    timeout: int = Field(default=60, ge=1, le=600, strict=True, description=_TIMEOUT)


@dataclass(frozen=True, slots=True)
class Shell(ModelledTool[RunShell]):
    """Runs a command line; what it leaves running in the background ends with it."""

    limits: ProcessLimits = LIMITS
    bubblewrap: Bubblewrap = field(default_factory=Bubblewrap)

    name = "shell"
    description = "Run a command with /bin/sh in the workspace. What it leaves running is ended with it."
    risk = Risk.EXECUTE
    effect = ToolEffect.IDEMPOTENT
    parallel = False
    walled = True
    arguments = RunShell

    async def run(self, arguments: RunShell, context: ToolContext) -> ToolResult:
        command = Command(
            argv=("/bin/sh", "-c", arguments.command),
            workspace=context.workspace,
            seconds=arguments.timeout,
            hint=context.hint,
            limits=self.limits,
            walls=Walls(bubblewrap=self.bubblewrap, sandbox=context.sandbox),
        )
        return answer(await run(command), seconds=arguments.timeout)


@dataclass(frozen=True, slots=True)
class Python(ModelledTool[RunPython]):
    """Runs code in an isolated interpreter of its own, which finds the workspace's modules."""

    limits: ProcessLimits = LIMITS
    bubblewrap: Bubblewrap = field(default_factory=Bubblewrap)

    name = "python"
    description = "Run Python code in the workspace, in an interpreter of its own."
    risk = Risk.EXECUTE
    effect = ToolEffect.IDEMPOTENT
    parallel = False
    walled = True
    arguments = RunPython

    async def run(self, arguments: RunPython, context: ToolContext) -> ToolResult:
        command = Command(
            argv=(sys.executable, "-I", "-B", "-X", "utf8", "-u", str(_DRIVER)),
            workspace=context.workspace,
            seconds=arguments.timeout,
            stdin=_once(to_bytes(arguments.code)),
            hint=context.hint,
            limits=self.limits,
            walls=Walls(bubblewrap=self.bubblewrap, sandbox=context.sandbox, readable=(_DRIVER,)),
        )
        return answer(await run(command), seconds=arguments.timeout)


def answer(ended: Ended, *, seconds: float) -> ToolResult:
    """Return what a program said and how it ended, in words and in facts."""
    out, err = ended.stdout.text(), ended.stderr.text()
    remark = _remark(ended, seconds)
    parts = (out, f"[stderr]\n{err}" if err else "", f"[{remark}]" if remark else "")
    content = "\n".join(part.rstrip("\n") for part in parts if part)
    details: JsonObject = {
        "exit_code": ended.verdict.exit_code,
        "signal": ended.verdict.signal,
        "timed_out": ended.timed_out,
        "bytes": ended.stdout.total + ended.stderr.total,
        "truncated": ended.stdout.truncated or ended.stderr.truncated,
    }
    return ToolResult(content=content or "(no output)", failed=bool(remark), details=details)


def _remark(ended: Ended, seconds: float) -> str:
    """Return what was wrong with a program's end, "" if nothing."""
    verdict = ended.verdict
    if ended.timed_out:
        return f"stopped after {seconds:g} s; give a longer timeout (up to 600) or do less at once"
    if verdict.reason == "processes":
        return "stopped because it started too many processes"
    if verdict.exit_code is None:
        return f"ended by signal {verdict.signal}"
    return f"exit code {verdict.exit_code}" if verdict.exit_code else ""


async def _once(data: bytes) -> AsyncGenerator[bytes, None]:
    yield data
