"""`taskforce serve`: the HTTP API."""

from typing import Annotated

import typer

from taskforce.cli.flags import Workers
from taskforce.cli.groups import single

app = single()


@app.command()
def serve(
    ctx: typer.Context,
    *,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="N", help="The port to listen on.", min=0, max=65_535)] = 8000,
    workers: Workers = None,
) -> None:
    """Serve the HTTP API, with workers in this process."""
    from taskforce.cli.serving import served

    served(ctx, host=host, port=port, workers=workers)
