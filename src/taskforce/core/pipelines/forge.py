"""What a forge (GitHub) is told of runs, releases and deployments, in its own words."""

import re
from dataclasses import dataclass
from enum import StrEnum

from taskforce.core.pipelines.delivery import (
    Deployment,
    DeploymentStatus,
    Environment,
    Release,
    ReleaseTrigger,
)
from taskforce.core.pipelines.model import Run, RunStatus

DESCRIPTION = 140
"""Characters that a forge shows of a description."""

_OWNED = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*/[A-Za-z0-9_][A-Za-z0-9_.-]*")
_RELEASE_TAG = re.compile(r"refs/tags/releases/[a-z][a-z0-9_-]*/[1-9][0-9]*")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class CommitState(StrEnum):
    """How a commit stands, by GitHub's words."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILURE = "failure"
    ERROR = "error"


class DeployState(StrEnum):
    """How a deployment stands, by those of GitHub's words that are ours, too."""

    IN_PROGRESS = "in_progress"
    SUCCESS = "success"
    FAILURE = "failure"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitStatus:
    """How a commit stands with one of those who judge it."""

    repository: str
    commit_sha: str
    state: CommitState
    context: str
    """Who judges; a later status of the same context counts instead of an earlier one."""
    description: str
    target_url: str | None
    """Where more is told; None: nowhere that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeDeployment:
    """A deployment as the forge keeps it."""

    repository: str
    commit_sha: str
    task: str
    """Names it: the forge has one deployment of a task, however often it is told."""
    environment: str
    is_production: bool
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployStatus:
    """How a deployment stands."""

    state: DeployState
    environment: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseTag:
    """A tag that names what was released."""

    repository: str
    name: str
    commit_sha: str


_COMMIT_STATES = {
    RunStatus.PENDING: (CommitState.PENDING, "waits for its turn"),
    RunStatus.RUNNING: (CommitState.PENDING, "runs"),
    RunStatus.SUCCESS: (CommitState.SUCCESS, "succeeded"),
    RunStatus.FAILED: (CommitState.FAILURE, "failed"),
    RunStatus.CANCELLED: (CommitState.ERROR, "was cancelled"),
}
_DEPLOY_STATES = {
    DeploymentStatus.PENDING: (DeployState.IN_PROGRESS, "is on its way"),
    DeploymentStatus.ACTIVE: (DeployState.SUCCESS, "is active"),
    DeploymentStatus.SUPERSEDED: (DeployState.INACTIVE, "was followed by another one"),
    DeploymentStatus.FAILED: (DeployState.FAILURE, "failed"),
}


def is_kept_there(repository: str) -> bool:
    """Tell whether a repository may be one of a forge: it is named owner/name, and no folder."""
    return bool(_OWNED.fullmatch(repository))


def is_commit(commit_sha: str) -> bool:
    """Tell whether this is a whole commit; of a part, or of none, nothing can be told."""
    return bool(_COMMIT.fullmatch(commit_sha))


def commit_status(run: Run, *, public_url: str | None) -> CommitStatus:
    """Return what is told of a run: one context for each trigger, as one run of each may go on."""
    facts = run.facts
    state, words = _COMMIT_STATES[run.status]
    said = f"Run {words}{f': {run.error}' if run.error and state is CommitState.FAILURE else ''}"
    return CommitStatus(
        repository=facts.repository,
        commit_sha=facts.commit_sha,
        state=state,
        context=f"taskforce/{facts.trigger_type.value}",
        description=shortened(said),
        target_url=f"{public_url}/v1/runs/{facts.id}" if public_url else None,
    )


def forge_deployment(deployment: Deployment) -> ForgeDeployment:
    """Return what a forge keeps of a deployment: each project of a repository has its own environments."""
    release = deployment.release
    return ForgeDeployment(
        repository=release.product.repository,
        commit_sha=release.commit_sha,
        task=f"deploy:{deployment.id}",
        environment=f"{deployment.environment.value}/{release.product.name}",
        is_production=deployment.environment is Environment.PRODUCTION,
        description=shortened(f"Release {release.release_number} of {release.product.name}"),
    )


def deploy_status(deployment: Deployment) -> DeployStatus:
    """Return how a deployment stands."""
    state, words = _DEPLOY_STATES[deployment.status]
    said = f"Release {deployment.release.release_number} {words}"
    return DeployStatus(
        state=state,
        environment=forge_deployment(deployment).environment,
        description=shortened(f"{said}: {deployment.reason}" if deployment.reason else said),
    )


def puts_another_out_of_use(deployment: Deployment) -> bool:
    """Tell whether a forge is to be told that the one before counts no more.

    GitHub sees to it by itself (`auto_inactive`) in all environments but those of production.
    """
    is_active = deployment.status is DeploymentStatus.ACTIVE
    return is_active and deployment.environment is Environment.PRODUCTION


def release_tag(release: Release) -> ReleaseTag | None:
    """Return the tag that names a release; None for one that a tag made."""
    if release.trigger.trigger_type is ReleaseTrigger.TAG:
        return None
    return ReleaseTag(
        repository=release.product.repository,
        name=f"releases/{release.product.name}/{release.release_number}",
        commit_sha=release.commit_sha,
    )


def is_release_tag(ref: str) -> bool:
    """Tell whether a ref is a tag of ours: it names what was built, and builds nothing."""
    return bool(_RELEASE_TAG.fullmatch(ref))


def shortened(text: str) -> str:
    """Return a line that a forge shows as a whole."""
    line = " ".join(text.split())
    return line if len(line) <= DESCRIPTION else f"{line[: DESCRIPTION - 1]}…"
