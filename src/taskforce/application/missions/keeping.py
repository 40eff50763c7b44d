"""Keeping the files that a mission's calls write: at once, so that they are there however it ends."""

import mimetypes
import posixpath
from collections.abc import Awaitable, Callable
from typing import Any

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.program import JobContext
from taskforce.core.missions import events
from taskforce.core.missions.ports import WorkspaceSource
from taskforce.core.tools import Risk, Tool, ToolFile, ToolResult

MOST_FILES = 50
MOST_BYTES = 100 * 1024 * 1024
"""Of all files that a mission keeps, together."""


class Keeping:
    """What one play of a mission has kept so far.

    What a call wrote is stored within the call's own step and listed in its record: a replay stores nothing
    again and lists the same. A file that is written again is kept again; the newer one takes its place.
    """

    def __init__(self, *, ctx: JobContext, workspaces: WorkspaceSource, workspace: str) -> None:
        self._ctx = ctx
        self._workspaces = workspaces
        self._workspace = workspace
        self._newest: dict[str, ArtifactRef] = {}
        self._count = 0
        self._bytes = 0

    @property
    def artifacts(self) -> tuple[ArtifactRef, ...]:
        """Return what is kept: of each file the newest."""
        return tuple(self._newest.values())

    async def run(self, key: str, tool: Tool[Any], start: Callable[[], Awaitable[ToolResult]]) -> ToolResult:
        """Run a call and keep what it wrote or answered with; of a program that is seen by looking around."""
        if tool.spec.risk is not Risk.EXECUTE:
            result = await start()
            path = result.details.get("path") if tool.spec.risk is Risk.WRITE and not result.failed else None
            return await self._kept(key, result, () if path is None else (posixpath.normpath(str(path)),))
        before = await self._workspaces.survey(self._workspace)
        result = await start()
        after = await self._workspaces.survey(self._workspace)
        if before.is_whole and after.is_whole:
            return await self._kept(key, result, after.written_since(before))
        result = result.model_copy(update={"details": {**result.details, "unseen": True}})
        return await self._kept(key, result, ())

    async def tell(self, key: str, result: ToolResult) -> None:
        """Take in what a call's record lists, and tell it."""
        for place, (path, ref) in enumerate(_listed(result)):
            old = self._newest.pop(path, None)
            self._newest[path] = ref
            self._count += 1
            self._bytes += ref.size
            told = events.artifact(ref, replaces=old.id if old else None)
            await self._ctx.emit(f"{key}/kept/{place}", told)
        left_out = result.details.get("left_out")
        if isinstance(left_out, list):
            await self._ctx.emit(f"{key}/left_out", events.files_left_out([*map(str, left_out)]))
        if result.details.get("unseen"):
            await self._ctx.emit(f"{key}/unseen", events.files_unseen())

    async def _kept(self, key: str, result: ToolResult, paths: tuple[str, ...]) -> ToolResult:
        """Store files; the result then lists those that were stored and names those that were not."""
        if not (result.files or paths):
            return result
        answered = {file.name: file for file in result.files}
        kept: list[JsonObject] = []
        left_out: list[str] = []
        count, size = self._count, self._bytes
        for path in dict.fromkeys((*answered, *paths)):
            has_room = count < MOST_FILES and size < MOST_BYTES
            content = await self._content(path, answered.get(path)) if has_room else None
            if content is None:
                left_out.append(path)
                continue
            media_type = _media_type(path, answered.get(path))
            ref = await self._ctx.save(f"{key}/files/{path}", content, kind="file", media_type=media_type)
            kept.append({"path": path, "artifact": ref.model_dump(mode="json")})
            count, size = count + 1, size + ref.size
        details = dict(result.details)
        details |= {"kept": [*kept]} if kept else {}
        details |= {"left_out": [*left_out]} if left_out else {}
        return result.model_copy(update={"details": details, "files": ()})

    async def _content(self, path: str, answered: ToolFile | None) -> bytes | None:
        return answered.content if answered else await self._workspaces.read(self._workspace, path)


def _media_type(path: str, answered: ToolFile | None) -> str:
    if answered:
        return answered.media_type
    return mimetypes.guess_type(path)[0] or "application/octet-stream"


def _listed(result: ToolResult) -> list[tuple[str, ArtifactRef]]:
    kept = result.details.get("kept")
    listed = [one for one in kept if isinstance(one, dict)] if isinstance(kept, list) else []
    return [(str(one["path"]), ArtifactRef.model_validate(one["artifact"])) for one in listed]
