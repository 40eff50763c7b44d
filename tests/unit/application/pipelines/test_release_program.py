"""Releases are numbered without a gap and without a double, whatever stops their jobs."""

import json

import pytest

from taskforce.core.identity import JobId
from taskforce.core.jobs.model import JobStatus
from taskforce.core.paging import Page
from taskforce.core.pipelines.delivery import ReleaseTrigger
from taskforce.core.principals import DEFAULT_PROJECT
from tests.delivery_builders import SHOP, a_commit
from tests.unit.application.pipelines.delivery_cast import DeliveryStage, Registry

ALL = Page(limit=100)


async def numbers(stage: DeliveryStage) -> list[int]:
    found = await stage.releases.list(SHOP, ALL)
    return [release.release_number for release in found.items]


async def test_a_release_is_what_was_packed_and_is_told_as_the_seed_says() -> None:
    stage = DeliveryStage()
    artifact = {"name": "app", "type": "container", "tracking_oci_uri": "a", "primary_published_uri": "b"}
    job_id = await stage.ask_release(7, artifacts=[artifact])
    await stage.settle()
    release = await stage.releases.get(job_id, project=DEFAULT_PROJECT)
    tag = f"1-{a_commit(7)}"
    assert (release.oci_uri, release.release_number) == (f"memory://app:{tag}", 1)
    assert {alias.alias for alias in release.aliases} == {"1", "main-1"}
    packed = json.loads(stage.registry.packed[tag])
    assert (packed["commit_sha"], packed["release_number"]) == (a_commit(7), 1)
    assert packed["artifacts"] == [artifact]
    assert await stage.types(job_id) == ["release.started", "release.created", "complete"]
    assert await stage.told(job_id, "release.created") == {
        "release_id": job_id,
        "repository": "acme/shop",
        "project": "app",
        "commit_sha": a_commit(7),
        "release_number": 1,
        "trigger_type": "branch_push",
    }
    outcome = (await stage.job(job_id)).outcome
    assert outcome is not None
    assert outcome.result is not None
    assert outcome.result["canonical_id"] == f"acme/shop/app/{a_commit(7)}"


async def test_a_tag_is_a_name_of_its_release() -> None:
    stage = DeliveryStage()
    job_id = await stage.ask_release(1, branch="", tag="v1.2.3", trigger_type=ReleaseTrigger.TAG)
    await stage.settle()
    assert (await stage.releases.find(SHOP, "v1.2.3")).id == job_id


@pytest.mark.parametrize(
    "place",
    [
        *("step.start:1/pack", "step.done:1/pack", "step.done.recorded:1/pack"),
        *("step.start:released", "step.done:released", "step.done.recorded:released", "job.ending"),
    ],
)
async def test_a_crash_at_any_place_leaves_one_release_of_the_next_number(place: str) -> None:
    stage = DeliveryStage()
    stage.trap.place = place
    first, second = await stage.ask_release(1), await stage.ask_release(2)
    await stage.settle()
    assert place in stage.trap.reached
    assert await numbers(stage) == [2, 1]
    for job_id in (first, second):
        assert (await stage.job(job_id)).status is JobStatus.SUCCEEDED
        assert (await stage.types(job_id)).count("release.created") == 1
    assert len(stage.registry.packed) == 2


async def test_a_number_that_another_job_took_meanwhile_is_not_taken_twice() -> None:
    """A job that was given back after packing is queued while another one goes first."""
    stage = DeliveryStage()
    first = await stage.ask_release(1)
    stage.trap.place = "step.done.recorded:1/pack"
    await stage.play_one()
    job = await stage.job(first)
    await stage.store.release(job)
    second = await stage.ask_release(2)
    await stage.settle()
    by_id = {release.id: release for release in (await stage.releases.list(SHOP, ALL)).items}
    assert sorted(release.release_number for release in by_id.values()) == [1, 2]
    for job_id in (first, second):
        release = by_id[job_id]
        assert release.oci_uri.endswith(f"{release.release_number}-{release.commit_sha}")


async def test_a_second_release_of_a_commit_fails_with_the_first_ones_id() -> None:
    stage = DeliveryStage()
    first = await stage.a_release(1)
    job_id = await stage.ask_release(1)
    await stage.settle()
    job = await stage.job(job_id)
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert job.outcome.failure.code == "resource_conflict"
    assert job.outcome.failure.details == {"release_id": first.id}
    assert await numbers(stage) == [1]


async def test_a_registry_that_is_away_is_asked_again() -> None:
    stage = DeliveryStage(registry=Registry(away=1))
    assert (await stage.a_release(1)).release_number == 1


async def test_a_registry_that_stays_away_fails_the_job_and_leaves_no_gap() -> None:
    stage = DeliveryStage(registry=Registry(away=3))
    job_id = await stage.ask_release(1)
    await stage.settle()
    job = await stage.job(job_id)
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert (job.outcome.failure.code, job.outcome.failure.message) == ("registry_unreachable", "It is away.")
    assert await numbers(stage) == []
    again = await stage.again(job)
    assert (again.status, await numbers(stage)) == (JobStatus.SUCCEEDED, [1])


async def test_products_are_numbered_apart() -> None:
    stage = DeliveryStage()
    other = SHOP.__class__(project=SHOP.project, repository="acme/shop", name="tools")
    jobs: list[JobId] = [await stage.ask_release(n) for n in (1, 2)]
    jobs.append(await stage.ask_release(1, product=other))
    await stage.settle()
    found = [await stage.releases.get(job, project=DEFAULT_PROJECT) for job in jobs]
    assert [release.release_number for release in found] == [1, 2, 1]
