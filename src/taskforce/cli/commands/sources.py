"""`taskforce marketplace sources`: the use cases of sources."""

from collections.abc import Mapping
from typing import Annotated

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import ListView
from taskforce.application.marketplace.schemas import (
    CreateSource,
    DeleteSource,
    GetSource,
    ListSources,
    SourceSchema,
    UpdateSource,
)
from taskforce.cli.dependencies import Door, ask, flags_of
from taskforce.cli.flags import AsJson, Background, IdempotencyKey, Limit, Offset, Stream
from taskforce.cli.groups import group
from taskforce.cli.manner import Manner
from taskforce.cli.marketplace_names import address_of, source_of
from taskforce.cli.marketplace_pages import show_new_source, show_source, show_sources
from taskforce.cli.marketplace_words import (
    Interval,
    ManualMap,
    RootHint,
    SourceWord,
    TrustLevel,
    Visibility,
    folder_types,
    said,
)
from taskforce.cli.scanning import play_rescan
from taskforce.cli.terminal import say

app = group("Add repositories, have them scanned, show how they stand.")

Branch = Annotated[
    str | None, typer.Option("--branch", metavar="REF", help="A branch, tag or commit; default: main.")
]


@app.command("add", no_args_is_help=True)
def create(
    ctx: typer.Context,
    repo_url: Annotated[
        str,
        typer.Argument(metavar="URL", help="Where git finds it: https://, ssh://, user@host:path, ./folder."),
    ],
    *,
    branch: Branch = None,
    root_hint: RootHint = None,
    manual_map: ManualMap = None,
    trust_level: TrustLevel = None,
    visibility: Visibility = None,
    rescan_interval: Interval = None,
    as_json: AsJson = False,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Add a repository to the sources of the project; it is scanned when that is asked for."""
    seen = {"trust_level": trust_level, "visibility": visibility, "rescan_interval": rescan_interval}
    words = {"branch": branch, "root_hint": root_hint, "manual_map": folder_types(manual_map)}
    given = said(repo_url=address_of(repo_url), **words, **seen)
    made = ask(ctx, lambda door: _created(door, given, idempotency_key))
    show_new_source(made.answer, flags_of(ctx), as_json=as_json)


@app.command("list")
def list_sources(
    ctx: typer.Context,
    *,
    search: Annotated[
        str, typer.Option(metavar="TEXT", help="Only those with this in their address or branch.")
    ] = "",
    all_projects: Annotated[
        bool, typer.Option("--all-projects", help="Those of every project, for admins of all.")
    ] = False,
    limit: Limit = 20,
    offset: Offset = 0,
    as_json: AsJson = False,
) -> None:
    """List sources, newest first."""
    given = {"search": search, "all_projects": all_projects, "limit": limit, "offset": offset}
    show_sources(ask(ctx, lambda door: _listed(door, given)), flags_of(ctx), as_json=as_json)


@app.command("show", no_args_is_help=True)
def get(ctx: typer.Context, source_id: SourceWord, *, as_json: AsJson = False) -> None:
    """Show how a source stands, and what was found there."""
    found = ask(ctx, lambda door: _got(door, source_id))
    show_source(found.answer, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def update(
    ctx: typer.Context,
    source_id: SourceWord,
    *,
    branch: Branch = None,
    root_hint: RootHint = None,
    manual_map: ManualMap = None,
    trust_level: TrustLevel = None,
    visibility: Visibility = None,
    rescan_interval: Interval = None,
    as_json: AsJson = False,
) -> None:
    """Change how a source is scanned, how far it is trusted, and who sees it."""
    seen = {"trust_level": trust_level, "visibility": visibility, "rescan_interval": rescan_interval}
    given = said(branch=branch, root_hint=root_hint, manual_map=folder_types(manual_map), **seen)
    found = ask(ctx, lambda door: _updated(door, source_id, given))
    show_source(found.answer, flags_of(ctx), as_json=as_json)


@app.command("remove", no_args_is_help=True)
def delete(ctx: typer.Context, source_id: SourceWord, *, as_json: AsJson = False) -> None:
    """Delete a source with its catalogue; what was imported stays."""
    ask(ctx, lambda door: _deleted(door, source_id))
    if not as_json:
        say(f"Removed source {source_id}.")


@app.command(no_args_is_help=True)
def rescan(
    ctx: typer.Context,
    source_id: SourceWord,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Look at everything again, and wait no five minutes for it.")
    ] = False,
    stream: Stream = None,
    as_json: AsJson = False,
    background: Background = False,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Scan a source, at most once in five minutes."""
    manner = Manner(as_json=as_json, stream=stream, background=background)
    play_rescan(ctx, source_id, force=force, key=idempotency_key, manner=manner)


async def _created(door: Door, given: Mapping[str, object], key: str | None) -> SourceSchema:
    return await door.sources.create(door.principal, checked(CreateSource, **given), key=key)


async def _listed(door: Door, given: Mapping[str, object]) -> ListView[SourceSchema]:
    request = checked(ListSources, **given)
    return ListView.of(await door.sources.list(door.principal, request), request)


async def _got(door: Door, word: str) -> SourceSchema:
    request = checked(GetSource, source_id=await source_of(door, word))
    return await door.sources.get(door.principal, request)


async def _updated(door: Door, word: str, given: Mapping[str, object]) -> SourceSchema:
    request = checked(UpdateSource, source_id=await source_of(door, word), **given)
    return await door.sources.update(door.principal, request)


async def _deleted(door: Door, word: str) -> None:
    request = checked(DeleteSource, source_id=await source_of(door, word))
    await door.sources.delete(door.principal, request)
