"""`taskforce mcp`: the MCP server, on stdin and stdout."""

import typer

from taskforce.cli.dependencies import Opening, call
from taskforce.cli.flags import Workers
from taskforce.cli.groups import single

app = single()


@app.command()
def mcp(ctx: typer.Context, *, workers: Workers = None) -> None:
    """Serve an MCP client over stdin and stdout, with workers in this process."""
    from taskforce.cli.mcp_serving import serve_client

    call(ctx, serve_client, Opening(settings={"workers": workers}, foreground=False))
