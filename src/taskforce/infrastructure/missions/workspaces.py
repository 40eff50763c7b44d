"""Workspaces: the folders that sessions work in."""

import asyncio
import os
import shutil
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from taskforce.core.errors import FieldError, Invalid, Unavailable
from taskforce.core.identity import SessionId
from taskforce.core.missions.errors import WorkspaceTooLarge
from taskforce.core.missions.ports import WorkspaceSource
from taskforce.core.missions.survey import Survey
from taskforce.core.tools import ToolFailed
from taskforce.infrastructure.missions.jail import Jails
from taskforce.infrastructure.missions.survey import survey

MOST_FILES = 20_000
MOST_BYTES = 1024 * 1024 * 1024
"""The most that is copied when a session is forked."""


class FolderWorkspaces(WorkspaceSource):
    """Gives a session a folder of its own under the home, or one that lies within the allowed roots."""

    def __init__(self, home: Path, roots: Sequence[Path]) -> None:
        self._home = home
        self._roots = tuple(roots)
        self._jails = Jails((home,))

    def place(self, session_id: SessionId, wanted: str | None) -> str:
        if wanted is None:
            return str(self._own / session_id)
        if "\x00" in wanted:
            raise _refused("must not hold NUL", "invalid_path")
        folder = Path(wanted).resolve()
        if not any(folder.is_relative_to(root.resolve()) for root in self._roots):
            raise _refused("lies outside the folders that workspace_roots allows", "outside_roots")
        if not folder.is_dir():
            raise _refused("is no folder", "no_folder")
        if folder.is_relative_to(self._home.resolve()) and self._own not in folder.parents:
            raise _refused("lies where Taskforce keeps its state", "in_state")
        return str(folder)

    def make(self, workspace: str) -> None:
        Path(workspace).mkdir(parents=True, exist_ok=True)

    def discard(self, workspace: str) -> None:
        folder = Path(workspace)
        if folder.parent == self._own and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()

    async def copy(self, source: str, target: str) -> None:
        await asyncio.to_thread(_copy, Path(source), Path(target))

    def is_own(self, workspace: str, session_id: SessionId) -> bool:
        return Path(workspace) == self._own / session_id

    async def remove(self, session_id: SessionId) -> None:
        await asyncio.to_thread(_remove, self._own / session_id)

    async def read(self, workspace: str, path: str) -> bytes | None:
        return await asyncio.to_thread(_read, self._jails, Path(workspace), path)

    async def lay_out(self, workspace: str, folder: str, files: Mapping[str, bytes]) -> None:
        await asyncio.to_thread(_lay_out, self._jails, Path(workspace), folder, files)

    async def survey(self, workspace: str) -> Survey:
        return await asyncio.to_thread(survey, Path(workspace), without=(self._home.resolve(),))

    @property
    def _own(self) -> Path:
        return self._home.resolve() / "workspaces"


def _read(jails: Jails, workspace: Path, path: str) -> bytes | None:
    try:
        with jails.of(workspace) as jail:
            return jail.read(path).data
    except ToolFailed:
        return None  # gone again, or a way out of the workspace: nothing of the mission's to keep


def _lay_out(jails: Jails, workspace: Path, folder: str, files: Mapping[str, bytes]) -> None:
    with jails.of(workspace) as jail:
        for path, content in {".gitignore": b"*\n", **files}.items():
            jail.write(f"{folder}/{path}", content, mark=folder)


def _copy(source: Path, target: Path) -> None:
    """Copy a folder; links are copied as links, and what is no file, folder or link is left out."""
    if not source.is_dir():
        target.mkdir(parents=True)
        return
    room = _Room()
    try:
        shutil.copytree(source, target, symlinks=True, ignore=room.left_out)
    except WorkspaceTooLarge:
        _remove(target)
        raise
    except shutil.Error as broken:
        if any(os.path.lexists(path) for path, *_ in broken.args[0]):  # what is gone was removed meanwhile
            _remove(target)
            raise Unavailable(f"The workspace could not be copied: {broken.args[0][0][2]}") from broken


class _Room:
    """Counts what is copied."""

    def __init__(self) -> None:
        self._files = 0
        self._bytes = 0

    def left_out(self, folder: str, names: Sequence[str]) -> set[str]:
        """Return those names that are no file, folder or link. Raises WorkspaceTooLarge."""
        modes = {name: os.lstat(Path(folder) / name) for name in names}
        self._files += len(names)
        self._bytes += sum(found.st_size for found in modes.values() if stat.S_ISREG(found.st_mode))
        if self._files > MOST_FILES or self._bytes > MOST_BYTES:
            raise WorkspaceTooLarge(MOST_FILES, MOST_BYTES)
        kinds = (stat.S_ISREG, stat.S_ISDIR, stat.S_ISLNK)
        return {name for name, found in modes.items() if not any(is_one(found.st_mode) for is_one in kinds)}


def _remove(folder: Path) -> None:
    if not folder.is_dir() or folder.is_symlink():
        return
    folder.chmod(0o700)
    for place, names, _ in os.walk(folder):
        for path in (Path(place) / name for name in names):
            if not path.is_symlink():
                path.chmod(0o700)  # a program may have made it read-only
    shutil.rmtree(folder)


def _refused(detail: str, code: str) -> Invalid:
    error = FieldError(pointer="/workspace", code=code, detail=detail)
    return Invalid(f"The workspace {detail}.", errors=[error])
