"""Bubblewrap around a program: a world with the system's folders, its workspace, and nothing else.

What is not named here is not there: no home, no other workspace, no database of ours, no network. All is read
only but the workspace and an empty /tmp; processes outside cannot be seen, and all inside die together.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from taskforce.core.tools import Sandbox, ToolFailed

User = tuple[int, int]
"""User and group."""

NOT_HELD = ("no network", "read only outside the workspace", "nothing of other programs seen")
"""What nothing holds without bubblewrap."""
_SCRATCH = str(256 * 1024 * 1024)
_PATIENCE = 5.0
_ISOLATED = (
    *("--die-with-parent", "--new-session", "--unshare-ipc", "--unshare-pid", "--unshare-uts"),
    *("--unshare-cgroup-try", "--cap-drop", "ALL"),
)
_NO_NEW_NAMESPACES = ("--unshare-user", "--disable-userns")
_BECOMES = ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
# Read only, since what root owns in /proc/sys can be written without any capability.
_KERNEL = ("--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev")
_SCRATCHES = (
    *("--size", _SCRATCH, "--tmpfs", "/dev/shm", "--remount-ro", "/dev"),  # noqa: S108 - inside
    *("--size", _SCRATCH, "--tmpfs", "/tmp", "--symlink", "/tmp", "/var/tmp"),  # noqa: S108 - inside
)
_ROOT_FOLDERS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SYSTEM_FILES = tuple(
    f"/etc/{name}"
    for name in (
        *("alternatives", "ca-certificates", "fonts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d"),
        *("localtime", "mime.types", "nsswitch.conf", "pki/ca-trust", "pki/tls/certs"),
        *("protocols", "services", "ssl/certs", "ssl/openssl.cnf", "timezone"),
    )
)
"""Of /etc only what no secret lies in, whoever runs this."""
_NETWORK_FILES = ("/etc/hosts", "/etc/resolv.conf")
_works: set[tuple[str, User | None]] = set()


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """Puts walls around programs, where the machine lets it."""

    hidden: tuple[Path, ...] = ()
    """Folders of ours that stay unseen also where they lie in a workspace."""
    program: str | None = field(default_factory=lambda: shutil.which("bwrap"))

    def lack(self, user: User | None = None) -> str | None:
        """Return why it cannot be used here, None if it can. It is tried out until it worked once."""
        if self.program is None:
            return "bubblewrap is not installed"
        if (self.program, user) in _works:
            return None
        trial = (*self._walls(Sandbox(), user), *self._mounts([]), *_entry(user), "true")
        try:
            tried = subprocess.run(trial, capture_output=True, timeout=_PATIENCE, check=False, env={})
        except (OSError, subprocess.TimeoutExpired) as wrong:
            return f"bubblewrap cannot be started: {wrong}"
        if tried.returncode != 0:
            said = tried.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
            return f"bubblewrap does not work on this machine: {said or tried.returncode}"
        _works.add((self.program, user))
        return None

    def around(
        self,
        argv: Sequence[str],
        *,
        workspace: Path,
        readable: Sequence[Path],
        sandbox: Sandbox,
        user: User | None,
    ) -> tuple[str, ...]:
        """Return the command line that runs a program within the walls, as that user."""
        hidden = [path for path in self.hidden if path.is_dir() and path != workspace]
        mounts: dict[Path, tuple[str, ...]] = {
            **{path: ("--ro-bind-try", str(path), str(path)) for path in map(Path, sandbox.readable)},
            **{path: ("--ro-bind", str(path), str(path)) for path in (*_interpreter(), *readable)},
            **{path: ("--tmpfs", str(path)) for path in hidden},
            workspace: ("--bind", str(workspace), str(workspace)),
        }
        outside_in = sorted(mounts, key=lambda path: len(path.parts))
        return (
            *self._walls(sandbox, user),
            *self._mounts([(*_folders_above(path), *mounts[path]) for path in outside_in]),
            *(part for path in hidden for part in ("--remount-ro", str(path))),
            *("--chdir", str(workspace)),
            *_entry(user),
            *argv,
        )

    def _walls(self, sandbox: Sandbox, user: User | None) -> Iterator[str]:
        yield self.program or "bwrap"
        yield from _ISOLATED
        yield from _NO_NEW_NAMESPACES if user is None else _BECOMES
        if not sandbox.network:
            yield "--unshare-net"
        for file in (*_SYSTEM_FILES, *(_NETWORK_FILES if sandbox.network else ())):
            yield from ("--ro-bind-try", file, file)

    def _mounts(self, places: Sequence[tuple[str, ...]]) -> Iterator[str]:
        yield from ("--ro-bind", "/usr", "/usr")
        for folder in map(Path, _ROOT_FOLDERS):
            if folder.is_symlink():
                yield from ("--symlink", str(folder.readlink()), str(folder))
            elif folder.is_dir():
                yield from ("--ro-bind", str(folder), str(folder))
        yield from (*_KERNEL, *_SCRATCHES)
        for place in places:
            yield from place
        yield from ("--remount-ro", "/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """What a command asks of the sandbox."""

    bubblewrap: Bubblewrap
    sandbox: Sandbox
    readable: tuple[Path, ...] = ()
    """What the program needs beside the system's folders."""

    def around(self, argv: Sequence[str], *, workspace: Path, user: User | None) -> tuple[str, ...] | None:
        """Return the command line within the walls, None where there are none to be had.

        Raises ToolFailed when the profile wants no program to run without.
        """
        lack = self.bubblewrap.lack(user)
        if lack is None:
            return self.bubblewrap.around(
                argv, workspace=workspace, readable=self.readable, sandbox=self.sandbox, user=user
            )
        if self.sandbox.required:
            raise ToolFailed(
                f"The profile lets programs run in a sandbox only, and there is none: {lack}. "
                "Go on without running programs."
            )
        return None


def _interpreter() -> Iterator[Path]:
    """Yield where this Python lies, unless the system's folders have it."""
    for prefix in dict.fromkeys((sys.base_prefix, os.path.realpath(sys.base_prefix), sys.prefix)):
        if (
            Path(prefix).is_dir()
            and not Path(prefix).is_relative_to("/usr")
            and prefix not in ("/", *_ROOT_FOLDERS)
        ):
            yield Path(prefix)


def _folders_above(path: Path) -> Iterator[str]:
    """Yield how the folders on the way are made: so that another user passes, too."""
    for folder in reversed(path.parents[:-1]):
        yield from ("--perms", "0755", "--dir", str(folder))


def _entry(user: User | None) -> tuple[str, ...]:
    """Return how the program begins: as who set up the walls, or as another user, who could not have."""
    if user is None:
        return ("--",)
    uid, gid = user
    return (
        *("--", "setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--no-new-privs"),
        *("--inh-caps=-all", "--bounding-set=-all", "--"),
    )
