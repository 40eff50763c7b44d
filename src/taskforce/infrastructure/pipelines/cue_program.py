"""CUE: what the program `cue` on PATH exports of a file, bounded in time and output.

Errors are read as `cue export` writes them: a line that says what is wrong, then lines that say where, such
as `    ./.forge/repo.cue:3:12` (https://cuelang.org/docs/reference/command/cue-help-export/).
"""

import asyncio
import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import cast

from taskforce.core.pipelines.errors import ConfigInvalid, ConfigProblem
from taskforce.core.pipelines.places import cut
from taskforce.infrastructure.pipelines.documents import BEGIN, LONGEST, refused

_SECONDS = 30.0
_PLACE = re.compile(r"\s+(?P<file>\S.*):(?P<line>[0-9]+):(?P<column>[0-9]+)\s*")


class CueProgram:
    """Runs `cue`, in a process group of its own and with a clean environment."""

    def __init__(self, search_path: str | None = None, *, seconds: float = _SECONDS) -> None:
        """Take where to look for the program (None: PATH), and how long it may take for a file."""
        self._search_path = search_path
        self._seconds = seconds

    async def exported(self, tree: Path, file: str) -> bytes:
        """Return a file of the working tree as JSON. Raises ConfigInvalid."""
        program = await asyncio.to_thread(shutil.which, "cue", path=self._search_path)
        if program is None:
            message = "the program cue, which reads such files, is not on PATH. Install it, or write YAML."
            raise refused(file, BEGIN, message)
        with TemporaryDirectory(prefix="taskforce-cue-") as home:
            call = await _call(program, tree, file, home=Path(home))
            try:
                async with asyncio.timeout(self._seconds):
                    await call.settled.wait()
            except TimeoutError as wrong:
                message = f"cue did not end within {self._seconds:g} seconds. Make the file simpler."
                raise refused(file, BEGIN, message) from wrong
            finally:
                await call.end()
        return call.answer(file)


class _Call(asyncio.SubprocessProtocol):
    """One run of the program, as the event loop sees it."""

    transport: asyncio.SubprocessTransport

    def __init__(self) -> None:
        self.settled = asyncio.Event()
        """Set when all is said, or too much."""
        self._streams = {1: bytearray(), 2: bytearray()}
        self._exited = asyncio.Event()
        self._closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.SubprocessTransport", transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        room = LONGEST + 1 - len(self._streams[fd])
        self._streams[fd] += data[:room]
        if room <= len(data):
            self.settled.set()

    def process_exited(self) -> None:
        self._exited.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed = True
        self.settled.set()

    async def end(self) -> None:
        """Kill the program and its group, unless both have ended by themselves."""
        if not self._closed:
            with suppress(ProcessLookupError):
                os.killpg(self.transport.get_pid(), signal.SIGKILL)
        await self._exited.wait()
        self.transport.close()

    def answer(self, file: str) -> bytes:
        """Return what was exported. Raises ConfigInvalid with what the program says is wrong."""
        shown, said = bytes(self._streams[1]), self._streams[2].decode("utf-8", "replace")
        if max(map(len, self._streams.values())) > LONGEST:
            message = f"cue said more than {LONGEST // 1024} KiB. Make the file simpler."
            raise refused(file, BEGIN, message)
        code = self.transport.get_returncode()
        if code == 0:
            return shown
        if not said.strip():
            message = f"cue ended with exit code {code} and no word. Run `cue export {file}`."
            raise refused(file, BEGIN, message)
        raise ConfigInvalid(list(_problems(file, said)))


async def _call(program: str, tree: Path, file: str, *, home: Path) -> _Call:
    _, call = await asyncio.get_running_loop().subprocess_exec(
        _Call,
        *(program, "export", "--out", "json", f"./{file}"),
        cwd=tree,
        env={
            "PATH": os.defpath,
            "HOME": str(home),
            "CUE_CACHE_DIR": str(home / "cache"),
            "CUE_REGISTRY": "none",  # a commit says all of its configuration: nothing is fetched
        },
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    return call


def _problems(file: str, said: str) -> Iterator[ConfigProblem]:
    """Yield each error of cue's at the first place that it names."""
    message = ""
    is_placed = True
    for line in [*said.splitlines(), ""]:
        place = _PLACE.fullmatch(line)
        if place is not None and not is_placed:
            yield ConfigProblem(
                file=str(PurePosixPath(place["file"])),
                line=int(place["line"]),
                column=int(place["column"]),
                message=f"cue: {cut(message)}.",
            )
            is_placed = True
        elif place is None:
            if not is_placed:
                yield ConfigProblem(file=file, line=1, column=1, message=f"cue: {cut(message)}.")
            message, is_placed = line.strip().removesuffix(":"), not line.strip()
