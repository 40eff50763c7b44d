"""`taskforce approvals`: the use cases of approvals."""

from typing import Annotated

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.pipelines.approval_schemas import CreateApproval, GetApproval, RevokeApproval
from taskforce.cli.commands.deployments import Place, ReleaseId
from taskforce.cli.delivery_pages import show_approval
from taskforce.cli.dependencies import ask, flags_of
from taskforce.cli.flags import AsJson, IdempotencyKey
from taskforce.cli.groups import group
from taskforce.cli.terminal import say

app = group("Approve releases for environments, and take it back.")


@app.command(no_args_is_help=True)
def create(
    ctx: typer.Context,
    release_id: ReleaseId,
    environment: Place,
    justification: Annotated[str, typer.Argument(metavar="WHY", help="Why it may go there, in words.")],
    *,
    expires_at: Annotated[
        str | None,
        typer.Option("--until", metavar="TIME", help="Such as 2026-01-31T12:00:00Z; default: for a week."),
    ] = None,
    as_json: AsJson = False,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Approve a release for an environment."""
    words = {"release_id": release_id, "environment": environment, "justification": justification}
    given = {**words, "expires_at": expires_at}
    made = ask(
        ctx,
        lambda door: door.approvals.create(
            door.principal, checked(CreateApproval, **given), key=idempotency_key
        ),
    )
    show_approval(made, flags_of(ctx), as_json=as_json)


@app.command("show", no_args_is_help=True)
def get(
    ctx: typer.Context,
    release_id: Annotated[
        str, typer.Argument(metavar="RELEASE", help="The release's id, or REPO/PROJECT and one of its names.")
    ],
    environment: Place,
    *,
    as_json: AsJson = False,
) -> None:
    """Show the newest approval of a release for an environment."""
    given = {"release_id": release_id, "environment": environment}
    found = ask(ctx, lambda door: door.approvals.get(door.principal, checked(GetApproval, **given)))
    show_approval(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def revoke(
    ctx: typer.Context,
    approval_id: Annotated[str, typer.Argument(metavar="APPROVAL", help="The approval's id.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Revoke an approval; one that is revoked stays so."""
    asked = {"approval_id": approval_id}
    ask(ctx, lambda door: door.approvals.revoke(door.principal, checked(RevokeApproval, **asked)))
    if not as_json:
        say(f"Approval {approval_id} is revoked.")
