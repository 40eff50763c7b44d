"""`taskforce prune`: the short name of `taskforce jobs prune`."""

from typing import Annotated

import typer

from taskforce.application.jobs.prune_schemas import PruneJobs, PruneView
from taskforce.application.jobs.refusals import checked
from taskforce.cli.dependencies import ask
from taskforce.cli.flags import AsJson
from taskforce.cli.groups import single
from taskforce.cli.render import print_json, write

app = single()


@app.command()
def prune(
    ctx: typer.Context,
    *,
    older_than: Annotated[
        str | None,
        typer.Option(metavar="AGE", help="Only what ended longer ago, such as 30d or 12h: s, m, h, d, w."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count, and remove nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove what ended long ago: jobs with their logs, steps and artifacts, and sessions long not used."""
    given = {"older_than": older_than, "dry_run": dry_run}
    pruned = ask(ctx, lambda door: door.jobs.prune(door.principal, checked(PruneJobs, **given))).answer
    print_json(pruned) if as_json else write(_sentence(pruned))


def _sentence(pruned: PruneView) -> str:
    word = "Would remove" if pruned.dry_run else "Removed"
    logs = f", and the logs of {_many(pruned.logs, 'run')}" if pruned.logs else ""
    return f"{word} {_many(pruned.sessions, 'session')} and {_many(pruned.jobs, 'other job')}{logs}."


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
