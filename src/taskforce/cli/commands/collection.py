"""`taskforce marketplace collection`: what was imported."""

from collections.abc import Mapping
from typing import Annotated

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import ListView
from taskforce.application.marketplace.import_schemas import (
    DeleteItem,
    GetItem,
    ItemView,
    ListCollection,
)
from taskforce.cli.collection_pages import show_item, show_items
from taskforce.cli.dependencies import Door, ask, flags_of
from taskforce.cli.flags import AsJson, Limit, Offset
from taskforce.cli.groups import group
from taskforce.cli.marketplace_names import item_of
from taskforce.cli.marketplace_words import ItemWord
from taskforce.cli.terminal import say

app = group("Show what was imported, and delete it.")


@app.command("list")
def list_items(
    ctx: typer.Context,
    *,
    type: Annotated[
        list[str] | None, typer.Option("--type", metavar="TYPE", help="Only these; may be repeated.")
    ] = None,
    search: Annotated[
        str, typer.Option(metavar="TEXT", help="Only those with this in their name or repository.")
    ] = "",
    limit: Limit = 20,
    offset: Offset = 0,
    as_json: AsJson = False,
) -> None:
    """List the artifacts of the collection, newest first."""
    given = {"type": type or [], "search": search, "limit": limit, "offset": offset}
    show_items(ask(ctx, lambda door: _listed(door, given)), flags_of(ctx), as_json=as_json)


@app.command("show", no_args_is_help=True)
def get(ctx: typer.Context, item_id: ItemWord, *, as_json: AsJson = False) -> None:
    """Show an artifact of the collection."""
    show_item(ask(ctx, lambda door: _got(door, item_id)), flags_of(ctx), as_json=as_json)


@app.command("remove", no_args_is_help=True)
def delete(ctx: typer.Context, item_id: ItemWord, *, as_json: AsJson = False) -> None:
    """Delete an artifact from the collection; missions under way keep what they have loaded."""
    ask(ctx, lambda door: _deleted(door, item_id))
    if not as_json:
        say(f"Removed {item_id} from the collection.")


async def _listed(door: Door, given: Mapping[str, object]) -> ListView[ItemView]:
    request = checked(ListCollection, **given)
    return ListView.of(await door.collection.list(door.principal, request), request)


async def _got(door: Door, word: str) -> ItemView:
    return await door.collection.get(door.principal, checked(GetItem, item_id=await item_of(door, word)))


async def _deleted(door: Door, word: str) -> None:
    request = checked(DeleteItem, item_id=await item_of(door, word))
    await door.collection.delete(door.principal, request)
