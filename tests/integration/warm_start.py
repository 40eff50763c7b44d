"""Python programs that need not load Taskforce: each is forked from a server that has it loaded.

Each is a process of its own all the same, and a child of who starts it: its id, words, environment, folder,
streams, session and covered lines are its own; signals reach it, and its exit code is its own. It lacks the
start of an interpreter only. Tests of that start cold (`test_cli_start`, `test_same_bytes`).
"""

import atexit
import ctypes
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, AnyStr

ROOT = Path(__file__).parents[2]
SERVER = Path(__file__).with_name("warm_server.py")
SET_CHILD_SUBREAPER = 36
LOCK = Lock()
ENVIRONMENT = {name: text for name, text in os.environ.items() if not name.startswith("COVERAGE_")}
"""As it is before any test: what one of them adds to it is for its own processes."""


class WarmProcess(subprocess.Popen[AnyStr]):
    """A process as `subprocess.Popen` starts it, of the words `python -m module …` or `python file …`."""

    def _execute_child(self, args: Sequence[str], *how: Any) -> None:  # noqa: ANN401 - what `Popen` hands over
        """Start it: the one thing of `Popen` that differs. Pipes, waiting and signals stay as they are."""
        _, _, _, _, folder, environment, _, _, _, *streams, _, _, _, _, _, has_session, _ = how
        p2cread, _, _, c2pwrite, _, errwrite = streams
        if not _can_be_warm(args, environment):
            super()._execute_child(args, *how)  # type: ignore[misc] # private, as it says
            return
        asked = {
            "words": [str(word) for word in args[1:]],
            "folder": str(folder or Path.cwd()),
            "environment": dict(os.environ if environment is None else environment),
            "session": has_session,
        }
        given = [own if own != -1 else number for number, own in enumerate((p2cread, c2pwrite, errwrite))]
        try:
            self.pid = _fork(json.dumps(asked).encode(), given)
        finally:
            self._close_pipe_fds(*streams)  # type: ignore[attr-defined] # the same
        self._child_created = True


def _can_be_warm(args: Sequence[str], env: Mapping[str, str] | None) -> bool:
    """Tell whether it is a Python program as ours would play it, on a system that hands on orphans."""
    plain = args[0] == sys.executable and (args[1] == "-m" or not args[1].startswith("-"))
    return plain and sys.platform == "linux" and "PYTHONHASHSEED" not in (env or {})


def _fork(asked: bytes, streams: list[int]) -> int:
    """Ask the server for a process. It is left an orphan, and we are who adopts orphans just now."""
    with LOCK:
        server, adopt = _server(), ctypes.CDLL(None).prctl
        adopt(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        try:
            socket.send_fds(server, [asked], streams)
            return int.from_bytes(server.recv(4))
        finally:
            adopt(SET_CHILD_SUBREAPER, 0, 0, 0, 0)


@cache
def _server() -> socket.socket:
    """Start the server, which ends when we do. It counts no lines: its forks do."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        process = subprocess.Popen(
            [sys.executable, str(SERVER), str(its.fileno())],
            pass_fds=[its.fileno()],
            cwd=ROOT,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
        )
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours
