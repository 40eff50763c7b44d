"""`taskforce releases`: the use cases of releases."""

from collections.abc import Mapping
from typing import Annotated

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import JobView
from taskforce.application.pipelines.release_schemas import (
    AliasRelease,
    CreateRelease,
    GetRelease,
    ListReleases,
    ReleasesView,
    UnaliasRelease,
)
from taskforce.cli.delivering import deliver
from taskforce.cli.delivery_pages import show_made_release, show_release, show_releases
from taskforce.cli.dependencies import Door, ask, flags_of
from taskforce.cli.flags import AsJson, Background, IdempotencyKey, Limit, Offset
from taskforce.cli.groups import group
from taskforce.cli.manner import Manner
from taskforce.cli.terminal import say

app = group("Make releases, show them, and give them other names.")

Repo = Annotated[str, typer.Argument(metavar="REPO", help="The repository, such as owner/name.")]
ProjectName = Annotated[str, typer.Argument(metavar="PROJECT", help="The repository's project.")]
ReleaseName = Annotated[
    str, typer.Argument(metavar="RELEASE", help="Its number, commit (7 digits or more), tag or alias.")
]


@app.command(no_args_is_help=True)
def create(
    ctx: typer.Context,
    repository: Repo,
    project: ProjectName,
    commit_sha: Annotated[str, typer.Argument(metavar="COMMIT", help="The commit in full: 40 hex digits.")],
    *,
    pipeline_run_id: Annotated[
        str | None, typer.Option("--run", metavar="RUN", help="The run that built it.")
    ] = None,
    artifacts: Annotated[
        list[str] | None,
        typer.Option("--artifact", metavar="NAME=TYPE:URI", help="A container, binary or archive."),
    ] = None,
    as_json: AsJson = False,
    background: Background = False,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Release what a commit built."""
    words = {"repository": repository, "project": project, "commit_sha": commit_sha}
    given = {**words, "pipeline_run_id": pipeline_run_id, "artifacts": _artifacts(artifacts)}
    deliver(
        ctx,
        lambda door: _handed_in(door, given, idempotency_key),
        lambda door, job: door.outcomes.release(door.principal, job),
        show_made_release,
        Manner(as_json=as_json, background=background),
    )


@app.command("list", no_args_is_help=True)
def list_releases(
    ctx: typer.Context,
    repo: Repo,
    project: ProjectName,
    *,
    limit: Limit = 20,
    offset: Offset = 0,
    as_json: AsJson = False,
) -> None:
    """List a project's releases, newest first."""
    given = {"repo": repo, "project": project, "limit": limit, "offset": offset}
    show_releases(ask(ctx, lambda door: _listed(door, given)), flags_of(ctx), as_json=as_json)


@app.command("show", no_args_is_help=True)
def get(
    ctx: typer.Context, repo: Repo, project: ProjectName, release_id: ReleaseName, *, as_json: AsJson = False
) -> None:
    """Show a release by its commit, number, tag or another alias."""
    given = {"repo": repo, "project": project, "release_id": release_id}
    found = ask(ctx, lambda door: door.releases.get(door.principal, checked(GetRelease, **given)))
    show_release(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def alias(
    ctx: typer.Context,
    repo: Repo,
    project: ProjectName,
    release_id: ReleaseName,
    alias: Annotated[str, typer.Argument(metavar="NAME", help="The other name, such as stable.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Give a release another name, which is taken from the release that has it."""
    given = {"repo": repo, "project": project, "release_id": release_id, "alias": alias}
    found = ask(ctx, lambda door: door.releases.alias(door.principal, checked(AliasRelease, **given)))
    show_release(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def unalias(
    ctx: typer.Context,
    repo: Repo,
    project: ProjectName,
    alias: Annotated[str, typer.Argument(metavar="NAME", help="The name.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Take a name away that somebody gave."""
    given = {"repo": repo, "project": project, "alias": alias}
    ask(ctx, lambda door: door.releases.unalias(door.principal, checked(UnaliasRelease, **given)))
    if not as_json:
        say(f"No release of {repo}/{project} is called {alias} any more.")


async def _handed_in(door: Door, given: Mapping[str, object], key: str | None) -> JobView:
    return await door.releases.create(door.principal, checked(CreateRelease, **given), key=key)


async def _listed(door: Door, given: Mapping[str, object]) -> ReleasesView:
    request = checked(ListReleases, **given)
    return ReleasesView.of(await door.releases.list(door.principal, request), request)


def _artifacts(words: list[str] | None) -> list[dict[str, str]]:
    """Return `NAME=TYPE:URI` words as artifacts. Raises BadParameter."""
    found = []
    for word in words or []:
        name, _, rest = word.partition("=")
        kind, _, uri = rest.partition(":")
        if not (name and kind and uri):
            raise typer.BadParameter(f"{word!r} is not of the form NAME=TYPE:URI.", param_hint="--artifact")
        found.append({"name": name, "type": kind, "tracking_oci_uri": uri, "primary_published_uri": uri})
    return found
