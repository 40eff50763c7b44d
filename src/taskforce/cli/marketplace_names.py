"""How sources and artifacts are found by what people call them: an id, an address, a path or a name."""

import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.marketplace.import_schemas import ListCollection
from taskforce.application.marketplace.schemas import CatalogSchema, ListArtifacts, ListSources
from taskforce.cli.dependencies import Door
from taskforce.core.errors import TaskforceError
from taskforce.core.marketplace.errors import EntryNotFound, ItemNotFound, SourceNotFound
from taskforce.core.marketplace.upstream import same_repository

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PAGE = 100
MOST_SEARCHED = 200
"""Letters of what is searched for."""


async def source_of(door: Door, word: str) -> str:
    """Return the id of the source that a word names. Raises SourceNotFound, BadParameter."""
    if _ID.fullmatch(word):
        return word
    address = same_repository(address_of(word))
    ends = tuple(f"{mark}{address}" for mark in "/:" if address)
    asked = checked(ListSources, search=address[:MOST_SEARCHED], limit=PAGE)
    listed = (await door.sources.list(door.principal, asked)).items
    found = [one for one in listed if same_repository(one.repo_url) == address]
    found = found or [one for one in listed if same_repository(one.repo_url).endswith(ends)]
    told = [f"{one.id} ({one.branch})" for one in found]
    return _only([one.id for one in found], word, told, by="its id", none=SourceNotFound(word))


def address_of(word: str) -> str:
    """Return where git finds a repository: of one that is named as a folder of this machine, its address."""
    folder = Path(word).expanduser()
    is_path = word.startswith((".", "/", "~"))
    return f"file://{folder.resolve()}" if is_path and folder.is_dir() else word


async def entry_of(door: Door, source_id: str, word: str) -> str:
    """Return the id of the artifact of a source that a word names. Raises EntryNotFound, BadParameter."""
    if _ID.fullmatch(word):
        return word
    path = word.strip("/")
    named = [
        entry
        async for entry in entries(door, source_id, search=path[:MOST_SEARCHED])
        if path in {entry.path, entry.name}
    ]
    there = [entry for entry in named if entry.status.value != "removed"] or named
    found = [entry for entry in there if entry.path == path] or there
    told = [entry.path for entry in found]
    return _only([one.id for one in found], word, told, by="its path", none=EntryNotFound(word))


async def item_of(door: Door, word: str) -> str:
    """Return the id of what a word names in the collection. Raises ItemNotFound, BadParameter."""
    if _ID.fullmatch(word):
        return word
    offset = 0
    found = []
    while True:
        asked = checked(ListCollection, search=word[:MOST_SEARCHED], limit=PAGE, offset=offset)
        listed = await door.collection.list(door.principal, asked)
        found += [item for item in listed.items if item.name == word]
        offset += PAGE
        if offset >= listed.total:
            break
    told = [f"{item.id} ({item.type.value})" for item in found]
    return _only([one.id for one in found], word, told, by="its id", none=ItemNotFound(word))


async def entries(door: Door, source_id: str, **wanted: object) -> AsyncIterator[CatalogSchema]:
    """Yield what was found in a source, as far as it is wanted, page by page."""
    offset = 0
    while True:
        asked = checked(ListArtifacts, source_id=source_id, limit=PAGE, offset=offset, **wanted)
        listed = await door.source_artifacts.list(door.principal, asked)
        for entry in listed.items:
            yield entry
        offset += PAGE
        if offset >= listed.total:
            return


def _only(ids: Sequence[str], word: str, told: Sequence[str], *, by: str, none: TaskforceError) -> str:
    """Return the one that there is. Raises `none`, and BadParameter for several."""
    if not ids:
        raise none
    if len(ids) > 1:
        raise typer.BadParameter(f"{word!r} names {len(ids)}: {', '.join(told)}. Say which, by {by}.")
    return ids[0]
