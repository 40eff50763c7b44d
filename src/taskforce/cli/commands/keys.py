"""`taskforce keys`: the use cases of API keys."""

from collections.abc import Mapping
from typing import Annotated

import typer

from taskforce.application.access.schemas import CreateKey, KeyView, ListKeys, RevokeKey
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import ListView
from taskforce.cli.access_pages import show_key, show_keys, show_new_key
from taskforce.cli.dependencies import Door, ask, flags_of
from taskforce.cli.flags import AsJson, IdempotencyKey, Limit, Offset
from taskforce.cli.groups import group

app = group("Make, list and revoke the API keys of a project.")


@app.command(no_args_is_help=True)
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for, as lists show it.")],
    *,
    role: Annotated[
        str,
        typer.Option(
            metavar="ROLE", help="What it may do: viewer, operator (default), approver, admin, service."
        ),
    ] = "operator",
    expires_in_days: Annotated[
        int | None, typer.Option(metavar="N", help="When it ends; without this it does not.")
    ] = None,
    idempotency_key: IdempotencyKey = None,
    as_json: AsJson = False,
) -> None:
    """Create an API key for the project, and show its text this once."""
    given = {"name": name, "role": role, "expires_in_days": expires_in_days}
    made = ask(
        ctx, lambda door: door.keys.create(door.principal, checked(CreateKey, **given), key=idempotency_key)
    )
    show_new_key(made, flags_of(ctx), as_json=as_json)


@app.command("list")
def list_keys(ctx: typer.Context, *, limit: Limit = 20, offset: Offset = 0, as_json: AsJson = False) -> None:
    """List the project's API keys, newest first, the revoked ones too."""
    found = ask(ctx, lambda door: _listed(door, {"limit": limit, "offset": offset}))
    show_keys(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def revoke(
    ctx: typer.Context,
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="The eight letters after tf_live_.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Revoke an API key, for ever; it stays in the list."""
    revoked = ask(ctx, lambda door: door.keys.revoke(door.principal, checked(RevokeKey, key_id=key_id)))
    show_key(revoked, flags_of(ctx), as_json=as_json)


async def _listed(door: Door, given: Mapping[str, object]) -> ListView[KeyView]:
    request = checked(ListKeys, **given)
    return ListView.of(await door.keys.list(door.principal, request), request)
