"""The tool grep."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path

from pydantic import Field, TypeAdapter

from taskforce.core.documents import JsonObject
from taskforce.core.missions.model import Frozen
from taskforce.core.tools import ModelledTool, Risk, ToolContext, ToolEffect, ToolFailed, ToolResult
from taskforce.infrastructure.missions.globs import anywhere, matches
from taskforce.infrastructure.missions.jail import Jail, Jails
from taskforce.infrastructure.missions.matcher import BAD_PATTERN
from taskforce.infrastructure.missions.process import Command, run
from taskforce.infrastructure.missions.refusals import shown
from taskforce.infrastructure.missions.scan import FOLDER_LIMIT, Entry
from taskforce.infrastructure.missions.texts import counted

_MATCHER = Path(__file__).with_name("matcher.py")
_SECONDS = 30
_KEEP = 4 * 1024 * 1024
_counts = TypeAdapter(dict[str, int])


class SearchText(Frozen):
    """Arguments of `grep`."""

    pattern: str = Field(
        min_length=1, max_length=10_000, description="Regular expression (Python's), matched line by line."
    )
    path: str = Field(
        default=".", min_length=1, max_length=4_096, description="The folder or file, from the workspace."
    )
    glob: str = Field(
        default="**/*",
        min_length=1,
        max_length=1_000,
        description='Which files: "*.py" at any depth, "src/**/*.py" below a folder.',
    )
    ignore_case: bool = Field(default=False, strict=True, description="Whether a and A are the same.")
    context: int = Field(
        default=0, ge=0, le=5, strict=True, description="How many lines to show around a match."
    )
    limit: int = Field(default=200, ge=1, le=200, strict=True, description="How many matches to show.")


class Grep(ModelledTool[SearchText]):
    """Searches text files line by line, and counts all matches, also those it does not show.

    The last line tells the counts, and what was not searched. The pattern is matched in a process of its own
    that is stopped after 30 seconds, since a pattern can take for ever.
    """

    name = "grep"
    description = "Search the text files of the workspace for a regular expression; shows path:line: text."
    risk = Risk.READ
    effect = ToolEffect.PURE
    parallel = True
    arguments = SearchText

    def __init__(self, jails: Jails | None = None, *, seconds: float = _SECONDS) -> None:
        self._jails = jails or Jails()
        self._seconds = seconds

    async def run(self, arguments: SearchText, context: ToolContext) -> ToolResult:
        with self._jails.of(context.workspace) as jail:
            files, cut = await asyncio.to_thread(_choose, arguments, jail)
            if len(files) == 1 and files[0].below == arguments.path.rpartition("/")[2]:
                await asyncio.to_thread(
                    jail.read, files[0].path
                )  # asked for by name: say why, if it cannot be
            skipped: Counter[str] = Counter()
            ended = await run(
                Command(
                    argv=(sys.executable, "-I", "-S", str(_MATCHER)),
                    workspace=context.workspace,
                    seconds=self._seconds,
                    ours=True,
                    stdin=_frames(arguments, jail, files, skipped),
                    keep=_KEEP,
                )
            )
        if ended.timed_out:
            advice = "Use a simpler pattern, or a narrower path or glob."
            raise ToolFailed(f"No end after {self._seconds:g} s. {advice}")
        found = ended.stdout.text()
        if ended.verdict.exit_code == BAD_PATTERN:
            raise ToolFailed(
                f"The pattern is no regular expression: {found.strip()}. Escape special characters."
            )
        if ended.verdict.exit_code != 0:
            raise ToolFailed(f"The search broke off: {ended.stderr.text()[-500:].strip() or ended.verdict}")
        lines, _, counts = found.rstrip("\n").rpartition("\n")
        return _answer(lines, _counts.validate_json(counts), arguments, unread=skipped.total(), cut=cut)


def _choose(arguments: SearchText, jail: Jail) -> tuple[list[Entry], bool]:
    """Return the files to search, and whether there were too many to look at all."""
    pattern = anywhere(arguments.glob)
    chosen: list[Entry] = []
    for seen, entry in enumerate(jail.entries(arguments.path)):
        if seen >= FOLDER_LIMIT:
            return chosen, True
        if entry.is_file and matches(entry.below, pattern):
            chosen.append(entry)
    return chosen, False


async def _frames(
    arguments: SearchText, jail: Jail, files: list[Entry], skipped: Counter[str]
) -> AsyncGenerator[bytes, None]:
    """Yield what the matcher reads."""
    yield _line(
        {
            "pattern": arguments.pattern,
            "ignore_case": arguments.ignore_case,
            "context": arguments.context,
            "shown": arguments.limit,
        }
    )
    for entry in files:
        try:
            data = (await asyncio.to_thread(jail.read, entry.path)).data
        except ToolFailed:
            skipped[entry.path] += 1
            continue
        yield _line({"path": shown(entry.path), "size": len(data)}) + data


def _line(document: JsonObject) -> bytes:
    return json.dumps(document).encode() + b"\n"


def _answer(
    lines: str, counts: dict[str, int], arguments: SearchText, *, unread: int, cut: bool
) -> ToolResult:
    total, files, binary = counts["matches"], counts["files"], counts["binary"]
    remarks = (
        (total > arguments.limit, f"; the first {arguments.limit} are shown"),
        (binary > 0, f"; {counted(binary, 'binary file')} {'was' if binary == 1 else 'were'} not searched"),
        (unread > 0, f"; {counted(unread, 'file')} could not be read (too large, gone or no permission)"),
        (cut, f"; only the first {FOLDER_LIMIT:,} entries were looked at, choose a folder"),
    )
    counted_all = f"{counted(total, 'matching line')} in {counted(files, 'file')}"
    summary = f"({counted_all}{''.join(text for holds, text in remarks if holds)})"
    return ToolResult(
        content=f"{lines}\n{summary}" if lines else summary,
        details={
            "matches": total,
            "files": files,
            "binary": binary,
            "unread": unread,
            "truncated": cut or total > arguments.limit,
        },
    )
