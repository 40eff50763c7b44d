"""The MCP door, as the protocol's own client stands before it: over stdin and stdout, and over HTTP."""

import signal
import sys
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager, ExitStack
from pathlib import Path
from typing import Any, Protocol

from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.types import CallToolResult

from tests.integration.doors.stories import Story
from tests.integration.processes import ROOT, environment
from tests.integration.wire import HOST, Server, serving

Json = dict[str, Any]
MODES = ("auto", "legacy")
"""The protocol without sessions, and the one of the years before with them."""


class Way(Protocol):
    """A transport."""

    def __init__(self, folder: Path, stack: ExitStack) -> None: ...

    @abstractmethod
    def client(self, mode: str = "auto") -> AbstractAsyncContextManager[Client]:
        """Connect."""

    @abstractmethod
    def restart(self) -> None:
        """End the server and start another on the same home."""


class OverStdio(Way):
    """`taskforce mcp`: a process for each client, over when the client leaves."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder

    def client(self, mode: str = "auto") -> AbstractAsyncContextManager[Client]:
        env = environment(self._folder / "home", workspace_roots=self._folder)
        words = ["-m", "taskforce", "mcp"]
        return Client(StdioServerParameters(command=sys.executable, args=words, env=env, cwd=ROOT), mode=mode)

    def restart(self) -> None:
        return


class OverHttp(Way):
    """`taskforce serve`, at /mcp."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self.server = self._serve()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server.port}/mcp"

    def client(self, mode: str = "auto") -> AbstractAsyncContextManager[Client]:
        return Client(self.url, mode=mode)

    def restart(self) -> None:
        self.server.process.send(signal.SIGTERM)
        self.server.process.wait()
        self.server = self._serve()

    def _serve(self) -> Server:
        return self._stack.enter_context(serving(self._folder / "home", workspace_roots=self._folder))


WAYS: dict[str, type[OverStdio] | type[OverHttp]] = {"stdio": OverStdio, "http": OverHttp}


class Progress:
    """What a call was told while it waited."""

    def __init__(self) -> None:
        self.numbers: list[float] = []
        self.lines: list[str] = []

    async def __call__(self, progress: float, total: float | None, message: str | None) -> None:
        self.numbers.append(progress)
        self.lines.append(message or "")


def arguments(story: Story, folder: Path, **more: object) -> Json:
    """Return the arguments of missions_execute for a story, in a folder of its own."""
    workspace = story.workspace_in(folder)
    return {"mission": story.mission, "model": story.model, "workspace": str(workspace), **more}


def view(result: CallToolResult) -> Json:
    """Return what a call was answered with."""
    assert not result.is_error, result
    found: Json = result.structured_content
    return found


def refusal(result: CallToolResult) -> Json:
    """Return why a call was refused."""
    assert result.is_error, result
    found: Json = result.structured_content
    return found
