"""Serving the HTTP API: the other door, which this one only starts."""

from importlib import import_module

import typer

from taskforce.cli import garbage
from taskforce.cli.dependencies import flags_of, settings_of
from taskforce.cli.errors import told, typed_names
from taskforce.cli.terminal import say


def served(ctx: typer.Context, *, host: str, port: int, workers: int | None) -> None:
    """Serve until a signal comes, then give back what runs."""
    from taskforce.application.factory import close_container, open_container

    with told(as_json=False, typed=typed_names(ctx)):
        settings = settings_of(flags_of(ctx), {"workers": workers}).settings
        container = open_container(settings)
        # The doors do not know each other: this is a name, not an import.
        serve = import_module("taskforce.api.server").serve
        shown = f"[{host}]" if ":" in host else host
        garbage.resume()

        def tell(real: int) -> None:
            address = f"http://{shown}:{real}"
            say(f"Serving {address} on {settings.home}; the reference is at /docs. Ctrl-C ends it.")

        try:
            serve(container, host=host, port=port, on_open=tell)
        finally:
            close_container(container)
