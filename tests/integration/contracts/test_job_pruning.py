"""The contract of pruning: families go whole or not at all, out of sight first, and row by row."""

from datetime import timedelta

import pytest

from taskforce.core.artifacts import ArtifactNotFound
from taskforce.core.jobs.errors import JobNotFound
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import Commit, JobFilter, JobStore
from taskforce.core.jobs.pruning import JobPruning
from taskforce.core.paging import Page
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import (
    LEASE,
    NOON,
    OTHER_PROJECT,
    a_child,
    a_job,
    a_lease,
    a_step,
    a_wait_for_child,
    an_artifact,
    an_event,
    success,
)
from tests.integration.contracts.stores import Stores

LATER = NOON + timedelta(days=30)


async def an_ended(store: JobStore, job: Job, *, steps: int = 3) -> Job:
    """Store a job with a record of every sort, and end it."""
    held = await store.submit(job, events=[an_event()], lease=a_lease())
    records = tuple(a_step(f"step-{number}") for number in range(steps))
    artifact = an_artifact(held, key=f"{held.project}/{held.id}/report.md")
    await store.commit(held, Commit(steps=records, artifacts=(artifact,)), lease=LEASE)
    return await store.end(held, Commit(), success())


async def tops(pruning: JobPruning) -> list[str]:
    found = await pruning.tops(DEFAULT_PROJECT, before=LATER, after=None, limit=100)
    return [top.id for top in found.found]


async def test_a_job_that_ended_long_ago_is_found_and_one_that_has_not_ended_is_not(
    job_store: JobStore, job_pruning: JobPruning
) -> None:
    old = await an_ended(job_store, a_job())
    await job_store.submit(a_job())
    assert await tops(job_pruning) == [old.id]
    early = await job_pruning.tops(DEFAULT_PROJECT, before=NOON, after=None, limit=100)
    assert early.found == ()


async def test_families_of_one_kind_are_found_and_what_their_jobs_are_about(
    job_store: JobStore, job_pruning: JobPruning
) -> None:
    run = await an_ended(job_store, a_job(kind="pipeline", subject="shop"))
    for subject in ("session/b", "session/a", "session/b", None):
        await an_ended(job_store, a_child(run, kind="mission", subject=subject))
    await an_ended(job_store, a_job())
    found = await job_pruning.tops(DEFAULT_PROJECT, before=LATER, kind="pipeline", after=None, limit=100)
    assert [top.id for top in found.found] == [run.id]
    assert await job_pruning.subjects(run.id) == ("session/a", "session/b")


async def test_pages_go_on_where_the_last_one_ended(job_store: JobStore, job_pruning: JobPruning) -> None:
    ended = [await an_ended(job_store, a_job()) for _ in range(3)]
    found, after = [], None
    for _ in range(3):
        page = await job_pruning.tops(DEFAULT_PROJECT, before=LATER, after=after, limit=1)
        found += [top.id for top in page.found]
        after = page.after
    assert found == [job.id for job in ended]
    last = await job_pruning.tops(DEFAULT_PROJECT, before=LATER, after=after, limit=1)
    assert (last.found, last.after) == ((), None)


async def test_a_pruned_job_is_gone_for_all_who_ask(job_store: JobStore, job_pruning: JobPruning) -> None:
    job = await an_ended(job_store, a_job(subject="plant/7"))
    (artifact,) = await job_store.artifacts(job.id)
    assert await job_pruning.prune(job.id, before=LATER, at=LATER) == 1
    with pytest.raises(JobNotFound):
        await job_store.get(job.id, project=None)
    with pytest.raises(JobNotFound):
        await job_store.cancel(job.id, project=DEFAULT_PROJECT)
    with pytest.raises(ArtifactNotFound):
        await job_store.artifact(artifact.ref.id, project=DEFAULT_PROJECT)
    with pytest.raises(JobNotFound):
        await job_store.submit(a_job(continues=job.id))
    assert await job_store.artifacts(job.id) == ()
    assert await job_store.events(job.id, after=0, limit=10) == ()
    assert await job_store.heads([job.id]) == {}
    assert await job_store.latest(["plant/7"], project=DEFAULT_PROJECT) == {}
    assert (await job_store.list(JobFilter(project=DEFAULT_PROJECT), Page())).total == 0
    assert await tops(job_pruning) == []


async def test_a_family_stays_as_long_as_one_of_it_is_young(
    job_store: JobStore, job_pruning: JobPruning, clock: SetClock
) -> None:
    parent = await job_store.submit(a_job(), lease=a_lease())
    child = a_child(parent)
    await job_store.commit(parent, Commit(waits=(a_wait_for_child(parent),), children=(child,)), lease=LEASE)
    await job_store.end(parent, Commit(), success())  # which cancels the child
    assert await job_pruning.size(parent.id) == 2
    again = await job_store.submit(a_job(continues=child.id, created_at=LATER))
    assert await tops(job_pruning) == []
    assert await job_pruning.prune(parent.id, before=LATER, at=LATER) == 0
    clock.set_to(LATER + timedelta(days=1))
    await job_store.cancel(again.id, project=DEFAULT_PROJECT)
    assert await job_pruning.prune(parent.id, before=LATER, at=LATER) == 0
    much_later = LATER + timedelta(days=2)
    assert await job_pruning.prune(parent.id, before=much_later, at=much_later) == 3
    assert await job_pruning.prune(parent.id, before=much_later, at=much_later) == 0
    assert await job_pruning.size(parent.id) == 0


async def test_what_others_belong_to_is_erased_after_them(
    job_store: JobStore, job_pruning: JobPruning
) -> None:
    first = await an_ended(job_store, a_job())
    second = await an_ended(job_store, a_job(continues=first.id))
    third = await an_ended(job_store, a_job(continues=second.id))
    await job_pruning.prune(first.id, before=LATER, at=LATER)
    remains = await job_pruning.remains(limit=10)
    assert [job.id for job in remains] == [third.id, second.id, first.id]
    assert {job.project for job in remains} == {DEFAULT_PROJECT}
    assert len(await job_pruning.remains(limit=2)) == 2


async def test_a_job_is_erased_in_small_pieces_and_found_until_nothing_is_left(
    job_store: JobStore, job_pruning: JobPruning
) -> None:
    job = await an_ended(job_store, a_job(), steps=20)
    await job_pruning.prune(job.id, before=LATER, at=LATER)
    pieces = 1
    while not await job_pruning.erase(job.id, rows=5):
        pieces += 1
        assert [one.id for one in await job_pruning.remains(limit=10)] == [job.id]
    assert pieces in {1, 5}  # in memory there is nothing to spare
    assert await job_pruning.remains(limit=10) == ()
    assert await job_pruning.erase(job.id, rows=5)


async def test_what_is_not_pruned_is_not_erased(job_store: JobStore, job_pruning: JobPruning) -> None:
    job = await an_ended(job_store, a_job())
    assert await job_pruning.erase(job.id, rows=1_000)
    assert await job_store.get(job.id, project=None) == job
    assert len(await job_store.events(job.id, after=0, limit=10)) == job.last_event


async def test_projects_are_pruned_one_by_one(job_store: JobStore, job_pruning: JobPruning) -> None:
    mine = await an_ended(job_store, a_job())
    other = await an_ended(job_store, a_job(project=OTHER_PROJECT))
    assert await job_pruning.projects() == (DEFAULT_PROJECT, OTHER_PROJECT)
    assert await tops(job_pruning) == [mine.id]
    found = await job_pruning.tops(OTHER_PROJECT, before=LATER, after=None, limit=100)
    assert [top.id for top in found.found] == [other.id]


async def test_what_is_kept_by_its_subject_goes_with_that_alone(stores: Stores) -> None:
    await an_ended(stores.jobs, a_job(kind="mission", subject="session/1"))
    lone = await an_ended(stores.jobs, a_job(kind="mission"))
    assert await tops(stores.pruning) == [lone.id]
