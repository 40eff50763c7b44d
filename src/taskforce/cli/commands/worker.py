"""`taskforce worker`: a worker alone."""

from typing import Annotated

import typer

from taskforce.cli.flags import Workers
from taskforce.cli.groups import single
from taskforce.cli.working import work

app = single()


@app.command()
def worker(
    ctx: typer.Context,
    *,
    kinds: Annotated[
        str | None, typer.Option(metavar="KIND,…", help="Only jobs of these kinds; all if left out.")
    ] = None,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="Exit when nothing is due.")] = False,
    workers: Workers = None,
) -> None:
    """Play jobs that are due, and nothing else."""
    work(ctx, kinds=kinds, until_idle=until_idle, workers=workers)
