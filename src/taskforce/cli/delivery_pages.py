"""What releases, deployments and approvals look like: columns, facts, and JSON, which is the HTTP body."""

from collections.abc import Iterable, Sequence

from taskforce.application.jobs.schemas import View
from taskforce.application.pipelines.approval_schemas import ApprovalView, CreatedApprovalView
from taskforce.application.pipelines.deployment_schemas import (
    CreatedDeploymentView,
    CurrentDeploymentView,
    DeploymentsView,
    ListedDeploymentView,
)
from taskforce.application.pipelines.release_schemas import (
    CreatedReleaseView,
    ListedReleaseView,
    ReleasesView,
    ReleaseView,
)
from taskforce.cli.dependencies import Asked
from taskforce.cli.flags import Flags
from taskforce.cli.render import Column, print_facts, print_json, print_table, print_text
from taskforce.cli.terminal import say

RELEASES: Sequence[Column[ListedReleaseView]] = (
    Column(head="RELEASE", show=lambda view: view.release_number, whole=True),
    Column(head="COMMIT", show=lambda view: view.commit_sha[:12], whole=True),
    Column(head="AGE", show=lambda view: view.created_at, whole=True),
    Column(head="ID", show=lambda view: view.id, whole=True),
)
DEPLOYMENTS: Sequence[Column[ListedDeploymentView]] = (
    Column(head="DEPLOYMENT", show=lambda view: view.id, whole=True),
    Column(head="RELEASE", show=lambda view: view.release_number, whole=True),
    Column(head="STATUS", show=lambda view: view.status.value, whole=True),
    Column(head="SINCE", show=lambda view: view.deployed_at, whole=True),
    Column(head="BY", show=lambda view: view.deployed_by, whole=True),
    Column(head="REASON", show=lambda view: view.reason),
)


def show_made_release(view: CreatedReleaseView) -> None:
    """Print a new release."""
    print_text(f"{view.release_number}  {view.canonical_id}  {view.id}")


def show_made_deployment(view: CreatedDeploymentView) -> None:
    """Print a deployment that has arrived."""
    print_text(f"active  {view.gitops_commit_sha}  {view.id}")


def show_releases(asked: Asked[ReleasesView], flags: Flags, *, as_json: bool) -> None:
    """Print a list of releases."""
    part = asked.answer
    if as_json:
        print_json(part)
        return
    print_table(part.releases, RELEASES, color=flags.color, now=asked.at)
    _tell_rest(len(part.releases), part.total)


def show_deployments(asked: Asked[DeploymentsView], flags: Flags, *, as_json: bool) -> None:
    """Print a list of deployments."""
    part = asked.answer
    if as_json:
        print_json(part)
        return
    print_table(part.deployments, DEPLOYMENTS, color=flags.color, now=asked.at)
    _tell_rest(len(part.deployments), part.total)


def show_release(asked: Asked[ReleaseView], flags: Flags, *, as_json: bool) -> None:
    """Print a release."""
    _show(asked.answer, _facts_of_release(asked.answer), flags, as_json=as_json)


def show_current(asked: Asked[CurrentDeploymentView], flags: Flags, *, as_json: bool) -> None:
    """Print what is deployed."""
    view = asked.answer
    facts = view.model_dump(mode="json").items()
    _show(view, ((name.replace("_", " "), fact) for name, fact in facts), flags, as_json=as_json)


def show_approval(
    asked: Asked[ApprovalView] | Asked[CreatedApprovalView], flags: Flags, *, as_json: bool
) -> None:
    """Print an approval."""
    view = asked.answer
    facts = view.model_dump(mode="json").items()
    _show(view, ((name.replace("_", " "), fact) for name, fact in facts), flags, as_json=as_json)


def _facts_of_release(view: ReleaseView) -> Iterable[tuple[str, object]]:
    trigger = view.trigger
    yield "release", view.release_number
    yield "of", f"{view.repository}/{view.project}"
    yield "commit", view.commit_sha
    yield "id", view.id
    yield "created", view.created_at
    yield "by", view.created_by
    yield (
        "trigger",
        " ".join(filter(None, (trigger.trigger_type.value, trigger.branch, trigger.triggered_by))),
    )
    yield "names", " ".join(one.alias for one in view.aliases)
    yield "packed at", view.oci_uri
    yield "digest", view.oci_digest
    for one in view.artifacts:
        yield one.type.value, f"{one.name} {one.primary_published_uri or one.tracking_oci_uri}"


def _show(view: View, facts: Iterable[tuple[str, object]], flags: Flags, *, as_json: bool) -> None:
    if as_json:
        print_json(view)
    else:
        print_facts(facts, color=flags.color)


def _tell_rest(shown: int, total: int) -> None:
    if total > shown:
        say(f"{shown} of {total}; --limit and --offset show others.")
