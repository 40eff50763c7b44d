"""The program that stays, and forks a launcher for every program; standard library alone.

A fork of a small interpreter that stands takes a tenth of the time in which a new one comes up. Taskforce
starts it with one end of a pair of sockets, `control`. Each byte on it brings a descriptor: the launcher's
line, a pair of sockets of its own. On that the launcher says its process id, is told its order, and tells the
facts; when Taskforce closes it, or dies, all that the launcher started ends. It outlives the forker, which
ends when Taskforce does.
"""

import gc
import os
import signal
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress

from taskforce.infrastructure.processes.launcher import read, see_to

SIZE = 8
"""Bytes that say how long an order is."""
STREAMS = 4
"""The most descriptors that an order brings: the folder, stdout, stderr, and stdin if it is fed."""
_AT_ONCE = 65_536


def packed(words: str, argv: Sequence[str], environment: Mapping[str, str]) -> bytes:
    """Return an order as a launcher reads it. Raises ValueError for NUL, and for a name with "="."""
    if any("=" in name or not name for name in environment):
        raise ValueError("a variable's name in the environment may not be empty nor hold '='")
    parts = (words, str(len(argv)), *argv, *(f"{name}={value}" for name, value in environment.items()))
    spelled = [os.fsencode(part) for part in parts]
    if any(b"\0" in part for part in spelled):
        raise ValueError("a command and its environment may not hold NUL")
    return b"\0".join(spelled)


def serve(descriptor: int) -> None:
    """Fork a launcher for each line that comes, until Taskforce ends."""
    control = _socket(descriptor)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a launcher: its line tells its end
    gc.disable()  # what is looked at would be copied in each fork; there is no garbage to find
    while True:
        said, lines, _, _ = socket.recv_fds(control, 1, 1)
        if not said:
            return
        for line in lines:
            with suppress(OSError):  # no fork just now: the line ends, and Taskforce sees that
                if os.fork() == 0:
                    control.close()
                    _launch(line)
            os.close(line)


def _launch(descriptor: int) -> None:
    """Be a launcher: hear an order and see to it."""
    try:
        os.setsid()
        line = _socket(descriptor)
        line.sendall(b"%d\n" % os.getpid())
        size, received, _, _ = socket.recv_fds(line, SIZE, STREAMS)
        told = _whole(line, int.from_bytes(size, "big"))
        if not told:  # Taskforce has thought better of it
            return
        for each in received:
            os.set_inheritable(each, False)  # noqa: FBT003 - its only signature
        folder, *streams = received
        for place, each in zip((1, 2, 0), streams, strict=False):
            os.dup2(each, place)
            os.close(each)
        words, count, *rest = (os.fsdecode(part) for part in told.split(b"\0"))
        argv, variables = rest[: int(count)], rest[int(count) :]
        order = {**read(words), "folder": float(folder), "facts": float(line.fileno())}
        environment = dict(variable.split("=", 1) for variable in variables)
        see_to(order, argv, environment=environment, line=line.fileno())
    finally:
        os._exit(1)


def _socket(descriptor: int) -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=descriptor)
    made.set_inheritable(False)
    return made


def _whole(line: socket.socket, size: int) -> bytes:
    """Return so many bytes, or nothing when the line ends before."""
    told = bytearray()
    while len(told) < size:
        data = line.recv(min(size - len(told), _AT_ONCE))
        if not data:
            return b""
        told += data
    return bytes(told)
