"""`taskforce doctor`: whether everything that jobs need is there."""

import typer

from taskforce.cli.examination import examine
from taskforce.cli.flags import AsJson
from taskforce.cli.groups import single

app = single()


@app.command()
def doctor(ctx: typer.Context, *, as_json: AsJson = False) -> None:
    """Check settings, store and sandbox, and say what is not right."""
    examine(ctx, as_json=as_json)
