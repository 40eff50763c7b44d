"""The job store hands each due job to one worker at a time, and takes it back."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from taskforce.core.identity import JobId, WorkerId
from taskforce.core.jobs.errors import LeaseLost
from taskforce.core.jobs.model import Concurrency, Job, JobStatus, Lease, Outcome, Progress
from taskforce.core.jobs.ports import Claims, Commit, JobFilter, JobStore, Pulse
from taskforce.core.jobs.steps import StepStatus
from taskforce.core.paging import Page
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import (
    ANNA,
    BERT,
    CLAIMS,
    LEASE,
    NOON,
    a_child,
    a_job,
    a_lease,
    a_signal,
    a_step,
    a_wait,
    a_wait_for_child,
    an_event,
    ids,
    success,
)


async def claimed(store: JobStore, worker: WorkerId = ANNA) -> Job:
    job = await store.claim(CLAIMS, a_lease(worker))
    assert job is not None
    return job


async def test_a_due_job_is_leased_to_who_claims_it(job_store: JobStore, clock: SetClock) -> None:
    submitted = await job_store.submit(a_job())
    clock.pass_(seconds=5)
    job = await claimed(job_store)
    assert (job.id, job.status, job.epoch) == (submitted.id, JobStatus.RUNNING, 1)
    assert job.lease == Lease(owner=ANNA, epoch=1, until=clock.in_(seconds=30))
    assert job.started_at == clock.now()
    assert await job_store.get(job.id, project=None) == job


async def test_where_nothing_is_due_nothing_is_leased(job_store: JobStore, clock: SetClock) -> None:
    assert await job_store.claim(CLAIMS, a_lease()) is None
    await job_store.submit(a_job(due_at=clock.in_(seconds=1)))
    await job_store.submit(a_job(kind="scan"))
    assert await job_store.claim(CLAIMS, a_lease()) is None
    assert await job_store.claim(Claims(kinds=frozenset()), a_lease()) is None


async def test_a_live_lease_is_not_stolen(job_store: JobStore, clock: SetClock) -> None:
    await job_store.submit(a_job())
    await claimed(job_store)
    clock.pass_(seconds=29.999)
    assert await job_store.claim(CLAIMS, a_lease(BERT)) is None


async def test_a_lease_that_ran_out_is_given_to_another_worker(job_store: JobStore, clock: SetClock) -> None:
    await job_store.submit(a_job())
    first = await claimed(job_store)
    clock.pass_(seconds=30)
    second = await claimed(job_store, BERT)
    assert (second.id, second.epoch, second.losses) == (first.id, 2, 1)
    assert second.lease == Lease(owner=BERT, epoch=2, until=clock.in_(seconds=30))
    assert second.started_at == first.started_at


async def test_expired_leases_come_first_then_priority_then_age(job_store: JobStore, clock: SetClock) -> None:
    lost = await job_store.submit(a_job(priority=-5), lease=a_lease())
    young = await job_store.submit(a_job(created_at=clock.pass_(seconds=1)))
    old = await job_store.submit(a_job(created_at=NOON))
    urgent = await job_store.submit(a_job(priority=1, created_at=clock.pass_(seconds=30)))
    order = [(await claimed(job_store)).id for _ in range(4)]
    assert order == [lost.id, urgent.id, old.id, young.id]


async def test_a_worker_may_want_one_family_alone(job_store: JobStore) -> None:
    await job_store.submit(a_job(priority=9))
    root = await job_store.submit(a_job(), lease=a_lease())
    child = a_child(root)
    await job_store.commit(root, Commit(children=(child,)), lease=LEASE)
    family = replace(CLAIMS, roots=frozenset({root.id}))
    job = await job_store.claim(family, a_lease())
    assert job is not None
    assert job.id == child.id
    assert await job_store.claim(family, a_lease()) is None


async def test_no_more_jobs_of_a_key_run_than_its_limit(job_store: JobStore, clock: SetClock) -> None:
    for _ in range(3):
        await job_store.submit(a_job(concurrency=Concurrency(key="host/a", limit=2)))
    free = await job_store.submit(
        a_job(concurrency=Concurrency(key="host/b", limit=1), created_at=clock.pass_(seconds=1))
    )
    first = await claimed(job_store)
    await claimed(job_store)
    assert (await claimed(job_store)).id == free.id
    assert await job_store.claim(CLAIMS, a_lease()) is None
    assert await job_store.due(CLAIMS) == 0
    await job_store.end(first, Commit(), success())
    assert await job_store.due(CLAIMS) == 1
    await claimed(job_store)


async def test_a_lease_that_ran_out_takes_no_room_of_its_key(job_store: JobStore, clock: SetClock) -> None:
    limit = Concurrency(key="host/a", limit=1)
    lost = await job_store.submit(a_job(concurrency=limit), lease=a_lease())
    waiting = await job_store.submit(a_job(concurrency=limit))
    clock.pass_(seconds=30)
    assert (await claimed(job_store)).id == lost.id
    assert await job_store.claim(CLAIMS, a_lease()) is None
    assert (await job_store.get(waiting.id, project=None)).status is JobStatus.QUEUED


async def test_three_losses_in_a_row_without_a_new_step_are_a_dead_letter(
    job_store: JobStore, clock: SetClock
) -> None:
    submitted = await job_store.submit(a_job())
    for _ in range(3):
        await claimed(job_store)
        clock.pass_(seconds=30)
    assert await job_store.claim(CLAIMS, a_lease()) is None
    dead = await job_store.get(submitted.id, project=None)
    assert dead.status is JobStatus.FAILED
    assert dead.outcome is not None
    assert dead.outcome.failure is not None
    assert dead.outcome.failure.code == "dead_letter"
    assert f"taskforce jobs retry {dead.id}" in dead.outcome.failure.message
    failed = await job_store.submit(a_job())
    await job_store.end(await claimed(job_store), Commit(), Outcome(status=JobStatus.FAILED))
    found = await job_store.list(JobFilter(project=DEFAULT_PROJECT, dead=True), Page())
    assert [job.id for job in found.items] == [dead.id] != [failed.id]
    log = await job_store.events(dead.id, after=0, limit=10)
    assert [event.event.type for event in log] == ["error", "complete"]


async def test_a_dead_letter_does_not_keep_the_next_job_waiting(job_store: JobStore, clock: SetClock) -> None:
    await job_store.submit(a_job())
    for _ in range(3):
        await claimed(job_store)
        clock.pass_(seconds=30)
    alive = await job_store.submit(a_job())
    assert (await claimed(job_store)).id == alive.id


async def test_a_dead_letter_answers_its_parent_and_cancels_its_children(
    job_store: JobStore, clock: SetClock
) -> None:
    parent = await job_store.submit(a_job(), lease=a_lease())
    child = a_child(parent)
    await job_store.park(parent, Commit(waits=(a_wait_for_child(parent),), children=(child,)))
    grandchild = a_child(child, due_at=None)
    for nth in range(3):
        job = await claimed(job_store)
        if nth == 0:
            await job_store.commit(job, Commit(children=(grandchild,)), lease=LEASE)
        clock.pass_(seconds=30)
    woken = await claimed(job_store)
    assert woken.id == parent.id
    signal = (await job_store.load(woken)).waits["child"].signal
    assert signal is not None
    assert signal.payload["status"] == "failed"
    assert (await job_store.get(grandchild.id, project=None)).status is JobStatus.CANCELLED


@pytest.mark.parametrize(("key", "losses"), [("new", 0), ("old", 2)])
async def test_only_a_step_with_a_new_key_forgets_losses(
    job_store: JobStore, clock: SetClock, key: str, losses: int
) -> None:
    await job_store.submit(a_job())
    job = await claimed(job_store)
    retrying = a_step("old", status=StepStatus.RETRYING)
    await job_store.commit(job, Commit(steps=(retrying,)), lease=LEASE)
    for _ in range(2):
        clock.pass_(seconds=30)
        job = await claimed(job_store)
    await job_store.commit(job, Commit(events=(an_event(),)), lease=LEASE)
    assert (await job_store.get(job.id, project=None)).losses == 2
    await job_store.commit(job, Commit(steps=(a_step(key),)), lease=LEASE)
    assert (await job_store.get(job.id, project=None)).losses == losses


async def test_a_clean_release_is_no_loss(job_store: JobStore) -> None:
    await job_store.submit(a_job())
    for epoch in range(1, 6):
        job = await claimed(job_store)
        assert (job.epoch, job.losses) == (epoch, 0)
        await job_store.release(job)
        assert (await job_store.get(job.id, project=None)).status is JobStatus.QUEUED


async def test_what_is_released_for_a_while_is_claimed_after_it_and_that_is_no_loss(
    job_store: JobStore, clock: SetClock
) -> None:
    job = await job_store.submit(a_job(), lease=a_lease())
    await job_store.release(job, pause=timedelta(seconds=10))
    put_off = await job_store.get(job.id, project=None)
    assert (put_off.status, put_off.lease, put_off.due_at) == (JobStatus.WAITING, None, clock.in_(seconds=10))
    assert await job_store.claim(CLAIMS, a_lease(BERT)) is None
    clock.pass_(seconds=10)
    again = await claimed(job_store, BERT)
    assert (again.epoch, again.losses) == (2, 0)


async def test_what_is_to_be_cancelled_is_released_at_once(job_store: JobStore) -> None:
    job = await job_store.submit(a_job(), lease=a_lease())
    await job_store.cancel(job.id, project=job.project)
    await job_store.release(job, pause=timedelta(seconds=10))
    assert (await claimed(job_store, BERT)).cancel_requested


async def test_a_lost_lease_is_released_in_silence(job_store: JobStore, clock: SetClock) -> None:
    await job_store.submit(a_job())
    old = await claimed(job_store)
    clock.pass_(seconds=30)
    new = await claimed(job_store, BERT)
    await job_store.release(old)
    await job_store.release(a_job())
    assert await job_store.get(new.id, project=None) == new


async def test_a_heartbeat_lengthens_leases_and_takes_progress(job_store: JobStore, clock: SetClock) -> None:
    first = await job_store.submit(a_job(), lease=a_lease())
    second = await job_store.submit(a_job(), lease=a_lease())
    clock.pass_(seconds=20)
    half = Progress(percent=50, message="Half")
    pulse = await job_store.heartbeat([first, second], lease=LEASE, progress={first.id: half})
    assert pulse == Pulse()
    clock.pass_(seconds=20)
    assert await job_store.claim(CLAIMS, a_lease(BERT)) is None
    beaten = await job_store.get(first.id, project=None)
    assert beaten.lease == Lease(owner=ANNA, epoch=1, until=clock.in_(seconds=10))
    assert beaten.progress == half
    assert (await job_store.get(second.id, project=None)).progress == Progress()


async def test_a_heartbeat_without_news_changes_nothing_that_is_shown(
    job_store: JobStore, clock: SetClock
) -> None:
    plain = await job_store.submit(a_job(), lease=a_lease())
    told = await job_store.submit(a_job(), lease=a_lease())
    half = {told.id: Progress(percent=50, message="Half")}
    clock.pass_(seconds=5)
    await job_store.heartbeat([plain, told], lease=LEASE, progress=half)
    before = [await job_store.get(job.id, project=None) for job in (plain, told)]
    assert [(job.version, job.updated_at) for job in before] == [
        (plain.version, plain.updated_at),
        (told.version + 1, clock.now()),
    ]
    clock.pass_(seconds=5)
    await job_store.heartbeat([plain, told], lease=LEASE, progress=half)
    until = clock.now() + LEASE
    held = [replace(job, lease=Lease(owner=ANNA, epoch=1, until=until), due_at=until) for job in before]
    assert [await job_store.get(job.id, project=None) for job in (plain, told)] == held


async def test_a_heartbeat_tells_lost_cancelled_and_answered_jobs(
    job_store: JobStore, clock: SetClock
) -> None:
    lost = await job_store.submit(a_job(), lease=a_lease(duration=timedelta(seconds=1)))
    well, cancelled, answered = [await job_store.submit(a_job(), lease=a_lease()) for _ in range(3)]
    clock.pass_(seconds=1)
    await claimed(job_store, BERT)
    await job_store.cancel(cancelled.id, project=cancelled.project)
    wait = a_wait(answered)
    await job_store.commit(answered, Commit(waits=(wait,)), lease=LEASE)
    await job_store.answer(wait.id, a_signal(), job_id=answered.id, project=answered.project)
    jobs = [lost, well, cancelled, answered]
    expected = Pulse(
        lost=frozenset({lost.id}), cancelled=frozenset({cancelled.id}), answered=frozenset({answered.id})
    )
    before = [await job_store.get(job.id, project=None) for job in jobs]
    assert await job_store.glance(jobs) == expected
    assert [await job_store.get(job.id, project=None) for job in jobs] == before
    assert await job_store.heartbeat(jobs, lease=LEASE, progress={}) == expected


async def test_a_heartbeat_writes_nothing_to_a_lost_job(job_store: JobStore, clock: SetClock) -> None:
    await job_store.submit(a_job())
    old = await claimed(job_store)
    clock.pass_(seconds=30)
    new = await claimed(job_store, BERT)
    pulse = await job_store.heartbeat([old], lease=LEASE, progress={old.id: Progress(percent=99)})
    assert pulse.lost == {old.id}
    assert await job_store.get(new.id, project=None) == new


async def test_owners_are_those_who_hold_leases(job_store: JobStore) -> None:
    assert await job_store.owners() == frozenset()
    await job_store.submit(a_job(), lease=a_lease(ANNA))
    await job_store.submit(a_job(), lease=a_lease(ANNA))
    berts = await job_store.submit(a_job(), lease=a_lease(BERT))
    assert await job_store.owners() == {ANNA, BERT}
    await job_store.end(berts, Commit(), success())
    assert await job_store.owners() == {ANNA}


async def test_what_dead_owners_held_is_claimable_at_once(job_store: JobStore) -> None:
    job = await job_store.submit(a_job(), lease=a_lease(ANNA))
    await job_store.submit(a_job(), lease=a_lease(BERT))
    assert await job_store.abandon({ANNA, WorkerId("nobody:1:x")}) == 1
    assert await job_store.abandon({ANNA}) == 0
    taken = await claimed(job_store, BERT)
    assert (taken.id, taken.losses) == (job.id, 1)
    assert await job_store.claim(CLAIMS, a_lease()) is None


async def test_two_workers_never_claim_the_same_job(job_store: JobStore) -> None:
    wanted = {(await job_store.submit(a_job())).id for _ in range(20)}
    got: list[JobId] = []
    while (job := await job_store.claim(CLAIMS, a_lease())) is not None:
        got.append(job.id)
    assert len(got) == len(set(got))
    assert set(got) == wanted


async def test_a_worker_that_lost_its_lease_writes_nothing_more(job_store: JobStore, clock: SetClock) -> None:
    await job_store.submit(a_job())
    old = await claimed(job_store)
    clock.pass_(seconds=30)
    new = await claimed(job_store, BERT)
    commit = Commit(
        steps=(a_step(),),
        events=(an_event(),),
        waits=(a_wait(old),),
        children=(a_child(old),),
        progress=Progress(percent=9),
    )
    with pytest.raises(LeaseLost):
        await job_store.commit(old, commit, lease=LEASE)
    with pytest.raises(LeaseLost):
        await job_store.park(old, commit)
    with pytest.raises(LeaseLost):
        await job_store.end(old, commit, success())
    assert await job_store.get(new.id, project=None) == new
    record = await job_store.load(new)
    assert (dict(record.steps), dict(record.waits), record.events) == ({}, {}, frozenset())
    assert await job_store.waits(old.id) == ()


async def released(store: JobStore, job: Job) -> None:
    await store.release(job)


async def parked_on_news(store: JobStore, job: Job) -> None:
    wait = a_wait(job)
    await store.commit(job, Commit(waits=(wait,)), lease=LEASE)
    await store.answer(wait.id, a_signal(), job_id=job.id, project=job.project)
    await store.park(job, Commit())


async def answered(store: JobStore, job: Job) -> None:
    wait = a_wait(job)
    await store.park(job, Commit(waits=(wait,)))
    await store.answer(wait.id, a_signal(), job_id=job.id, project=job.project)


async def abandoned(store: JobStore, job: Job) -> None:
    assert job.lease is not None
    assert await store.abandon({job.lease.owner}) == 1


async def waited_for_a_child(store: JobStore, job: Job) -> None:
    child = a_child(job)
    await store.park(job, Commit(waits=(a_wait_for_child(job),), children=(child,)))
    await store.cancel(child.id, project=job.project)


@pytest.mark.parametrize("go_on", [released, parked_on_news, answered, abandoned, waited_for_a_child])
async def test_what_may_go_on_now_may_do_so_by_the_clock_of_another_process_too(
    job_store: JobStore, clock: SetClock, go_on: Callable[[JobStore, Job], Awaitable[None]]
) -> None:
    right = clock.now()
    clock.pass_(seconds=3_600)
    job = await job_store.submit(a_job(), lease=a_lease(ANNA))
    await go_on(job_store, job)
    clock.set_to(right)
    assert (await claimed(job_store, BERT)).id == job.id


async def test_a_retried_job_is_due_by_the_clock_of_another_process_too(
    job_store: JobStore, clock: SetClock
) -> None:
    job = await job_store.submit(a_job(), lease=a_lease())
    ended = await job_store.end(job, Commit(), success())
    again = await job_store.submit(ended.retry(JobId(ids.new()), by="ann", now=clock.in_(seconds=3_600)))
    assert (await claimed(job_store)).id == again.id
