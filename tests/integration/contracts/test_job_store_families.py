"""Jobs that jobs have started: their ends are told upwards, their cancelling goes downwards."""

from dataclasses import replace

import pytest

from taskforce.core.identity import JobId
from taskforce.core.jobs.errors import JobIsOver, JobNotFound, JobNotOver
from taskforce.core.jobs.events import closing_events
from taskforce.core.jobs.model import Job, JobStatus, Outcome
from taskforce.core.jobs.ports import Commit, JobStore
from taskforce.core.jobs.signals import CHILD, TIMER, Signal
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import (
    CLAIMS,
    LEASE,
    NOON,
    OTHER_PROJECT,
    a_child,
    a_job,
    a_lease,
    a_wait_for_child,
    failure,
    ids,
    success,
)


async def with_child(store: JobStore) -> tuple[Job, Job]:
    """A job that waits for its child, and the child, leased."""
    parent = await store.submit(a_job(), lease=a_lease())
    child = a_child(parent)
    parked = await store.park(parent, Commit(waits=(a_wait_for_child(parent),), children=(child,)))
    leased = await store.claim(CLAIMS, a_lease())
    assert leased is not None
    assert leased.id == child.id
    return parked, leased


async def status(store: JobStore, job: Job) -> JobStatus:
    return (await store.get(job.id, project=None)).status


async def test_a_child_is_queued_with_its_parents_checkpoint(job_store: JobStore) -> None:
    parent = await job_store.submit(a_job(), lease=a_lease())
    child = a_child(parent)
    await job_store.commit(parent, Commit(children=(child,)), lease=LEASE)
    assert await job_store.get(child.id, project=None) == child


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (success(message="Done"), {"status": "succeeded", "result": {"message": "Done"}, "failure": None}),
        (
            failure("broken", "It broke.", {"half": True}),
            {
                "status": "failed",
                "result": {"half": True},
                "failure": {"code": "broken", "message": "It broke."},
            },
        ),
    ],
)
async def test_a_childs_end_answers_its_parent_and_wakes_it(
    job_store: JobStore, clock: SetClock, outcome: Outcome, told: dict[str, object]
) -> None:
    parent, child = await with_child(job_store)
    clock.pass_(seconds=5)
    await job_store.end(child, Commit(), outcome)
    woken = await job_store.claim(CLAIMS, a_lease())
    assert woken is not None
    assert woken.id == parent.id
    signal = (await job_store.load(woken)).waits["child"].signal
    assert signal is not None
    assert (signal.name, signal.payload, signal.at) == (CHILD, told, clock.now())


async def test_a_childs_end_while_its_parent_runs_is_news_to_it(job_store: JobStore) -> None:
    parent = await job_store.submit(a_job(), lease=a_lease())
    wait, child = a_wait_for_child(parent), a_child(parent)
    await job_store.commit(parent, Commit(waits=(wait,), children=(child,)), lease=LEASE)
    leased = await job_store.claim(CLAIMS, a_lease())
    assert leased is not None
    await job_store.end(leased, Commit(), success())
    assert (await job_store.glance([parent])).answered == {parent.id}
    assert (await job_store.park(parent, Commit())).status is JobStatus.QUEUED


async def test_a_child_whose_time_is_up_is_cancelled_when_its_parent_goes_on(
    job_store: JobStore, clock: SetClock
) -> None:
    parent = await job_store.submit(a_job(), lease=a_lease())
    child, wait = a_child(parent), replace(a_wait_for_child(parent), until=clock.in_(seconds=60))
    await job_store.park(parent, Commit(waits=(wait,), children=(child,)))
    leased = await job_store.claim(CLAIMS, a_lease(duration=3 * LEASE))
    assert leased is not None
    below = a_child(leased, "below")
    await job_store.commit(leased, Commit(children=(below,)), lease=3 * LEASE)
    clock.pass_(seconds=61)
    woken = await job_store.claim(CLAIMS, a_lease())
    assert woken is not None
    assert woken.id == parent.id
    assert (await job_store.glance([leased])).cancelled == {leased.id}
    assert await status(job_store, below) is JobStatus.CANCELLED
    await job_store.end(leased, Commit(), success())
    assert (await job_store.glance([woken])).answered == frozenset()
    signal = (await job_store.load(woken)).waits["child"].signal
    assert signal is not None
    assert (signal.name, signal.by) == (TIMER, child.id)


async def test_a_time_that_is_up_does_not_touch_a_child_that_ended_before(
    job_store: JobStore, clock: SetClock
) -> None:
    parent, child = await with_child(job_store)
    await job_store.end(child, Commit(), success())
    woken = await job_store.claim(CLAIMS, a_lease())
    assert woken is not None
    late = replace(a_wait_for_child(parent), signal=Signal(name=TIMER, at=clock.now()))
    await job_store.commit(woken, Commit(waits=(late,)), lease=LEASE)
    signal = (await job_store.load(woken)).waits["child"].signal
    assert signal is not None
    assert (signal.name, signal.by) == (CHILD, child.id)
    assert await status(job_store, child) is JobStatus.SUCCEEDED


async def test_the_end_of_a_child_that_nobody_waits_for_wakes_nobody(job_store: JobStore) -> None:
    parent = await job_store.submit(a_job(), lease=a_lease())
    child = a_child(parent)
    await job_store.park(parent, Commit(children=(child,)))
    leased = await job_store.claim(CLAIMS, a_lease())
    assert leased is not None
    await job_store.end(leased, Commit(), success())
    assert await status(job_store, parent) is JobStatus.WAITING


async def test_the_end_of_a_job_cancels_its_children(job_store: JobStore) -> None:
    parent = await job_store.submit(a_job(), lease=a_lease())
    idle, busy, done = (
        a_child(parent, "idle"),
        a_child(parent, "busy", priority=9),
        a_child(parent, "done", priority=10),
    )
    await job_store.commit(parent, Commit(children=(idle, busy, done)), lease=LEASE)
    first = await job_store.claim(CLAIMS, a_lease())
    second = await job_store.claim(CLAIMS, a_lease())
    assert first is not None
    assert second is not None
    await job_store.end(first, Commit(), success())
    ended = await job_store.end(parent, Commit(), success())
    assert ended == await job_store.get(parent.id, project=None)
    assert await status(job_store, done) is JobStatus.SUCCEEDED
    assert await status(job_store, idle) is JobStatus.CANCELLED
    asked = await job_store.get(busy.id, project=None)
    assert (asked.status, asked.cancel_requested) == (JobStatus.RUNNING, True)
    assert (await job_store.glance([second])).cancelled == {busy.id}
    await job_store.end(second, Commit(), success())
    assert await status(job_store, parent) is JobStatus.SUCCEEDED


async def test_a_job_that_nobody_leases_is_cancelled_at_once(job_store: JobStore, clock: SetClock) -> None:
    job = await job_store.submit(a_job())
    cancelled = await job_store.cancel(job.id, project=job.project)
    assert (cancelled.status, cancelled.ended_at) == (JobStatus.CANCELLED, clock.now())
    assert cancelled == await job_store.get(job.id, project=None)
    log = await job_store.events(job.id, after=0, limit=9)
    assert cancelled.outcome is not None
    assert [told.event for told in log] == [told.event for told in closing_events(cancelled.outcome)]
    assert await job_store.claim(CLAIMS, a_lease()) is None


async def test_a_leased_job_is_asked_to_cancel(job_store: JobStore) -> None:
    job = await job_store.submit(a_job(), lease=a_lease())
    asked = await job_store.cancel(job.id, project=job.project)
    assert (asked.status, asked.cancel_requested, asked.lease) == (JobStatus.RUNNING, True, job.lease)
    assert await job_store.cancel(job.id, project=job.project) is not None
    assert await job_store.commit(job, Commit(), lease=LEASE) == 0


async def test_cancelling_goes_down_the_family(job_store: JobStore) -> None:
    parent, child = await with_child(job_store)
    grandchild = a_child(child)
    await job_store.park(child, Commit(waits=(a_wait_for_child(child),), children=(grandchild,)))
    cancelled = await job_store.cancel(parent.id, project=parent.project)
    assert cancelled.status is JobStatus.CANCELLED
    for job in (parent, child, grandchild):
        ended = await job_store.get(job.id, project=None)
        assert (ended.status, ended.last_event) == (JobStatus.CANCELLED, 2)
    assert await job_store.due(CLAIMS) == 0


async def test_cancelling_a_child_answers_its_parent(job_store: JobStore) -> None:
    parent, child = await with_child(job_store)
    await job_store.release(child)
    await job_store.cancel(child.id, project=child.project)
    woken = await job_store.claim(CLAIMS, a_lease())
    assert woken is not None
    assert woken.id == parent.id
    signal = (await job_store.load(woken)).waits["child"].signal
    assert signal is not None
    assert signal.payload["status"] == "cancelled"


async def test_what_is_over_or_unknown_is_not_cancelled(job_store: JobStore) -> None:
    job = await job_store.submit(a_job())
    with pytest.raises(JobNotFound):
        await job_store.cancel(job.id, project=OTHER_PROJECT)
    with pytest.raises(JobNotFound):
        await job_store.cancel(JobId(ids.new()), project=job.project)
    cancelled = await job_store.cancel(job.id, project=job.project)
    with pytest.raises(JobIsOver):
        await job_store.cancel(job.id, project=job.project)
    assert await job_store.get(job.id, project=None) == cancelled


async def test_a_job_is_continued_when_the_last_of_its_family_is_over(job_store: JobStore) -> None:
    parent, child = await with_child(job_store)
    grandchild = a_child(child)
    await job_store.park(child, Commit(waits=(a_wait_for_child(child),), children=(grandchild,)))
    leased = await job_store.claim(CLAIMS, a_lease())
    assert leased is not None
    cancelled = await job_store.cancel(parent.id, project=parent.project)
    again = a_job(continues=cancelled.id)
    with pytest.raises(JobNotOver) as refused:
        await job_store.submit(again)
    assert refused.value.details["job_id"] == grandchild.id
    await job_store.end(leased, Commit(), failure())
    assert await job_store.submit(again) == again


async def test_a_job_is_continued_while_those_beside_it_go_on(job_store: JobStore) -> None:
    parent = await job_store.submit(a_job(), lease=a_lease())
    first, second = a_child(parent, "first", priority=1), a_child(parent, "second")
    await job_store.commit(parent, Commit(children=(first, second)), lease=LEASE)
    leased = await job_store.claim(CLAIMS, a_lease())
    assert leased is not None
    await job_store.end(leased, Commit(), failure())
    again = a_job(continues=leased.id)
    assert await job_store.submit(again) == again


async def test_a_job_that_is_gone_is_not_continued(job_store: JobStore) -> None:
    with pytest.raises(JobNotFound):
        await job_store.submit(a_job(continues=JobId(ids.new())))


async def test_those_below_a_job_are_told_at_every_depth_until_they_are_over(job_store: JobStore) -> None:
    parent, child = await with_child(job_store)
    other = await job_store.submit(a_job())
    grandchild = a_child(child, created_at=NOON + LEASE)
    parked = await job_store.park(child, Commit(waits=(a_wait_for_child(child),), children=(grandchild,)))
    assert await job_store.below(parent.id) == (parked, grandchild)
    assert await job_store.below(child.id) == (grandchild,)
    assert await job_store.below(other.id) == ()
    await job_store.cancel(parent.id, project=parent.project)
    assert await job_store.below(parent.id) == ()
