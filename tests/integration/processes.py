"""Real processes: each is bounded in time, ended by its id, and says on stderr why it failed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Self, TypeVar

from tests.integration.warm_start import WarmProcess

T = TypeVar("T")

PATIENCE = 30.0
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What came of a process."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever was printed
        """Return what it printed, as JSON."""
        assert self.out, f"nothing printed, exit code {self.code}: {self.err}"
        return json.loads(self.out)


class Process:
    """A process that is over when the context is left."""

    def __init__(self, *argv: str, env: Mapping[str, str]) -> None:
        self._out: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed when the context is left
        self._err: IO[bytes] = TemporaryFile()  # noqa: SIM115 - the same
        self._process = WarmProcess(
            argv, env=dict(env), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self._out, stderr=self._err
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def is_still(self) -> bool:
        """Tell whether a signal holds it still."""
        return _state(self.pid) == "T"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._out.close()
        self._err.close()

    def wait(self, *, seconds: float = PATIENCE) -> Ended:
        """Wait for its end, and say what came of it."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"not over after {seconds} s; stderr: {self.err}") from None
        return Ended(code=code, out=_read(self._out), err=self.err)

    @property
    def err(self) -> str:
        """Return what it has said on stderr so far."""
        return _read(self._err)

    @property
    def out(self) -> str:
        """Return what it has printed so far."""
        return _read(self._out)

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.is_alive:
            self._process.kill()
            self._process.wait(PATIENCE)


def environment(home: Path, **settings: object) -> dict[str, str]:
    """Return the environment of a process on this home: no setting of ours is taken over."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("TASKFORCE_")}
    given = {"model_probe": False, **settings}
    told = {f"TASKFORCE_{name.upper()}": str(value) for name, value in given.items()}
    return {**kept, "XDG_CONFIG_HOME": str(home), "TASKFORCE_HOME": str(home), **told}


def taskforce(home: Path, *words: str, **settings: object) -> Process:
    """Start the command line."""
    return Process(sys.executable, "-m", "taskforce", *words, env=environment(home, **settings))


def script(file: Path, home: Path, *words: str, **settings: object) -> Process:
    """Start a Python program of the tests."""
    env = environment(home, **settings)
    paths = os.pathsep.join([str(ROOT), *filter(None, [env.get("PYTHONPATH")])])
    return Process(sys.executable, str(file), *words, env=env | {"PYTHONPATH": paths})


def said(home: Path, *words: str, seconds: float = PATIENCE, **settings: object) -> Ended:
    """Run a command to its end."""
    with taskforce(home, *words, **settings) as process:
        return process.wait(seconds=seconds)


def until(get: Callable[[], T | None], *, seconds: float = PATIENCE, what: str = "what is waited for") -> T:
    """Return the first thing that is got and not empty."""
    end = time.monotonic() + seconds
    while True:
        got = get()
        if got:
            return got
        assert time.monotonic() < end, f"{what} did not come within {seconds} s"
        time.sleep(0.01)


def content_of(file: Path) -> str:
    """Return what a file holds; "" when it is not there yet, or is being written."""
    with suppress(FileNotFoundError):
        text = file.read_text()
        return text if text.endswith("\n") else ""
    return ""


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that is over and not reaped does not."""
    return _state(pid) not in {"", "Z"}


def programs_in(workspace: Path) -> list[int]:
    """Return the processes of tools that work in a folder, which is their home."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"HOME={workspace}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return [pid for pid in found if is_alive(pid)]


def _state(pid: int) -> str:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return ""


def _read(file: IO[bytes]) -> str:
    with open(f"/proc/self/fd/{file.fileno()}", "rb") as own:  # noqa: PTH123 - its own place in the file
        return own.read().decode("utf-8", "replace")
