"""`taskforce scenarios`: plants' data, and what is simulated on it."""

from pathlib import Path
from typing import Annotated

import typer

from taskforce.cli.dependencies import ask, flags_of
from taskforce.cli.errors import FAILED
from taskforce.cli.flags import AsJson, IdempotencyKey
from taskforce.cli.groups import group
from taskforce.cli.importing import looked_at, taken_in
from taskforce.cli.scenario_pages import show_report, show_snapshot

app = group("Import plants, and look at their data.")

Plant = Annotated[
    Path, typer.Argument(metavar="PLANT", help="A folder of CSV files (plant.csv, …), or a zip of one.")
]


@app.command("import", no_args_is_help=True)
def commit(
    ctx: typer.Context,
    plant: Plant,
    *,
    check: Annotated[bool, typer.Option("--check", help="Tell every problem, and import nothing.")] = False,
    idempotency_key: IdempotencyKey = None,
    as_json: AsJson = False,
) -> None:
    """Import a plant's data as the project's newest snapshot; the same data is the same snapshot."""
    if check:
        validate(ctx, plant, as_json=as_json)
    made = ask(ctx, lambda door: taken_in(door, plant, key=idempotency_key, quiet=as_json))
    show_snapshot(made, flags_of(ctx), as_json=as_json)


@app.command("check", no_args_is_help=True)
def validate(ctx: typer.Context, plant: Plant, *, as_json: AsJson = False) -> None:
    """Look at a plant's data, and tell every problem at once."""
    found = ask(ctx, lambda door: looked_at(door, plant))
    show_report(found, flags_of(ctx), as_json=as_json)
    raise typer.Exit(0 if found.answer.valid else FAILED)
