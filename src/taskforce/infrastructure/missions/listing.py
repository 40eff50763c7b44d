"""The tool list_files."""

import asyncio
from dataclasses import dataclass, field

from pydantic import Field

from taskforce.core.missions.model import Frozen
from taskforce.core.tools import ModelledTool, Risk, ToolContext, ToolEffect, ToolResult
from taskforce.infrastructure.missions.globs import anywhere, matches
from taskforce.infrastructure.missions.jail import Jails
from taskforce.infrastructure.missions.refusals import kind, shown
from taskforce.infrastructure.missions.scan import FOLDER_LIMIT, Entry
from taskforce.infrastructure.missions.texts import counted

_SHOWN = 1_000


class ListFiles(Frozen):
    """Arguments of `list_files`."""

    path: str = Field(
        default=".", min_length=1, max_length=4_096, description="The folder, relative to the workspace."
    )
    pattern: str = Field(
        default="**/*",
        min_length=1,
        max_length=1_000,
        description='Glob below the folder: "*" is this folder alone, "**/*.py" any depth.',
    )


@dataclass(frozen=True, slots=True)
class FileListing(ModelledTool[ListFiles]):
    """Lists what a folder holds, in order of names: a line each, a tab and the size behind a file's path.

    Folders end in a slash. What belongs to git and to Taskforce is left out unless `path` names it. The last
    line counts all matches, also those that are not shown.
    """

    jails: Jails = field(default_factory=Jails)

    name = "list_files"
    description = "List files and folders of the workspace with their sizes, up to 1,000."
    risk = Risk.READ
    effect = ToolEffect.PURE
    parallel = True
    arguments = ListFiles

    async def run(self, arguments: ListFiles, context: ToolContext) -> ToolResult:
        return await asyncio.to_thread(_list, arguments, context, self.jails)


def _list(arguments: ListFiles, context: ToolContext, jails: Jails) -> ToolResult:
    found: list[Entry] = []
    deeper = seen = 0
    with jails.of(context.workspace) as jail:
        for entry in jail.entries(arguments.path):
            seen += 1
            if seen > FOLDER_LIMIT:
                break
            if matches(entry.below, arguments.pattern):
                found.append(entry)
            else:
                deeper += matches(entry.below, anywhere(arguments.pattern))
    files = sum(not entry.is_folder for entry in found)
    lines = [_line(entry) for entry in found[:_SHOWN]]
    counts = f"{counted(files, 'file')}, {counted(len(found) - files, 'folder')}"
    lines.append(f"({counts}{_remarks(len(found), deeper, seen)})")
    return ToolResult(
        content="\n".join(lines),
        details={
            "files": files,
            "folders": len(found) - files,
            "deeper": deeper,
            "truncated": len(found) > _SHOWN or seen > FOLDER_LIMIT,
        },
    )


def _line(entry: Entry) -> str:
    path = shown(entry.path)
    if entry.is_folder:
        return f"{path}/"
    return f"{path}\t{entry.size}" if entry.is_file else f"{path}\t{kind(entry.mode)}"


def _remarks(total: int, deeper: int, seen: int) -> str:
    """Return what else must be known about a listing, so that nobody takes a part for the whole."""
    remarks = (
        (total > _SHOWN, f"; the first {_SHOWN} are shown, narrow the pattern to see others"),
        (deeper > 0, f'; {deeper} more match in folders below, write "**/" before the pattern to have them'),
        (seen > FOLDER_LIMIT, f"; only the first {FOLDER_LIMIT:,} entries were looked at, choose a folder"),
    )
    return "".join(text for holds, text in remarks if holds)
