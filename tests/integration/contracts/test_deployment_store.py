"""What a store of deployments promises, whatever it is kept in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import Commit
from taskforce.core.paging import Page
from taskforce.core.pipelines.changes import ActivateDeployment, FailDeployment, PushDeployment
from taskforce.core.pipelines.delivery import Deployment, DeploymentStatus, Environment, Release
from taskforce.core.pipelines.deploying import UNSURE
from taskforce.core.pipelines.errors import (
    ApprovalSpent,
    DeploymentNotFound,
    NothingDeployed,
    TooManyDeployments,
)
from taskforce.core.principals import DEFAULT_PROJECT
from tests.builders import LEASE, NOON, OTHER_PROJECT, a_lease, failure
from tests.delivery_builders import SHOP, a_deployment, a_release, an_approval, asked, made
from tests.integration.contracts.stores import Stores

LATER = NOON + timedelta(seconds=9)
GITOPS = "c0ffee" + "0" * 34


async def a_kept_release(stores: Stores, number: int = 1) -> Release:
    release = a_release(number)
    job, _ = a_deployment(release)
    await stores.jobs.submit(job, changes=[made(release)])
    return release


async def begun(stores: Stores, release: Release, *changes: Change, **fields: Any) -> tuple[Job, Deployment]:  # noqa: ANN401 - any field of a deployment
    job, deployment = a_deployment(release, **fields)
    job = await stores.jobs.submit(job, changes=[asked(deployment)], lease=a_lease())
    if changes:
        await stores.jobs.commit(job, Commit(changes=changes), lease=LEASE)
    return job, deployment


async def active(stores: Stores, release: Release, **fields: Any) -> Deployment:  # noqa: ANN401 - the same
    job, deployment = await begun(stores, release, **fields)
    changes: tuple[Change, ...] = (
        PushDeployment(deployment=job.id, gitops_commit_sha=GITOPS),
        ActivateDeployment(deployment=job.id, at=LATER),
    )
    await stores.jobs.commit(job, Commit(changes=changes), lease=LEASE)
    return deployment


async def got(stores: Stores, deployment: Deployment) -> Deployment:
    return await stores.deployments.get(deployment.id, project=DEFAULT_PROJECT)


async def test_a_deployment_begins_as_it_is_written(stores: Stores) -> None:
    _, deployment = await begun(stores, await a_kept_release(stores))
    assert await got(stores, deployment) == deployment
    with pytest.raises(DeploymentNotFound):
        await stores.deployments.get(deployment.id, project=OTHER_PROJECT)


async def test_it_is_pushed_then_active_then_superseded(stores: Stores) -> None:
    release = await a_kept_release(stores)
    first = await active(stores, release)
    assert await got(stores, first) == replace(
        first, status=DeploymentStatus.ACTIVE, deployed_at=LATER, gitops_commit_sha=GITOPS
    )
    second = await active(stores, release)
    assert (await got(stores, first)).status is DeploymentStatus.SUPERSEDED
    current = await stores.deployments.current(SHOP, Environment.DEV)
    assert (current.id, current.status) == (second.id, DeploymentStatus.ACTIVE)


async def test_each_environment_has_its_own(stores: Stores) -> None:
    release = await a_kept_release(stores)
    first = await active(stores, release)
    await active(stores, release, environment=Environment.STAGING)
    assert (await stores.deployments.current(SHOP, Environment.DEV)).id == first.id
    with pytest.raises(NothingDeployed):
        await stores.deployments.current(SHOP, Environment.PRODUCTION)


async def test_a_failed_one_tells_why_and_leaves_the_active_one(stores: Stores) -> None:
    release = await a_kept_release(stores)
    first = await active(stores, release)
    job, second = await begun(stores, release)
    failed = FailDeployment(deployment=job.id, reason="no entry")
    await stores.jobs.commit(job, Commit(changes=(failed,)), lease=LEASE)
    found = await got(stores, second)
    assert (found.status, found.reason) == (DeploymentStatus.FAILED, "no entry")
    assert (await got(stores, first)).status is DeploymentStatus.ACTIVE


async def test_a_pending_one_whose_job_ended_has_failed(stores: Stores) -> None:
    job, deployment = await begun(stores, await a_kept_release(stores))
    assert await stores.deployments.unfinished(project=None) == 1
    await stores.jobs.end(job, Commit(), failure("dead_letter", "Lost three workers."))
    found = await got(stores, deployment)
    assert (found.status, found.reason) == (DeploymentStatus.FAILED, f"Lost three workers. {UNSURE}")
    assert await stores.deployments.unfinished(project=None) == 0


async def test_history_is_newest_first_and_of_one_place(stores: Stores) -> None:
    release = await a_kept_release(stores)
    for minute in range(3):
        await active(stores, release, created_at=NOON + timedelta(minutes=minute))
    await active(stores, release, environment=Environment.STAGING)
    part = await stores.deployments.history(SHOP, Environment.DEV, Page(limit=2, offset=0))
    assert ([one.status.value for one in part.items], part.total) == (["active", "superseded"], 3)
    assert part.items[0].created_at > part.items[1].created_at


async def test_only_so_many_are_under_way(stores: Stores) -> None:
    release = await a_kept_release(stores)
    for _ in range(2):
        job, deployment = a_deployment(release)
        await stores.jobs.submit(job, changes=[asked(deployment, most=2)])
    job, deployment = a_deployment(release)
    with pytest.raises(TooManyDeployments):
        await stores.jobs.submit(job, changes=[asked(deployment, most=2)])
    with pytest.raises(DeploymentNotFound):
        await got(stores, deployment)
    assert await stores.deployments.unfinished(project=DEFAULT_PROJECT) == 2
    assert await stores.deployments.unfinished(project=OTHER_PROJECT) == 0


async def test_an_approval_that_was_revoked_meanwhile_refuses_it(stores: Stores) -> None:
    release = await a_kept_release(stores)
    approval = an_approval(release)
    await stores.approvals.add(approval)
    place = {"environment": Environment.PRODUCTION, "approval": approval.id}
    await begun(stores, release, **place)
    await stores.approvals.revoke(approval.id, project=DEFAULT_PROJECT, by="dora", at=NOON)
    with pytest.raises(ApprovalSpent, match="revoked"):
        await begun(stores, release, **place)
