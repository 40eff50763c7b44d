"""A program on a machine of its own: `python own_machine.py FOLDER word …` plays `taskforce word …`.

Its home lies where those of all others lie, but is the folder. What stands there for who looks from outside
is what all machines have mounted: https://man7.org/linux/man-pages/man7/mount_namespaces.7.html.
"""

import ctypes
import os
import runpy
import sys
from pathlib import Path

CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
LIBC = ctypes.CDLL(None, use_errno=True)


def leave(home: Path, folder: Path) -> None:
    """Have the folder for a home, with what is shared in it, and whatever else there is as all have it."""
    user, group = os.geteuid(), os.getegid()
    _done(LIBC.unshare(CLONE_NEWNS if user == 0 else CLONE_NEWNS | CLONE_NEWUSER))
    if user != 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _mount(Path("/"), Path("/"), MS_PRIVATE | MS_REC)
    for shared in home.iterdir():
        (folder / shared.name).mkdir()
        _mount(shared, folder / shared.name, MS_BIND)
    _mount(folder, home, MS_BIND | MS_REC)


def _mount(source: Path, target: Path, flags: int) -> None:
    _done(LIBC.mount(os.fsencode(source), os.fsencode(target), None, ctypes.c_ulong(flags), None))


def _done(code: int) -> None:
    if code != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    leave(Path(os.environ["TASKFORCE_HOME"]), Path(sys.argv[1]))
    sys.argv = ["taskforce", *sys.argv[2:]]
    runpy.run_module("taskforce", run_name="__main__", alter_sys=True)
