"""`taskforce marketplace`: what was found in sources, imports, the collection, the audit."""

import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import ItemsView, ListView
from taskforce.application.marketplace.import_schemas import VerificationView, VerifyCollection
from taskforce.application.marketplace.schemas import (
    ArtifactFile,
    ArtifactFileView,
    AuditView,
    CatalogSchema,
    GetSourceArtifact,
    ListArtifacts,
    ListAudit,
    ReadSourceArtifact,
    UpdateSourceArtifact,
)
from taskforce.cli.collection_pages import show_verification
from taskforce.cli.commands import collection, sources
from taskforce.cli.dependencies import Door, ask, flags_of
from taskforce.cli.errors import FAILED
from taskforce.cli.flags import AsJson, Limit, Offset
from taskforce.cli.groups import group
from taskforce.cli.marketplace_names import entry_of, item_of, source_of
from taskforce.cli.marketplace_pages import show_audit, show_entries, show_entry, show_files
from taskforce.cli.marketplace_words import EntryWord, SourceWord, said
from taskforce.cli.render import print_text
from taskforce.cli.taking import Wanted, resolutions_in, take_in

app = group("Find skills and their like in git repositories, import them, see what was imported.")
app.add_typer(sources.app, name="sources")
app.add_typer(collection.app, name="collection")


@app.command("artifacts", no_args_is_help=True)
def list_artifacts(
    ctx: typer.Context,
    source_id: SourceWord,
    *,
    type: Annotated[
        list[str] | None,
        typer.Option(
            "--type",
            metavar="TYPE",
            help="Only these: skill, command, agent, hook, mcp, workflow, composite; may be repeated.",
        ),
    ] = None,
    status: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATUS",
            help="Only these: new, updated, removed, imported, excluded; may be repeated.",
        ),
    ] = None,
    min_confidence: Annotated[int, typer.Option(metavar="N", help="Only those at least so likely.")] = 0,
    max_confidence: Annotated[int, typer.Option(metavar="N", help="Only those at most so likely.")] = 100,
    search: Annotated[
        str, typer.Option(metavar="TEXT", help="Only those with this in their name or path.")
    ] = "",
    sort: Annotated[
        str, typer.Option(metavar="WORD", help="by_confidence, by_date or by_type.")
    ] = "by_confidence",
    order: Annotated[
        str | None,
        typer.Option(metavar="WORD", help="asc or desc; default: likeliest, latest, first letter first."),
    ] = None,
    limit: Limit = 20,
    offset: Offset = 0,
    files: Annotated[
        str | None, typer.Option("--files", metavar="ARTIFACT", help="List the files of this one.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List what was found in a source."""
    if files is not None:
        list_files(ctx, source_id, files, as_json=as_json)
        return
    which = {"type": type or [], "status": status or [], "search": search}
    range_ = {"min_confidence": min_confidence, "max_confidence": max_confidence}
    given = {**which, **range_, **said(sort=sort, order=order), "limit": limit, "offset": offset}
    show_entries(ask(ctx, lambda door: _listed(door, source_id, given)), flags_of(ctx), as_json=as_json)


@app.command("show", no_args_is_help=True)
def get(ctx: typer.Context, source_id: SourceWord, entry_id: EntryWord, *, as_json: AsJson = False) -> None:
    """Show an artifact that was found."""
    show_entry(ask(ctx, lambda door: _got(door, source_id, entry_id)), flags_of(ctx), as_json=as_json)


@app.command("files", no_args_is_help=True)
def list_files(
    ctx: typer.Context, source_id: SourceWord, entry_id: EntryWord, *, as_json: AsJson = False
) -> None:
    """List the files of an artifact, as its repository holds them now."""
    show_files(ask(ctx, lambda door: _files(door, source_id, entry_id)), flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def read(
    ctx: typer.Context,
    source_id: SourceWord,
    entry_id: EntryWord,
    path: Annotated[str, typer.Argument(metavar="PATH", help="As `files` names it, such as SKILL.md.")],
) -> None:
    """Read a file of an artifact."""
    content = ask(ctx, lambda door: _read(door, source_id, entry_id, path)).answer.content
    if sys.stdout.isatty():
        print_text(content.decode(errors="replace").removesuffix("\n"))
    else:
        sys.stdout.buffer.write(content)


@app.command(no_args_is_help=True)
def exclude(
    ctx: typer.Context, source_id: SourceWord, entry_id: EntryWord, *, as_json: AsJson = False
) -> None:
    """Leave an artifact out of what is offered, until its content changes."""
    found = ask(ctx, lambda door: _updated(door, source_id, entry_id, excluded=True))
    show_entry(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def include(
    ctx: typer.Context, source_id: SourceWord, entry_id: EntryWord, *, as_json: AsJson = False
) -> None:
    """Offer an artifact again that was left out, or leave it out."""
    found = ask(ctx, lambda door: _updated(door, source_id, entry_id, excluded=False))
    show_entry(found, flags_of(ctx), as_json=as_json)


@app.command("import", no_args_is_help=True)
def take(
    ctx: typer.Context,
    source_id: SourceWord,
    entry_ids: Annotated[
        list[str] | None, typer.Argument(metavar="ARTIFACT", help="By their paths, names or ids.")
    ] = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="All that is new or updated, in place of ARTIFACT.")
    ] = False,
    conflict_resolution: Annotated[
        str | None,
        typer.Option(
            "--on-conflict",
            metavar="WORD",
            help="When a name is taken: skip, rename, or force to replace; default: change nothing.",
        ),
    ] = None,
    resolutions: Annotated[
        list[str] | None,
        typer.Option("--resolve", metavar="ARTIFACT=WORD", help="The same for one; may be repeated."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Import artifacts of a source into the project's collection; each is taken whole or not at all."""
    wanted = Wanted(
        source=source_id,
        words=entry_ids or [],
        everything=everything,
        on_conflict=conflict_resolution,
        resolutions=resolutions_in(resolutions or []),
    )
    take_in(ctx, wanted, as_json=as_json)


@app.command()
def verify(
    ctx: typer.Context,
    item_id: Annotated[
        str | None, typer.Argument(metavar="ARTIFACT", help="Its name in the collection, or its id.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Read what was imported again, and tell which of it is not what was imported."""
    found = ask(ctx, lambda door: _verified(door, item_id))
    show_verification(found, flags_of(ctx), as_json=as_json)
    raise typer.Exit(FAILED if found.answer.damaged_count else 0)


@app.command()
def audit(
    ctx: typer.Context,
    *,
    source_id: Annotated[
        str | None, typer.Option("--source", metavar="SOURCE", help="Only what was done with this one.")
    ] = None,
    limit: Limit = 20,
    offset: Offset = 0,
    as_json: AsJson = False,
) -> None:
    """List who did what in the marketplace, newest first."""
    found = ask(ctx, lambda door: _audit(door, source_id, {"limit": limit, "offset": offset}))
    show_audit(found, flags_of(ctx), as_json=as_json)


async def _listed(door: Door, word: str, given: Mapping[str, object]) -> ListView[CatalogSchema]:
    request = checked(ListArtifacts, source_id=await source_of(door, word), **given)
    return ListView.of(await door.source_artifacts.list(door.principal, request), request)


async def _named(door: Door, source: str, entry: str) -> dict[str, str]:
    source_id = await source_of(door, source)
    return {"source_id": source_id, "entry_id": await entry_of(door, source_id, entry)}


async def _got(door: Door, source: str, entry: str) -> CatalogSchema:
    request = checked(GetSourceArtifact, **await _named(door, source, entry))
    return await door.source_artifacts.get(door.principal, request)


async def _files(door: Door, source: str, entry: str) -> ItemsView[ArtifactFileView]:
    request = checked(GetSourceArtifact, **await _named(door, source, entry))
    return await door.source_artifacts.files(door.principal, request)


async def _read(door: Door, source: str, entry: str, path: str) -> ArtifactFile:
    request = checked(ReadSourceArtifact, **await _named(door, source, entry), path=path)
    return await door.source_artifacts.read(door.principal, request)


async def _updated(door: Door, source: str, entry: str, *, excluded: bool) -> CatalogSchema:
    request = checked(UpdateSourceArtifact, **await _named(door, source, entry), excluded=excluded)
    return await door.source_artifacts.update(door.principal, request)


async def _verified(door: Door, word: str | None) -> VerificationView:
    item_id = None if word is None else await item_of(door, word)
    return await door.collection.verify(door.principal, checked(VerifyCollection, item_id=item_id))


async def _audit(door: Door, word: str | None, given: Mapping[str, object]) -> ListView[AuditView]:
    source_id = None if word is None else await source_of(door, word)
    request = checked(ListAudit, source_id=source_id, **given)
    return ListView.of(await door.sources.audit(door.principal, request), request)
