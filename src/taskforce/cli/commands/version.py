"""`taskforce version`."""

import typer

from taskforce import __version__
from taskforce.cli.groups import single

app = single()


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"taskforce {__version__}")
