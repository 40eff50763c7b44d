"""The server that has Taskforce loaded, forks itself for each program that is asked for, and becomes it."""

import atexit
import gc
import importlib
import inspect
import io
import json
import locale
import os
import pkgutil
import runpy
import socket
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import coverage

LOADED = (
    "alembic.command",
    "alembic.ddl.sqlite",
    "httptools",
    "sqlalchemy.dialects.sqlite",
    "taskforce.api.server",
    "taskforce.application.executor",
    "taskforce.cli",
    "taskforce.cli.commands",
    "taskforce.library",
    "taskforce.mcp",
    "uvicorn",
    "uvloop",
    "yaml",
)
"""What most programs load: these modules, and those right below them. What few load, none gets."""
LONGEST = 1 << 20
vanish = os._exit
"""As the system has it: where lines are counted, it is replaced."""


def load() -> None:
    """Load Taskforce as a program at work has it. Nothing of it starts a thread: a fork would lack it."""
    for name in LOADED:
        module = importlib.import_module(name)
        if name.startswith("taskforce."):
            for below in pkgutil.iter_modules(getattr(module, "__path__", ())):
                importlib.import_module(f"{name}.{below.name}")
    inspect.stack()  # coverage asks for it when it begins, and it looks through all modules the first time
    assert threading.active_count() == 1
    gc.collect()
    gc.freeze()


def serve(channel: socket.socket) -> dict[str, Any]:
    """Fork for each who asks, until nobody can ask any more; return, in the fork, what it was asked for."""
    while True:
        message, streams, *_ = socket.recv_fds(channel, LONGEST, 3)
        if not message:
            sys.exit()
        asked: dict[str, Any] = json.loads(message)
        pids, tell = os.pipe()
        between = os.fork()
        if between == 0:
            pid = os.fork()
            if pid == 0:
                for number in (pids, tell, channel.detach()):
                    os.close(number)
                become(asked, streams)
                return asked
            os.write(tell, pid.to_bytes(4))
            vanish(0)  # it leaves an orphan, which is adopted by whoever asked
        os.waitpid(between, 0)
        channel.sendall(os.read(pids, 4))
        for number in (pids, tell, *streams):
            os.close(number)


def become(asked: dict[str, Any], streams: list[int]) -> None:
    """Take over what an interpreter takes from who starts it."""
    if asked["session"]:
        os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    locale.setlocale(locale.LC_CTYPE, "")
    tempfile.tempdir = None
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), "utf-8")
    sys.stdout = _written(1, "strict", at_each_line=os.isatty(1))
    sys.stderr = _written(2, "backslashreplace", at_each_line=True)


def _written(number: int, errors: str, *, at_each_line: bool) -> io.TextIOWrapper:
    whole = io.BufferedWriter(io.FileIO(number, "w", closefd=False))
    at_once = bool(os.environ.get("PYTHONUNBUFFERED"))
    return io.TextIOWrapper(whole, "utf-8", errors, line_buffering=at_each_line or at_once)


def play(words: list[str]) -> None:
    """Run a module or a file, as the interpreter would be told to."""
    coverage.process_startup()
    paths = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    if words[0] == "-m":
        sys.path[:1] = [str(Path.cwd()), *paths]
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.path[:1] = [str(Path(words[0]).parent), *paths]
        sys.argv = words
        runpy.run_path(words[0], run_name="__main__")


def leave(code: int) -> None:
    """Do what an interpreter does in its end, but take nothing apart: that would copy all that is shared."""
    threading._shutdown()  # type: ignore[attr-defined] # noqa: SLF001 - the interpreter's own last words
    atexit._run_exitfuncs()  # noqa: SLF001 - the same
    with suppress(OSError):  # what cannot be written is told by the interpreter
        sys.stdout.flush()
        sys.stderr.flush()
        vanish(code)


if __name__ == "__main__":
    load()
    try:
        play(serve(socket.socket(fileno=int(sys.argv[1])))["words"])
    except SystemExit as end:
        if isinstance(end.code, int | None):
            leave(end.code or 0)
        raise
    leave(0)
