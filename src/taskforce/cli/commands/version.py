"""`taskforce version`."""

import typer

from taskforce import __version__

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"taskforce {__version__}")
