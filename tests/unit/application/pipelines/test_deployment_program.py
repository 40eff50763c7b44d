"""Deployments end where the GitOps repository says they are, whatever stops their jobs."""

import pytest

from taskforce.core.clock import rfc3339
from taskforce.core.jobs.model import JobStatus
from taskforce.core.paging import Page
from taskforce.core.pipelines.delivery import DeploymentStatus, Environment
from taskforce.core.principals import DEFAULT_PROJECT
from tests.delivery_builders import SHOP, a_commit
from tests.unit.application.pipelines.delivery_cast import DeliveryStage, Ops

PATH = "dev/apps/acme/shop/app/release.yaml"


async def statuses(stage: DeliveryStage) -> list[str]:
    found = await stage.deployments.history(SHOP, Environment.DEV, Page())
    return [one.status.value for one in found.items]


async def test_a_deployment_is_pushed_active_and_told_as_the_seed_says() -> None:
    stage = DeliveryStage()
    release = await stage.a_release()
    job_id = await stage.ask_deployment(release)
    await stage.settle()
    current = await stage.deployments.current(SHOP, Environment.DEV)
    assert (current.id, current.gitops_commit_sha) == (job_id, a_commit(1))
    assert stage.ops.files[PATH].decode().splitlines() == [
        "apiVersion: taskforce.dev/v1",
        "kind: ReleasePointer",
        "metadata:",
        '  name: "app"',
        "  annotations:",
        '    release-number: "1"',
        '    deployed-by: "local"',
        f'    deployed-at: "{rfc3339(current.created_at)}"',
        f'    deployment-id: "{job_id}"',
        "spec:",
        f'  release: "{release.commit_sha}"',
    ]
    started, created, completed, over = await stage.types(job_id)
    assert (started, created) == ("deployment.started", "deployment.created")
    assert (completed, over) == ("deployment.completed", "complete")
    assert await stage.told(job_id, created) == {
        "deployment_id": job_id,
        "release_id": release.id,
        "environment": "dev",
        "deployed_by": "local",
        "gitops_commit_sha": a_commit(1),
    }
    assert await stage.told(job_id, completed) == {
        "deployment_id": job_id,
        "environment": "dev",
        "status": "active",
        "reconciliation_duration_seconds": 0,
    }


async def test_the_next_one_supersedes_it() -> None:
    stage = DeliveryStage()
    first, second = await stage.a_release(1), await stage.a_release(2)
    for release in (first, second):
        await stage.ask_deployment(release)
        stage.clock.pass_(seconds=1)
    await stage.settle()
    assert await statuses(stage) == ["active", "superseded"]
    assert (await stage.deployments.current(SHOP, Environment.DEV)).release.id == second.id


@pytest.mark.parametrize(
    "place",
    [
        *("step.start:push", "step.done:push", "step.done.recorded:push"),
        *("step.start:arrived", "step.done:arrived", "step.done.recorded:arrived", "job.ending"),
    ],
)
async def test_a_crash_at_any_place_leaves_one_commit_and_each_event_once(place: str) -> None:
    stage = DeliveryStage()
    release = await stage.a_release()
    stage.trap.place = place
    job_id = await stage.ask_deployment(release)
    await stage.settle()
    assert place in stage.trap.reached
    assert len(stage.ops.commits) == 1
    assert await statuses(stage) == ["active"]
    types = await stage.types(job_id)
    assert types == ["deployment.started", "deployment.created", "deployment.completed", "complete"]


async def test_a_refused_push_fails_the_deployment_and_leaves_the_active_one() -> None:
    stage = DeliveryStage()
    first, second = await stage.a_release(1), await stage.a_release(2)
    await stage.ask_deployment(first)
    await stage.settle()
    stage.clock.pass_(seconds=1)
    stage.ops.refuses = True
    job_id = await stage.ask_deployment(second)
    await stage.settle()
    assert await statuses(stage) == ["failed", "active"]
    found = await stage.deployments.get(job_id, project=DEFAULT_PROJECT)
    assert (found.reason, found.gitops_commit_sha) == ("Declined.", None)
    job = await stage.job(job_id)
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert job.outcome.failure.code == "push_refused"
    assert "deployment.created" not in await stage.types(job_id)


async def test_a_repository_that_is_away_is_asked_again() -> None:
    stage = DeliveryStage(ops=Ops(away=1))
    await stage.ask_deployment(await stage.a_release())
    await stage.settle()
    assert await statuses(stage) == ["active"]


async def test_a_cancelled_deployment_has_failed() -> None:
    stage = DeliveryStage()
    job_id = await stage.ask_deployment(await stage.a_release())
    await stage.store.cancel(job_id, project=DEFAULT_PROJECT)
    found = await stage.deployments.get(job_id, project=DEFAULT_PROJECT)
    assert (found.status, found.reason) == (DeploymentStatus.FAILED, "The job was cancelled.")


async def test_its_job_alone_is_not_tried_again() -> None:
    stage = DeliveryStage(ops=Ops(refuses=True))
    job_id = await stage.ask_deployment(await stage.a_release())
    await stage.settle()
    stage.ops.refuses = False
    again = await stage.again(await stage.job(job_id))
    assert again.status is JobStatus.FAILED
    assert again.outcome is not None
    assert again.outcome.failure is not None
    assert "Ask for a new deployment" in again.outcome.failure.message
    assert stage.ops.commits == []
