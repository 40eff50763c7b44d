"""The workspace jail: every file is reached step by step from the workspace's folder, and no step leads out.

Each folder on the way is opened from the one before without following links; a link is read and its target
walked the same way. So neither "..", an absolute path, a link nor one that is swapped in meanwhile leads out.
A hard link cannot be told from a file: reading works, writing replaces it and leaves the other name alone.
"""

import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from taskforce.core.tools import ToolFailed
from taskforce.infrastructure.missions.marks import get_mark, set_mark
from taskforce.infrastructure.missions.refusals import Hidden, Missing, NoFile, Outside, reason
from taskforce.infrastructure.missions.scan import (
    OPEN_FOLDER,
    RESERVED,
    STATE,
    Entry,
    Identity,
    entry,
    identity,
    scan,
)
from taskforce.infrastructure.missions.way import Place, Way

FILE_LIMIT = 10 * 1024 * 1024
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_temporary = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What was read: the bytes, and the mark of the call that wrote them (see `marks`)."""

    data: bytes
    mark: str | None


class Jail:
    """Reads and writes in a workspace and nowhere else. All of it blocks: call it from a thread.

    What lies in a folder of Taskforce's state is neither read nor written, also where that is a part of the
    workspace: one of its usual name, and those of `hidden` under any.
    """

    def __init__(self, root: Path, *, hidden: Iterable[Path] = ()) -> None:
        self._root = root
        self._hidden = frozenset(_identities(hidden))
        self.folder = _open_root(root)
        """The workspace's folder, held open until the jail is closed."""
        facts = os.fstat(self.folder)
        foreign = os.geteuid() == 0 and facts.st_uid != 0
        self.owner: tuple[int, int] | None = (facts.st_uid, facts.st_gid) if foreign else None
        """Whom files shall belong to, if not to this process: the workspace's owner, when we are root."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self.folder)

    def read(self, path: str) -> Content:
        """Return a plain file's content."""
        with self._located(path) as place, _opened(place, path) as file:
            size = os.fstat(file).st_size
            data = _read_up_to(file, FILE_LIMIT + 1)
            if len(data) > FILE_LIMIT:
                raise ToolFailed(
                    f"{path} has {max(size, len(data)):,} bytes; up to {FILE_LIMIT:,} can be read. "
                    "Use shell with head, tail or sed to see a part of it."
                )
            return Content(data=data, mark=get_mark(file))

    def mode(self, path: str) -> int | None:
        """Return the mode of what a path leads to, None if there is nothing."""
        try:
            with self._located(path) as place:
                return place.mode()
        except Missing:
            return None

    def write(self, path: str, data: bytes, *, mark: str) -> None:
        """Replace or create a file in one instant, and make the folders above it."""
        if len(data) > FILE_LIMIT:
            raise ToolFailed(
                f"{len(data):,} bytes are too many for {path}: a file may have {FILE_LIMIT:,}. Split it."
            )
        with self._located(path, make=True) as place:
            mode = place.mode()
            if mode is not None and not stat.S_ISREG(mode):
                raise NoFile(path, mode)
            temporary, file = _create_temporary(place.folder)
            try:
                with os.fdopen(file, "wb") as stream:
                    stream.write(data)
                    stream.flush()
                    self._dress(file, mode=mode, mark=mark)
                    os.fsync(file)
                os.replace(temporary, place.name, src_dir_fd=place.folder, dst_dir_fd=place.folder)
            except BaseException:
                with suppress(FileNotFoundError):
                    os.unlink(temporary, dir_fd=place.folder)
                raise
            os.fsync(place.folder)

    def entries(self, path: str = ".") -> Iterator[Entry]:
        """Yield what is in a folder and below it, by name, a folder before its content; follow no link."""
        with self._located(path) as place:
            try:
                folder = os.open(place.name, OPEN_FOLDER, dir_fd=place.folder)
            except NotADirectoryError:
                yield entry(place.folder, place.name, place.parts[:-1])
                return
            try:
                yield from scan(folder, place.parts, hidden=self._hidden)
            finally:
                os.close(folder)

    def _dress(self, file: int, *, mode: int | None, mark: str) -> None:
        """Give a new file its owner, its mode and its mark."""
        if self.owner is not None:
            os.fchown(file, *self.owner)
        if mode is not None:
            os.fchmod(file, stat.S_IMODE(mode) & 0o777)
        set_mark(file, mark)

    @contextmanager
    def _located(self, path: str, *, make: bool = False) -> Iterator[Place]:
        """Walk to the place that a path names; errors on the way become a word to the model."""
        way = Way(self.folder, hidden=self._hidden)
        try:
            yield self._walk(path, way, make=make)
        except FileNotFoundError as error:
            raise Missing(path, way.folder) from error
        except OSError as error:
            raise ToolFailed(f"{path!r}: {reason(error)}") from error
        finally:
            way.close()

    def _walk(self, path: str, way: Way, *, make: bool) -> Place:
        """Go down from the workspace; what is missing is made on the way if `make` says so."""
        todo = deque(self._parts(path, path))
        while todo:
            name = todo.popleft()
            if name == "..":
                way.up(path)
                continue
            if name.casefold() == STATE:
                raise Hidden(path)
            place = way.place(name)
            mode = place.mode()
            if mode is not None and stat.S_ISLNK(mode):
                todo.extendleft(reversed(self._parts(way.follow(name), path)))
                continue
            if make:
                self._prepare(place, path, is_folder=bool(todo), missing=mode is None)
            if not todo:
                return place
            way.down(name, path)
        return way.place(".")

    def _parts(self, path: str, asked: str) -> tuple[str, ...]:
        """Split a path into names; an absolute one must begin with the workspace's own."""
        if not path or "\0" in path:
            raise ToolFailed("A path may be neither empty nor hold NUL. Give one relative to the workspace.")
        try:
            os.fsencode(path)
        except UnicodeEncodeError as error:
            raise ToolFailed("The path is no valid Unicode. Give one relative to the workspace.") from error
        parts = tuple(part for part in path.split("/") if part not in ("", "."))
        if not path.startswith("/"):
            return parts
        for root in (self._root, Path(os.path.realpath(self._root))):
            above = PurePosixPath(root).parts[1:]
            if parts[: len(above)] == above:
                return parts[len(above) :]
        raise Outside(asked)

    def _prepare(self, place: Place, path: str, *, is_folder: bool, missing: bool) -> None:
        """Refuse what is not written by hand, and make a folder that is not there."""
        if place.name.casefold() in RESERVED:
            raise ToolFailed(f"{path!r} lies in {place.name}: that is not written by hand.")
        if is_folder and missing:
            os.mkdir(place.name, dir_fd=place.folder)
            if self.owner is not None:
                os.chown(place.name, *self.owner, dir_fd=place.folder, follow_symlinks=False)
            os.fsync(place.folder)


@dataclass(frozen=True, slots=True)
class Jails:
    """Opens workspaces in which folders of ours stay unseen."""

    hidden: tuple[Path, ...] = ()

    def of(self, workspace: Path) -> Jail:
        """Return a workspace's jail."""
        return Jail(workspace, hidden=self.hidden)


def _identities(folders: Iterable[Path]) -> Iterator[Identity]:
    for folder in folders:
        with suppress(OSError):  # where there is none, there is nothing to hide
            yield identity(folder.stat())


def _open_root(root: Path) -> int:
    """Open the workspace; if something deleted it, an empty one takes its place.

    It must not be a link: whatever ran in it could have put one there. And root makes a folder anew only
    where nobody else could have deleted it, since programs run as the folder's owner.
    """
    try:
        return os.open(root, OPEN_FOLDER)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise ToolFailed(f"The workspace is no folder that can be opened: {reason(error)}.") from error
    try:
        above = root.parent.stat()
        if os.geteuid() == 0 and (above.st_uid != 0 or above.st_mode & _WRITABLE_BY_OTHERS):
            raise ToolFailed("The workspace was deleted. It is not made anew where others can write.")
        root.mkdir()
        return os.open(root, OPEN_FOLDER)
    except OSError as error:
        raise ToolFailed(f"The workspace was deleted and cannot be made anew: {reason(error)}.") from error


@contextmanager
def _opened(place: Place, path: str) -> Iterator[int]:
    """Open a plain file for reading; whatever else bears the name is not even opened, or closed at once."""
    mode = os.stat(place.name, dir_fd=place.folder, follow_symlinks=False).st_mode
    if not stat.S_ISREG(mode):
        raise NoFile(path, mode)
    file = os.open(place.name, _READ, dir_fd=place.folder)
    try:
        mode = os.fstat(file).st_mode
        if not stat.S_ISREG(mode):
            raise NoFile(path, mode)
        yield file
    finally:
        os.close(file)


def _read_up_to(file: int, limit: int) -> bytes:
    pieces: list[bytes] = []
    while limit > 0 and (piece := os.read(file, min(limit, 1024 * 1024))):
        pieces.append(piece)
        limit -= len(piece)
    return b"".join(pieces)


def _create_temporary(folder: int) -> tuple[str, int]:
    """Create a new file beside the one it will replace; a name that a crash left behind is passed over."""
    while True:
        name = f".taskforce-{os.getpid()}-{next(_temporary)}.part"
        with suppress(FileExistsError):
            return name, os.open(name, _CREATE, 0o666, dir_fd=folder)
