"""Workspaces: the folders that sessions work in."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from taskforce.core.errors import FieldError, Invalid
from taskforce.core.identity import SessionId
from taskforce.core.missions.ports import WorkspaceSource
from taskforce.core.tools import ToolFailed
from taskforce.infrastructure.missions.jail import Jail


class FolderWorkspaces(WorkspaceSource):
    """Gives a session a folder of its own under the home, or one that lies within the allowed roots."""

    def __init__(self, home: Path, roots: Sequence[Path]) -> None:
        self._home = home
        self._roots = tuple(roots)

    def place(self, session_id: SessionId, wanted: str | None) -> str:
        if wanted is None:
            return str(self._home.resolve() / "workspaces" / session_id)
        if "\x00" in wanted:
            raise _refused("must not hold NUL", "invalid_path")
        folder = Path(wanted).resolve()
        if not any(folder.is_relative_to(root.resolve()) for root in self._roots):
            raise _refused("lies outside the folders that workspace_roots allows", "outside_roots")
        if not folder.is_dir():
            raise _refused("is no folder", "no_folder")
        return str(folder)

    def make(self, workspace: str) -> None:
        Path(workspace).mkdir(parents=True, exist_ok=True)

    async def read(self, workspace: str, path: str) -> bytes | None:
        return await asyncio.to_thread(_read, Path(workspace), path)


def _read(workspace: Path, path: str) -> bytes | None:
    try:
        with Jail(workspace) as jail:
            return jail.read(path).data
    except ToolFailed:
        return None  # gone again, or a way out of the workspace: nothing of the mission's to keep


def _refused(detail: str, code: str) -> Invalid:
    error = FieldError(pointer="/workspace", code=code, detail=detail)
    return Invalid(f"The workspace {detail}.", errors=[error])
