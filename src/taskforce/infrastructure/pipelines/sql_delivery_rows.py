"""What the rows of deliveries are in core's words, and the other way round."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Select, select

from taskforce.core.jobs.model import JobStatus
from taskforce.core.pipelines.delivery import (
    Alias,
    AliasType,
    Approval,
    ArtifactType,
    BuiltArtifact,
    Deployment,
    DeploymentStatus,
    Environment,
    Product,
    Release,
    ReleaseTrigger,
    Trigger,
    in_order,
)
from taskforce.core.pipelines.deploying import standing
from taskforce.infrastructure.database.delivery_tables import deployments, release_aliases, releases
from taskforce.infrastructure.database.rows import Values
from taskforce.infrastructure.database.tables import jobs

_OWN = deployments.c
_OF_DEPLOYMENTS = (
    _OWN.id,
    _OWN.environment,
    _OWN.status,
    _OWN.created_at,
    _OWN.deployed_by,
    _OWN.approval,
    _OWN.gitops_commit_sha,
    _OWN.deployed_at,
    _OWN.reason,
)
_OF_JOBS = (jobs.c.status, jobs.c.started_at, jobs.c.failure)


def select_deployments() -> "Select[Any]":
    """Return a query whose rows `deployments_from` reads."""
    return (
        select(*_OF_DEPLOYMENTS, *_OF_JOBS, *releases.c)
        .join(releases, releases.c.id == _OWN.release)
        .outerjoin(jobs, jobs.c.id == _OWN.id)
    )


def releases_from(connection: Connection, rows: Iterable[Sequence[Any]]) -> tuple[Release, ...]:
    """Return the releases of rows of their table, with their aliases."""
    found = list(rows)
    wanted = release_aliases.c.release.in_([row[0] for row in found])
    columns = release_aliases.c
    aliases: dict[str, list[Alias]] = defaultdict(list)
    query = select(columns.release, columns.alias, columns.alias_type).where(wanted)
    for release, alias, alias_type in connection.execute(query) if found else ():
        aliases[release].append(Alias(alias=alias, alias_type=AliasType(alias_type)))
    return tuple(_release(row, aliases[row[0]]) for row in found)


def deployments_from(connection: Connection, rows: Iterable[Sequence[Any]]) -> tuple[Deployment, ...]:
    """Return the deployments of rows of `select_deployments`, as they stand."""
    found = list(rows)
    job, its_release = len(_OF_DEPLOYMENTS), len(_OF_DEPLOYMENTS) + len(_OF_JOBS)
    of_releases = releases_from(connection, [row[its_release:] for row in found])
    return tuple(
        _deployment(row[:job], release, job=row[job:its_release])
        for row, release in zip(found, of_releases, strict=True)
    )


def approval_from(row: Sequence[Any]) -> Approval:
    """Return the approval of a row of its table."""
    id, project, release, environment, approver, justification, approved, expires, revoked, by, _ = row
    return Approval(
        id=id,
        project=project,
        release=release,
        environment=Environment(environment),
        approver=approver,
        justification=justification,
        approved_at=approved,
        expires_at=expires,
        revoked_at=revoked,
        revoked_by=by,
    )


def release_values(release: Release) -> Values:
    """Return the row of a release."""
    return {
        **asdict(release.product),
        "id": release.id,
        "commit_sha": release.commit_sha,
        "release_number": release.release_number,
        "oci_uri": release.oci_uri,
        "oci_digest": release.oci_digest,
        "created_at": release.created_at,
        "created_by": release.created_by,
        "artifacts": [{**asdict(one), "type": one.type.value} for one in release.artifacts],
        "trigger_type": release.trigger.trigger_type.value,
        "branch": release.trigger.branch,
        "triggered_by": release.trigger.triggered_by,
        "run": release.run,
    }


def alias_values(product: Product, alias: Alias, *, release: str) -> Values:
    """Return the row of an alias."""
    name = {"alias": alias.alias, "alias_type": alias.alias_type.value}
    return {**asdict(product), **name, "release": release}


def deployment_values(deployment: Deployment) -> Values:
    """Return the row of a deployment."""
    return {
        **asdict(deployment.release.product),
        "id": deployment.id,
        "environment": deployment.environment.value,
        "release": deployment.release.id,
        "status": deployment.status.value,
        "created_at": deployment.created_at,
        "deployed_by": deployment.deployed_by,
        "approval": deployment.approval,
        "gitops_commit_sha": deployment.gitops_commit_sha,
        "deployed_at": deployment.deployed_at,
        "reason": deployment.reason,
    }


def approval_values(approval: Approval) -> Values:
    """Return the row of an approval that counts from now on."""
    return {**asdict(approval), "environment": approval.environment.value, "counts": True}


def _release(row: Sequence[Any], aliases: Iterable[Alias]) -> Release:
    id, project, repository, name, commit, number, uri, digest, created, by, built, trigger, *rest = row
    branch, triggered_by, run = rest
    return Release(
        id=id,
        product=Product(project=project, repository=repository, name=name),
        commit_sha=commit,
        release_number=number,
        oci_uri=uri,
        oci_digest=digest,
        created_at=created,
        created_by=by,
        artifacts=tuple(BuiltArtifact(**{**one, "type": ArtifactType(one["type"])}) for one in built),
        aliases=in_order(aliases),
        trigger=Trigger(trigger_type=ReleaseTrigger(trigger), branch=branch, triggered_by=triggered_by),
        run=run,
    )


def _deployment(row: Sequence[Any], release: Release, *, job: Sequence[Any]) -> Deployment:
    id, environment, status, created_at, deployed_by, approval, commit, deployed_at, reason = row
    written = Deployment(
        id=id,
        release=release,
        environment=Environment(environment),
        status=DeploymentStatus(status),
        created_at=created_at,
        deployed_by=deployed_by,
        approval=approval,
        gitops_commit_sha=commit,
        deployed_at=deployed_at,
        reason=reason,
    )
    job_status, started_at, failure = job
    return standing(
        written,
        is_over=job_status is None or JobStatus(job_status).is_over,
        has_begun=started_at is not None,
        why=failure["message"] if failure else "",
    )
