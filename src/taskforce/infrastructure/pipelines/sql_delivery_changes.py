"""The changes of releases and deployments, in the transaction that the connection is in."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update

from taskforce.core.pipelines.changes import (
    ActivateDeployment,
    CreateDeployment,
    CreateRelease,
    FailDeployment,
    PushDeployment,
)
from taskforce.core.pipelines.delivery import Alias, AliasType, DeploymentStatus, Product
from taskforce.core.pipelines.deploying import check_counts
from taskforce.core.pipelines.errors import ApprovalSpent, ReleaseExists, TooManyDeployments
from taskforce.infrastructure.database.delivery_tables import (
    PENDING,
    UNDER_WAY,
    approvals,
    deployments,
    release_aliases,
    releases,
)
from taskforce.infrastructure.database.holding import hold
from taskforce.infrastructure.database.prepared import MakeInsert, Prepared, Statement
from taskforce.infrastructure.database.tables import jobs
from taskforce.infrastructure.pipelines.sql_delivery_rows import (
    alias_values,
    approval_from,
    deployment_values,
    release_values,
)


def create_release(connection: Connection, change: CreateRelease) -> None:
    """Write a release with its aliases; names that another one bore are now its. Raises ReleaseExists."""
    release = change.release
    product = release.product
    about = {
        "of_project": product.project,
        "of_repository": product.repository,
        "of_name": product.name,
        "of_commit": release.commit_sha,
        "of_number": release.release_number,
    }
    other = _SAME.one(connection, about)
    if other is not None:
        raise ReleaseExists(other[0])
    _ADD_RELEASE.run(connection, release_values(release))
    for alias in release.aliases:
        _DROP_GIVEN.run(connection, _named(product, alias))
        TAKE_ALIAS.run(connection, alias_values(product, alias, release=release.id))


def create_deployment(connection: Connection, change: CreateDeployment) -> None:
    """Write a deployment. Raises ApprovalSpent, TooManyDeployments."""
    deployment = change.deployment
    hold(connection, "deployments")
    if deployment.approval is not None:
        row = _APPROVAL.one(connection, {"approval_id": deployment.approval})
        if row is None:
            raise ApprovalSpent(f"Approval {deployment.approval} is gone. Ask for a new one.")
        check_counts(
            approval_from(row),
            release=deployment.release.id,
            environment=deployment.environment,
            now=deployment.created_at,
        )
    under_way = _UNDER_WAY.one(connection, {})
    if under_way is not None and under_way[0] >= change.most:
        raise TooManyDeployments(change.most)
    _ADD_DEPLOYMENT.run(connection, deployment_values(deployment))


def push_deployment(connection: Connection, change: PushDeployment) -> None:
    """Say with which commit a deployment was written."""
    _PUSH.run(connection, {"own": change.deployment, "commit": change.gitops_commit_sha})


def activate_deployment(connection: Connection, change: ActivateDeployment) -> None:
    """Make a deployment the active one of its place, and the one before it a superseded one."""
    _SUPERSEDE.run(connection, {"own": change.deployment})
    _ACTIVATE.run(connection, {"own": change.deployment, "at": change.at})


def fail_deployment(connection: Connection, change: FailDeployment) -> None:
    """Say why a deployment did not come to its place."""
    _FAIL.run(connection, {"own": change.deployment, "why": change.reason})


APPLIERS: dict[type, Callable[[Connection, Any], None]] = {
    CreateRelease: create_release,
    CreateDeployment: create_deployment,
    PushDeployment: push_deployment,
    ActivateDeployment: activate_deployment,
    FailDeployment: fail_deployment,
}


def _named(product: Product, alias: Alias) -> dict[str, str]:
    return {
        "of_project": product.project,
        "of_repository": product.repository,
        "of_name": product.name,
        "given": alias.alias,
    }


def _take_alias(insert: MakeInsert) -> Statement:
    added = insert(release_aliases)
    key = [column.name for column in release_aliases.primary_key.columns]
    return added.on_conflict_do_update(index_elements=key, set_={"release": added.excluded.release})


TAKE_ALIAS = Prepared(_take_alias)
"""Give a release an alias, taken from another one if that has it."""
_DROP_GIVEN = Prepared(
    delete(release_aliases).where(
        release_aliases.c.project == bindparam("of_project"),
        release_aliases.c.repository == bindparam("of_repository"),
        release_aliases.c.name == bindparam("of_name"),
        release_aliases.c.alias == bindparam("given"),
        release_aliases.c.alias_type == AliasType.CUSTOM.value,
    )
)
"""Take a name from the release that somebody gave it to."""
_SAME = Prepared(
    select(releases.c.id).where(
        releases.c.project == bindparam("of_project"),
        releases.c.repository == bindparam("of_repository"),
        releases.c.name == bindparam("of_name"),
        (releases.c.commit_sha == bindparam("of_commit"))
        | (releases.c.release_number == bindparam("of_number")),
    )
)
_ADD_RELEASE = Prepared(insert(releases))
_ADD_DEPLOYMENT = Prepared(insert(deployments))
_APPROVAL = Prepared(select(approvals).where(approvals.c.id == bindparam("approval_id")).with_for_update())
_UNDER_WAY = Prepared(
    select(func.count())
    .select_from(deployments)
    .join(jobs, jobs.c.id == deployments.c.id)
    .where(PENDING, UNDER_WAY)
)
_own = deployments.c.id == bindparam("own")
_PUSH = Prepared(update(deployments).where(_own).values(gitops_commit_sha=bindparam("commit")))
_ACTIVATE = Prepared(
    update(deployments)
    .where(_own)
    .values(
        status=DeploymentStatus.ACTIVE.value,
        deployed_at=bindparam("at", type_=deployments.c.deployed_at.type),
    )
)
_FAIL = Prepared(
    update(deployments).where(_own).values(status=DeploymentStatus.FAILED.value, reason=bindparam("why"))
)
_before, _mine = deployments.alias("before"), deployments.alias("mine")
_SUPERSEDE = Prepared(
    update(deployments)
    .where(
        deployments.c.id.in_(
            select(_before.c.id)
            .join(
                _mine,
                (_mine.c.project == _before.c.project)
                & (_mine.c.repository == _before.c.repository)
                & (_mine.c.name == _before.c.name)
                & (_mine.c.environment == _before.c.environment),
            )
            .where(_mine.c.id == bindparam("own"), _before.c.id != _mine.c.id)
            .where(_before.c.status == text("'active'"))
        )
    )
    .values(status=DeploymentStatus.SUPERSEDED.value)
)
