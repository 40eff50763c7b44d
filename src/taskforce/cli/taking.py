"""How commands import: artifacts of a source at once, and of each what it came to, or the ways on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.marketplace.import_schemas import (
    MOST_ENTRIES,
    ImportArtifacts,
    ImportResult,
)
from taskforce.cli.collection_pages import print_import
from taskforce.cli.dependencies import Door, ask, flags_of
from taskforce.cli.errors import CONFLICT, FAILED
from taskforce.cli.flags import Flags
from taskforce.cli.marketplace_names import entries, entry_of, source_of
from taskforce.cli.render import print_json
from taskforce.cli.terminal import say

OFFERED = ("new", "updated")
"""What `--all` imports: neither what is imported already, nor what is excluded or gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be imported, and what becomes of artifacts whose names are taken."""

    source: str
    words: Sequence[str]
    everything: bool
    on_conflict: str | None
    resolutions: Mapping[str, str]


def take_in(ctx: typer.Context, wanted: Wanted, *, as_json: bool) -> None:
    """Import, print what became of each artifact, and exit as it went."""
    if wanted.everything == bool(wanted.words):
        raise typer.BadParameter("name artifacts, or say --all.", param_hint="ARTIFACT")
    result = ask(ctx, lambda door: _taken(door, wanted)).answer
    if as_json:
        print_json(result)
    else:
        print_import(result, flags_of(ctx))
        for line in _ways_on(result, wanted, flags_of(ctx)):
            say(line)
    if result.error_count:
        raise typer.Exit(FAILED)
    raise typer.Exit(CONFLICT if result.conflict_count else 0)


def resolutions_in(words: Sequence[str]) -> dict[str, str]:
    """Return ARTIFACT=WORD words as a table. Raises BadParameter."""
    found: dict[str, str] = {}
    for word in words:
        artifact, equals, resolution = word.rpartition("=")
        if not (equals and artifact and resolution):
            raise typer.BadParameter(f"{word!r} is not of the form ARTIFACT=WORD.", param_hint="--resolve")
        found[artifact] = resolution
    return found


async def _taken(door: Door, wanted: Wanted) -> ImportResult:
    source_id = await source_of(door, wanted.source)
    # a wrong word is refused also where there is nothing that it is about
    checked(ImportArtifacts, source_id=source_id, entry_id=source_id, conflict_resolution=wanted.on_conflict)
    resolutions = {
        await entry_of(door, source_id, word): resolution for word, resolution in wanted.resolutions.items()
    }
    if wanted.everything:
        chosen = [entry.id async for entry in entries(door, source_id, status=OFFERED)]
    else:
        chosen = [await entry_of(door, source_id, word) for word in wanted.words]
    results = [
        await _imported(door, source_id, part, resolutions, wanted.on_conflict) for part in _parts(chosen)
    ]
    return _summed(results)


async def _imported(
    door: Door, source_id: str, chosen: Sequence[str], resolutions: Mapping[str, str], on_conflict: str | None
) -> ImportResult:
    asked = checked(
        ImportArtifacts,
        source_id=source_id,
        entry_ids=chosen,
        conflict_resolution=on_conflict,
        resolutions={entry_id: word for entry_id, word in resolutions.items() if entry_id in chosen},
    )
    return await door.collection.take(door.principal, asked)


def _parts(chosen: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(chosen), MOST_ENTRIES):
        yield chosen[start : start + MOST_ENTRIES]


def _summed(results: Sequence[ImportResult]) -> ImportResult:
    """Return what several imports came to, as one."""
    return ImportResult(
        imported_count=sum(one.imported_count for one in results),
        conflict_count=sum(one.conflict_count for one in results),
        skipped_count=sum(one.skipped_count for one in results),
        error_count=sum(one.error_count for one in results),
        imported=tuple(each for one in results for each in one.imported),
        conflicts=tuple(each for one in results for each in one.conflicts),
        errors=tuple(each for one in results for each in one.errors),
    )


def _ways_on(result: ImportResult, wanted: Wanted, flags: Flags) -> Iterator[str]:
    """Yield what can be done next."""
    if result.conflicts:
        words = ["--all"] if wanted.everything else [one.entry_id for one in result.conflicts]
        again = ["marketplace", "import", wanted.source, *words, "--on-conflict"]
        yield f"Import under the other name: {flags.command(*again, 'rename')}"
        yield f"Replace what is there: {flags.command(*again, 'force')}"
    skills = [one.name for one in result.imported if one.type.value == "skill"]
    if skills:
        yield f"Use it: {flags.command('run', 'mission', '--skill', skills[0])}"
