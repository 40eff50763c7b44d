"""The way from a workspace's folder down to a place in it, each folder on it held open."""

import errno
import os
from collections.abc import Container
from dataclasses import dataclass

from taskforce.core.tools import ToolFailed
from taskforce.infrastructure.missions.refusals import Hidden, Outside
from taskforce.infrastructure.missions.scan import DEPTH_LIMIT, OPEN_FOLDER, Identity, identity

_LINKS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A name, no link, in a folder that is held open."""

    folder: int
    name: str
    parts: tuple[str, ...]

    def mode(self) -> int | None:
        """Return the mode of what bears the name, None if nothing does."""
        try:
            return os.stat(self.name, dir_fd=self.folder, follow_symlinks=False).st_mode
        except FileNotFoundError:
            return None


class Way:
    """The folders from the workspace down to where one stands, each held open."""

    def __init__(self, top: int, *, hidden: Container[Identity] = frozenset()) -> None:
        self._hidden = hidden
        self._held = [os.dup(top)]
        self._names: list[str] = []
        self._links = 0

    @property
    def folder(self) -> int:
        """Return where one stands."""
        return self._held[-1]

    def place(self, name: str) -> Place:
        """Return the place of a name here; "." is the folder itself."""
        below = () if name == "." else (name,)
        return Place(folder=self.folder, name=name, parts=(*self._names, *below))

    def down(self, name: str, path: str) -> None:
        """Step into a folder, never through a link. Raises Hidden."""
        if len(self._held) > DEPTH_LIMIT:
            raise ToolFailed(f"{path!r} is more than {DEPTH_LIMIT} folders deep. Choose a shorter path.")
        self._held.append(os.open(name, OPEN_FOLDER, dir_fd=self.folder))
        self._names.append(name)
        if identity(os.fstat(self.folder)) in self._hidden:
            raise Hidden(path)

    def up(self, path: str) -> None:
        """Step back to the folder one came from; above the workspace there is none."""
        if not self._names:
            raise Outside(path)
        os.close(self._held.pop())
        self._names.pop()

    def follow(self, name: str) -> str:
        """Return a link's target; an absolute one begins at the top again."""
        self._links += 1
        if self._links > _LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        target = os.readlink(name, dir_fd=self.folder)
        while target.startswith("/") and self._names:
            self.up(name)
        return target

    def close(self) -> None:
        """Let go of every folder."""
        for folder in self._held:
            os.close(folder)
