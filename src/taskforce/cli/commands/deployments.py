"""`taskforce deployments`: the use cases of deployments."""

from collections.abc import Mapping
from typing import Annotated

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import JobView
from taskforce.application.pipelines.deployment_schemas import (
    CreateDeployment,
    DeploymentsView,
    GetCurrentDeployment,
    ListDeployments,
)
from taskforce.cli.commands.releases import ProjectName, Repo
from taskforce.cli.delivering import deliver
from taskforce.cli.delivery_pages import show_current, show_deployments, show_made_deployment
from taskforce.cli.dependencies import Door, ask, flags_of
from taskforce.cli.flags import AsJson, Background, IdempotencyKey, Limit, Offset
from taskforce.cli.groups import group
from taskforce.cli.manner import Manner

app = group("Put releases into environments, and show what is where.")

ReleaseId = Annotated[str, typer.Argument(metavar="RELEASE", help="The release's id.")]
Place = Annotated[str, typer.Argument(metavar="ENVIRONMENT", help="dev, staging or production.")]


@app.command(no_args_is_help=True)
def create(
    ctx: typer.Context,
    release_id: ReleaseId,
    environment: Place,
    *,
    approval_id: Annotated[
        str | None, typer.Option("--approval", metavar="ID", help="The approval; production needs one.")
    ] = None,
    as_json: AsJson = False,
    background: Background = False,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Put a release into an environment."""
    given = {"release_id": release_id, "environment": environment, "approval_id": approval_id}
    deliver(
        ctx,
        lambda door: _handed_in(door, given, idempotency_key),
        lambda door, job: door.outcomes.arrived(door.principal, job),
        show_made_deployment,
        Manner(as_json=as_json, background=background),
    )


@app.command("show", no_args_is_help=True)
def current(
    ctx: typer.Context, environment: Place, repo: Repo, project: ProjectName, *, as_json: AsJson = False
) -> None:
    """Show what is deployed of a project in an environment."""
    given = {"environment": environment, "repo": repo, "project": project}
    found = ask(
        ctx, lambda door: door.deployments.current(door.principal, checked(GetCurrentDeployment, **given))
    )
    show_current(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def history(
    ctx: typer.Context,
    environment: Place,
    repo: Repo,
    project: ProjectName,
    *,
    limit: Limit = 20,
    offset: Offset = 0,
    as_json: AsJson = False,
) -> None:
    """List a project's deployments to an environment, newest first."""
    given = {"environment": environment, "repo": repo, "project": project, "limit": limit, "offset": offset}
    show_deployments(ask(ctx, lambda door: _listed(door, given)), flags_of(ctx), as_json=as_json)


async def _handed_in(door: Door, given: Mapping[str, object], key: str | None) -> JobView:
    return await door.deployments.create(door.principal, checked(CreateDeployment, **given), key=key)


async def _listed(door: Door, given: Mapping[str, object]) -> DeploymentsView:
    request = checked(ListDeployments, **given)
    return DeploymentsView.of(await door.deployments.history(door.principal, request), request)
