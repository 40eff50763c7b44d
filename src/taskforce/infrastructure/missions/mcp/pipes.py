"""A server on stdin and stdout: started by the launcher, bounded in what it says, ended for good.

The SDK's own transport reads a line of any length, and a server that it starts outlives a killed worker.
"""

import asyncio
import json
import os
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from typing import TypeVar

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.client.stdio import get_default_environment
from mcp.shared.message import SessionMessage
from mcp.types.jsonrpc import jsonrpc_message_adapter

from taskforce.core.missions.mcp_servers import McpServer
from taskforce.infrastructure.missions.mcp.trace import Trace
from taskforce.infrastructure.processes import launcher
from taskforce.infrastructure.processes.launcher import GRACE, descendants, spelled

MOST_MESSAGE = 8 * 1024 * 1024
LEAVING = 1.0
"""Seconds that a server has to end by itself when its stdin closes."""
_SLACK = 1.0
_CHUNK = 65_536

P = TypeVar("P")
Heard = MemoryObjectSendStream[SessionMessage | Exception]
Streams = tuple[MemoryObjectReceiveStream[SessionMessage | Exception], MemoryObjectSendStream[SessionMessage]]
Said = MemoryObjectReceiveStream[SessionMessage]


@asynccontextmanager
async def connected(server: McpServer, trace: Trace) -> AsyncIterator[Streams]:
    """Start a server, and end it and all that it started. Raises OSError when its folder is not there."""
    with ExitStack() as stack:
        folder = server.cwd or stack.enter_context(_folder())
        facts = _Facts(stack)
        process = await _started(server, folder, facts)
        heard_by, heard = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        said, said_by = anyio.create_memory_object_stream[SessionMessage](0)
        carrying = asyncio.gather(
            _hear(process, heard_by, trace), _say(process, said_by, heard_by), _listen(process, trace)
        )
        try:
            yield heard, said
        finally:
            for stream in (heard, said):
                stream.close()
            await _ended(process)
            with suppress(TimeoutError):
                async with asyncio.timeout(_SLACK):
                    await carrying
            for end in (heard_by, said_by):
                end.close()
            trace.problem = trace.problem or facts.end()


def _folder() -> tempfile.TemporaryDirectory[str]:
    """Make a folder in which nothing lies that a mission could have put there for the server to load."""
    return tempfile.TemporaryDirectory(prefix="taskforce-mcp-", ignore_cleanup_errors=True)


class _Facts:
    """The pipe in which the launcher tells how the server ended."""

    def __init__(self, stack: ExitStack) -> None:
        self._read, self.write = os.pipe()
        os.set_blocking(self._read, False)
        stack.callback(os.close, self._read)

    def end(self) -> str:
        """Return how it ended, in words; "" when the launcher was killed before it could tell."""
        told = b""
        with suppress(BlockingIOError):
            told = os.read(self._read, 4096).partition(b"\n")[2]
        verdict = json.loads(told) if told else {}
        if verdict.get("reason"):
            return ""
        if verdict.get("signal") is not None:
            return f"it was ended by signal {verdict['signal']}."
        return f"it ended with exit code {verdict['exit_code']}." if verdict else ""


async def _started(server: McpServer, folder: str, facts: _Facts) -> Process:
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    order = spelled({"parent": os.getpid(), "facts": facts.write, "folder": place})
    try:
        creating = asyncio.ensure_future(
            asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", launcher.__file__, order),
                *(str(server.command), *server.args),
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                limit=MOST_MESSAGE,
                env={**get_default_environment(), **server.env},
                pass_fds=(facts.write, place),
                start_new_session=True,
            )
        )
        try:
            return await asyncio.shield(creating)
        except asyncio.CancelledError:
            await _ended(await creating)
            raise
    finally:
        os.close(place)
        os.close(facts.write)


async def _hear(process: Process, heard_by: Heard, trace: Trace) -> None:
    """Hand on what the server says, until nobody wants it; the rest is read so that it can end."""
    stdout = _there(process.stdout)
    with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError), heard_by:
        try:
            await _hand_on(stdout, heard_by, trace)
        except asyncio.LimitOverrunError:
            trace.problem = f"it said more than {MOST_MESSAGE // 2**20} MiB in one message."
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # it is over; how, the launcher tells
        finally:
            trace.is_over = True
    while await stdout.read(_CHUNK):
        pass


async def _hand_on(stdout: asyncio.StreamReader, heard_by: Heard, trace: Trace) -> None:
    """Hand on messages; a line that is none counts as talk."""
    while line := await stdout.readuntil(b"\n"):
        try:
            message = jsonrpc_message_adapter.validate_json(line, by_name=False)
        except ValueError:
            trace.hear(line)
            continue
        await heard_by.send(SessionMessage(message))


async def _say(process: Process, said_by: Said, heard_by: Heard) -> None:
    stdin = _there(process.stdin)
    try:
        async for message in said_by:
            text = message.message.model_dump_json(by_alias=True, exclude_unset=True)
            stdin.write(f"{text}\n".encode("utf-8", "replace"))
            await stdin.drain()
    except ConnectionError:
        heard_by.close()  # nobody reads: whoever waits for an answer is to know


async def _listen(process: Process, trace: Trace) -> None:
    stderr = _there(process.stderr)
    while data := await stderr.read(_CHUNK):
        trace.hear(data)


async def _ended(process: Process) -> None:
    """Close its stdin, ask it to end, and see to it if it does not."""
    _there(process.stdin).close()
    if await _is_over_within(process, LEAVING):
        return
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    if await _is_over_within(process, GRACE + _SLACK):
        return
    for pid in (*descendants(process.pid), process.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    await _is_over_within(process, _SLACK)


async def _is_over_within(process: Process, seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await process.wait()
    return process.returncode is not None


def _there(pipe: P | None) -> P:
    """Return a pipe of a process that was started with all three."""
    if pipe is None:
        raise RuntimeError("the process was started without its pipes")
    return pipe
