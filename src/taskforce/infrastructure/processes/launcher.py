"""The program that starts another one and sees to its end; standard library alone.

It stands between Taskforce and the child: sets the limits, gives up root where it can, and adopts whatever
the child leaves behind, also what ran away into a session of its own. When the child ends, when Taskforce
asks or dies, all of them die: first asked, and when their grace is over killed.

It is either forked by `forker`, and asked to end by the end of its line to Taskforce; or run by its path, and
asked by SIGTERM. Then its arguments are the order as `name=number` words and the child's command. A child
without limits is the operator's own program, from which nothing is taken. Into `facts` it writes the child's
process group, and at the end the verdict as JSON: {"exit_code", "signal", "reason"}. It imports little: json,
pathlib and typing would take half of the time that it takes when run by its path.
"""

import ctypes
import math
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress

GRACE = 2.0
"""Seconds between being asked to end and being killed, where the order names no other time."""
_TICK = 0.05
_SWEEPS = 200
_AT_ONCE = 65_536
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_NICE = 5
_LIBC = ctypes.CDLL(None)
"""Loaded once, and not by each launcher that is forked."""


def descendants(pid: int) -> list[int]:
    """Return the processes below a process that can be seen now."""
    found: list[int] = []
    todo = [pid]
    while todo:
        tasks = f"/proc/{todo.pop()}/task"
        with suppress(OSError):
            for task in os.listdir(tasks):
                children = _numbers_in(f"{tasks}/{task}/children")
                found += children
                todo += children
    return found


def spelled(order: Mapping[str, float | bool | None]) -> str:
    """Return an order as the launcher reads it; what is None is left out."""
    return " ".join(f"{name}={float(value):.17g}" for name, value in order.items() if value is not None)


def _numbers_in(file: str) -> list[int]:
    """Return the numbers in a file of /proc; without Python's own files, which take four times as long."""
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        told = b""
        while data := os.read(descriptor, _AT_ONCE):
            told += data
    finally:
        os.close(descriptor)
    return [int(number) for number in told.split()]


def read(words: str) -> dict[str, float]:
    """Return an order from its words."""
    return {name: float(value) for name, value in (word.split("=") for word in words.split())}


def main() -> None:
    """See to the child that the arguments name."""
    order = read(sys.argv[1])
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != order["parent"]:
        os._exit(1)
    see_to(order, sys.argv[2:])


def see_to(
    order: dict[str, float],
    argv: list[str],
    *,
    environment: Mapping[str, str] | None = None,
    line: int | None = None,
) -> None:
    """Start the child, wait, end all, tell. Without an environment it has that of this process.

    The end of a line, if there is one, asks to end.
    """
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    bell = _Bell(line)
    child = os.fork()
    if child == 0:
        _become(order, argv, environment)
    _leave_streams()
    with suppress(OSError):
        os.setpgid(child, child)
    facts = int(order["facts"])
    _tell(facts, f"{child}\n")
    reason = _watch(child, bell, processes=order.get("processes", math.inf))
    grace = order.get("grace", GRACE) if reason == "stopped" else None
    verdict = _end(child, grace=grace)
    code, number = ("null" if value is None else value for value in verdict)
    _tell(facts, f'{{"exit_code": {code}, "signal": {number}, "reason": "{reason}"}}')
    os._exit(0)


def _tell(facts: int, text: str) -> None:
    with suppress(BrokenPipeError):  # Taskforce has died, and what it left is still to be ended
        os.write(facts, text.encode())


class _Bell:
    """Rings when a child ended or the end is asked for."""

    def __init__(self, line: int | None) -> None:
        self.stop = False
        self._line = [] if line is None else [line]
        self._listen, ring = os.pipe()
        os.set_blocking(self._listen, False)
        os.set_blocking(ring, False)
        signal.set_wakeup_fd(ring, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for asked in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(asked, self._asked)

    def wait(self) -> None:
        """Return when it rings, or after a moment."""
        rung, _, _ = select.select([self._listen, *self._line], [], [], _TICK)
        if self._line and self._line[0] in rung:  # Taskforce says nothing on it, so this is its end
            self._line.clear()
            self.stop = True
        with suppress(BlockingIOError):
            os.read(self._listen, 4096)

    def _asked(self, *_: object) -> None:
        self.stop = True


def _become(order: dict[str, float], argv: list[str], environment: Mapping[str, str] | None) -> None:
    """Turn this fork into the child: its folder, its limits, its user, its program."""
    try:
        os.setpgid(0, 0)
        os.fchdir(int(order["folder"]))
        for inherited in ("facts", "folder"):
            os.set_inheritable(int(order[inherited]), False)  # noqa: FBT003 - its only signature
        for number in (
            signal.SIGPIPE,
            signal.SIGXFSZ,
            signal.SIGTERM,
            signal.SIGINT,
            signal.SIGHUP,
            signal.SIGCHLD,
        ):
            signal.signal(number, signal.SIG_DFL)
        if "processes" in order:
            _restrain(order)
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if environment is None:
            os.execvp(argv[0], argv)  # noqa: S606 - to start without a shell is the point
        os.execvpe(argv[0], argv, environment)  # noqa: S606 - as above
    except OSError as error:
        os.write(2, f"{argv[0]} cannot be started: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def _restrain(order: dict[str, float]) -> None:
    """Take from this fork what the program is not to have."""
    os.nice(_NICE)
    _limit(order)
    if "uid" in order and order["becomes_user"]:
        os.setgroups([])
        os.setgid(int(order["gid"]))
        os.setuid(int(order["uid"]))
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def _limit(limits: dict[str, float]) -> None:
    uid = int(limits.get("uid", os.getuid()))
    wanted = {
        resource.RLIMIT_CPU: limits["cpu_seconds"],
        resource.RLIMIT_AS: limits["memory"],
        resource.RLIMIT_FSIZE: limits["file_size"],
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_NPROC: limits["processes"] + _threads_of(uid),
        resource.RLIMIT_CORE: 0,
    }
    for what, number in wanted.items():
        value = int(number)
        _, hard = resource.getrlimit(what)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(what, (most, most))


def _threads_of(uid: int) -> int:
    """Return how many threads a user has now: the limit counts all of them, not only the child's."""
    count = 0
    for process in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):
            if os.stat(f"/proc/{process}").st_uid == uid:
                count += os.stat(f"/proc/{process}/task").st_nlink - 2
    return count


def _watch(child: int, bell: _Bell, *, processes: float) -> str:
    """Return why it is time to end: "" its own end, "stopped" as asked, "processes" too many of them."""
    while True:
        if bell.stop:
            return "stopped"
        if _is_over(child):
            return ""
        _reap_adopted(child)
        if processes < math.inf and len(descendants(os.getpid())) > processes:
            return "processes"
        bell.wait()


def _end(child: int, *, grace: float | None) -> tuple[int | None, int | None]:
    """End the child and everything it left, and return how the child ended.

    With a grace they are asked first. The child stays unreaped until nothing else is left, so that its
    group's number is not given away.
    """
    if not _is_all_over(child):
        _end_all(child, grace=grace)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return (code, None) if code >= 0 else (None, -code)


def _end_all(child: int, *, grace: float | None) -> None:
    """End the child and everything below it."""
    if grace is not None:
        _signal_all(child, signal.SIGTERM)
        until = time.monotonic() + grace
        while _left(child) and time.monotonic() < until:
            time.sleep(_TICK / 5)
    for _ in range(_SWEEPS):
        _signal_all(child, signal.SIGKILL)
        if not _left(child):
            break
        time.sleep(_TICK / 5)


def _left(child: int) -> bool:
    """Tell whether anything still lives."""
    _reap_adopted(child)
    return not _is_over(child) or any(pid != child for pid in descendants(os.getpid()))


def _signal_all(child: int, number: int) -> None:
    with suppress(OSError):
        os.killpg(child, number)
    for pid in descendants(os.getpid()):
        with suppress(OSError):
            os.kill(pid, number)


def _is_over(child: int) -> bool:
    """Tell whether the child ended, and leave it unreaped."""
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _reap_adopted(child: int) -> None:
    """Reap what ended below the child and came to us."""
    with suppress(OSError):
        for pid in _children():
            if pid != child:
                os.waitpid(pid, os.WNOHANG)


def _is_all_over(child: int) -> bool:
    """Tell whether the child ended and left nothing.

    What it leaves comes to us before its end can be seen: if it is our only one, there was nothing.
    """
    try:
        return _is_over(child) and _children() == [child]
    except OSError:  # this kernel does not tell
        return False


def _children() -> list[int]:
    """Return our children, those that have ended and are not reaped among them."""
    return _numbers_in(f"/proc/self/task/{os.getpid()}/children")


def _leave_streams() -> None:
    """Let go of the child's streams: they close when the last of its processes does."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)


def _prctl(what: int, value: int) -> None:
    if sys.platform == "linux":
        _LIBC.prctl(what, value, 0, 0, 0)


if __name__ == "__main__":
    main()
