"""`taskforce doctor`: whether everything that jobs need is there."""

from typing import Annotated

import typer

from taskforce.cli.examination import examine
from taskforce.cli.flags import AsJson
from taskforce.cli.groups import single

app = single()


@app.command()
def doctor(
    ctx: typer.Context,
    *,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="The address that serve is to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="N", help="The port that serve is to listen on.", min=0, max=65_535)
    ] = 8000,
    as_json: AsJson = False,
) -> None:
    """Check settings, store and sandbox, and say what is not right."""
    examine(ctx, host=host, port=port, as_json=as_json)
