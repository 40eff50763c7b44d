"""`taskforce tools|skills|profiles|models list`: what missions can run with."""

from collections.abc import Awaitable, Sequence
from typing import TypeVar

import typer

from taskforce.application.jobs.schemas import ItemsView, View
from taskforce.cli.dependencies import ask, flags_of
from taskforce.cli.flags import AsJson
from taskforce.cli.groups import group
from taskforce.cli.mission_pages import show_models, show_profiles, show_skills, show_tools

T = TypeVar("T", bound=View)


async def _items(found: Sequence[T]) -> ItemsView[T]:
    return ItemsView.all(found)


async def _listed(finding: Awaitable[Sequence[T]]) -> ItemsView[T]:
    return ItemsView.all(await finding)


tools = group("Show the tools that missions may use.")
skills = group("Show the skills that missions may use.")
profiles = group("Show the profiles that missions may run with.")
models = group("Show the models that missions may run with.")


@tools.command("list")
def list_tools(ctx: typer.Context, *, as_json: AsJson = False) -> None:
    """List the tools that missions may use."""
    found = ask(ctx, lambda door: _items(door.missions.list_tools(door.principal)))
    show_tools(found, flags_of(ctx), as_json=as_json)


@skills.command("list")
def list_skills(ctx: typer.Context, *, as_json: AsJson = False) -> None:
    """List the skills that missions may use."""
    found = ask(ctx, lambda door: _listed(door.missions.list_skills(door.principal)))
    show_skills(found, flags_of(ctx), as_json=as_json)


@profiles.command("list")
def list_profiles(ctx: typer.Context, *, as_json: AsJson = False) -> None:
    """List the profiles that missions may run with."""
    found = ask(ctx, lambda door: _items(door.missions.list_profiles(door.principal)))
    show_profiles(found, flags_of(ctx), as_json=as_json)


@models.command("list")
def list_models(ctx: typer.Context, *, as_json: AsJson = False) -> None:
    """List the models that missions may run with."""
    found = ask(ctx, lambda door: _listed(door.missions.list_models(door.principal)))
    show_models(found, flags_of(ctx), as_json=as_json)
