"""A job that waits has no lease; a word, a moment or another job's end puts it back."""

import asyncio
from dataclasses import replace

import pytest

from taskforce.core.identity import JobId, WaitId, wait_id
from taskforce.core.jobs.errors import JobNotFound, WaitNotFound, WaitNotOpen
from taskforce.core.jobs.model import AT_ONCE, Job, JobStatus
from taskforce.core.jobs.ports import Commit, JobStore
from taskforce.core.jobs.signals import TIMER, Signal, Wait
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import (
    ANNA,
    CLAIMS,
    LEASE,
    OTHER_PROJECT,
    a_job,
    a_lease,
    a_signal,
    a_step,
    a_timer,
    a_wait,
    an_event,
    ids,
    success,
)


@pytest.fixture
async def job(job_store: JobStore) -> Job:
    return await job_store.submit(a_job(), lease=a_lease())


async def answer(store: JobStore, job: Job, wait: Wait, signal: Signal | None = None) -> Job:
    return await store.answer(wait.id, signal or a_signal(), job_id=job.id, project=job.project)


async def claimed(store: JobStore) -> Job:
    job = await store.claim(CLAIMS, a_lease(ANNA))
    assert job is not None
    return job


async def test_a_parked_job_waits_without_a_lease(job_store: JobStore, job: Job, clock: SetClock) -> None:
    wait = a_wait(job)
    parked = await job_store.park(job, Commit(steps=(a_step(),), events=(an_event(),), waits=(wait,)))
    assert (parked.status, parked.lease, parked.due_at) == (JobStatus.WAITING, None, None)
    assert parked == await job_store.get(job.id, project=None)
    assert await job_store.owners() == frozenset()
    assert await job_store.waits(job.id) == (wait,)
    clock.pass_(seconds=100_000)
    assert await job_store.claim(CLAIMS, a_lease()) is None
    assert await job_store.due(CLAIMS) == 0
    assert len(await job_store.events(job.id, after=0, limit=9)) == 1


async def test_an_answer_puts_the_job_back(job_store: JobStore, job: Job, clock: SetClock) -> None:
    wait = a_wait(job)
    await job_store.park(job, Commit(waits=(wait,)))
    signal = a_signal(by="carl", at=clock.pass_(seconds=60))
    woken = await answer(job_store, job, wait, signal)
    assert (woken.status, woken.due_at) == (JobStatus.QUEUED, AT_ONCE)
    assert await job_store.waits(job.id) == ()
    again = await claimed(job_store)
    assert (again.id, again.losses) == (job.id, 0)
    assert (await job_store.load(again)).waits == {wait.key: replace(wait, signal=signal)}


async def test_a_job_wakes_at_the_first_moment_that_it_waits_for(
    job_store: JobStore, job: Job, clock: SetClock
) -> None:
    sooner, later = (
        a_timer(job, "sooner", until=clock.in_(seconds=60)),
        a_timer(job, "later", until=clock.in_(seconds=90)),
    )
    parked = await job_store.park(job, Commit(waits=(later, sooner, a_wait(job))))
    assert parked.due_at == sooner.until
    clock.pass_(seconds=59)
    assert await job_store.claim(CLAIMS, a_lease()) is None
    clock.pass_(seconds=1)
    again = await claimed(job_store)
    assert (again.id, again.losses) == (job.id, 0)


async def test_a_timer_that_ran_out_is_recorded_by_the_claim(
    job_store: JobStore, job: Job, clock: SetClock
) -> None:
    wait, other = a_wait(job, until=clock.in_(seconds=60)), a_wait(job, "other")
    await job_store.park(job, Commit(waits=(wait, other)))
    clock.pass_(seconds=60)
    again = await claimed(job_store)
    assert (await job_store.load(again)).waits == {
        wait.key: replace(wait, signal=Signal(name=TIMER, at=clock.now())),
        other.key: other,
    }
    assert (await job_store.glance([again])).answered == frozenset()
    with pytest.raises(WaitNotOpen):
        await answer(job_store, job, wait)


async def test_a_timer_that_the_play_knows_of_is_no_news(
    job_store: JobStore, job: Job, clock: SetClock
) -> None:
    await job_store.park(job, Commit(waits=(a_timer(job, until=clock.in_(seconds=60)),)))
    clock.pass_(seconds=60)
    parked = await job_store.park(await claimed(job_store), Commit(waits=(a_wait(job),)))
    assert (parked.status, parked.due_at) == (JobStatus.WAITING, None)


async def test_a_timer_that_runs_out_during_the_play_is_closed_by_a_checkpoint(
    job_store: JobStore, job: Job, clock: SetClock
) -> None:
    wait = a_wait(job, until=clock.in_(seconds=10))
    await job_store.commit(job, Commit(waits=(wait,)), lease=LEASE)
    clock.pass_(seconds=10)
    ran_out = replace(wait, signal=Signal(name=TIMER, at=clock.now()))
    await job_store.commit(job, Commit(waits=(ran_out,)), lease=LEASE)
    assert (await job_store.load(job)).waits == {wait.key: ran_out}
    assert await job_store.waits(job.id) == ()
    parked = await job_store.park(job, Commit(waits=(a_wait(job, "next"),)))
    assert (parked.status, parked.due_at) == (JobStatus.WAITING, None)


async def test_an_answer_that_came_before_the_timer_was_recorded_is_kept(
    job_store: JobStore, job: Job, clock: SetClock
) -> None:
    wait = a_wait(job, until=clock.in_(seconds=10))
    await job_store.commit(job, Commit(waits=(wait,)), lease=LEASE)
    clock.pass_(seconds=10)
    await answer(job_store, job, wait)
    ran_out = replace(wait, signal=Signal(name=TIMER, at=clock.now()))
    await job_store.commit(job, Commit(waits=(ran_out,)), lease=LEASE)
    assert (await job_store.load(job)).waits[wait.key].signal == a_signal()


async def test_an_answer_that_came_before_the_job_parked_puts_it_back_at_once(
    job_store: JobStore, job: Job
) -> None:
    wait = a_wait(job)
    await job_store.commit(job, Commit(waits=(wait,)), lease=LEASE)
    running = await answer(job_store, job, wait)
    assert running.status is JobStatus.RUNNING
    parked = await job_store.park(job, Commit())
    assert (parked.status, parked.due_at, parked.lease) == (JobStatus.QUEUED, AT_ONCE, None)


async def test_an_answer_to_another_wait_while_it_ran_puts_it_back_at_once(
    job_store: JobStore, job: Job
) -> None:
    first, second = a_wait(job, "first"), a_wait(job, "second")
    await job_store.park(job, Commit(waits=(first, second)))
    await answer(job_store, job, first)
    again = await claimed(job_store)
    await answer(job_store, job, second)
    parked = await job_store.park(again, Commit(waits=(a_wait(job, "third"),)))
    assert parked.status is JobStatus.QUEUED


async def test_a_wait_that_is_opened_again_after_its_answer_has_news(job_store: JobStore, job: Job) -> None:
    wait = a_wait(job)
    await job_store.park(job, Commit(waits=(wait,)))
    await answer(job_store, job, wait)
    parked = await job_store.park(await claimed(job_store), Commit(waits=(wait,)))
    assert parked.status is JobStatus.QUEUED
    assert (await job_store.load(parked)).waits[wait.key].signal == a_signal()


async def test_an_answer_of_long_ago_is_no_news(job_store: JobStore, job: Job) -> None:
    first = a_wait(job, "first")
    await job_store.park(job, Commit(waits=(first,)))
    await answer(job_store, job, first)
    again = await claimed(job_store)
    assert (await job_store.glance([again])).answered == frozenset()
    parked = await job_store.park(again, Commit(waits=(a_wait(job, "second"),)))
    assert parked.status is JobStatus.WAITING


async def test_a_wait_whose_time_is_up_puts_the_job_back_at_once(
    job_store: JobStore, job: Job, clock: SetClock
) -> None:
    parked = await job_store.park(job, Commit(waits=(a_timer(job, until=clock.now()),)))
    assert (parked.status, parked.due_at) == (JobStatus.QUEUED, AT_ONCE)


async def test_a_wait_of_another_job_does_not_wake_this_one(
    job_store: JobStore, job: Job, clock: SetClock
) -> None:
    other = await job_store.submit(a_job(), lease=a_lease())
    await job_store.park(other, Commit(waits=(a_timer(other, until=clock.in_(seconds=5)),)))
    parked = await job_store.park(job, Commit(waits=(a_wait(job),)))
    assert parked.due_at is None


async def test_a_job_asked_to_cancel_does_not_wait(job_store: JobStore, job: Job) -> None:
    await job_store.cancel(job.id, project=job.project)
    parked = await job_store.park(job, Commit(waits=(a_wait(job),)))
    assert (parked.status, parked.cancel_requested) == (JobStatus.QUEUED, True)


async def test_a_wait_is_answered_once(job_store: JobStore, job: Job) -> None:
    wait = a_wait(job)
    await job_store.park(job, Commit(waits=(wait,)))
    answers = await asyncio.gather(
        *(answer(job_store, job, wait, a_signal(f"{number}")) for number in range(5)), return_exceptions=True
    )
    assert sum(isinstance(one, Job) for one in answers) == 1
    assert sum(isinstance(one, WaitNotOpen) for one in answers) == 4


async def test_of_a_job_that_is_over_nothing_waits(job_store: JobStore, job: Job) -> None:
    wait = a_wait(job)
    await job_store.end(job, Commit(waits=(wait,)), success())
    assert await job_store.waits(job.id) == ()
    with pytest.raises(WaitNotOpen):
        await answer(job_store, job, wait)


async def test_an_answer_to_nothing_is_refused(job_store: JobStore, job: Job) -> None:
    other = await job_store.submit(a_job(), lease=a_lease())
    wait, foreign = a_wait(job), a_wait(other)
    await job_store.commit(other, Commit(waits=(foreign,)), lease=LEASE)
    await job_store.commit(job, Commit(waits=(wait,)), lease=LEASE)
    with pytest.raises(WaitNotFound):
        await job_store.answer(WaitId(ids.new()), a_signal(), job_id=job.id, project=job.project)
    with pytest.raises(WaitNotFound):
        await job_store.answer(foreign.id, a_signal(), job_id=job.id, project=job.project)
    with pytest.raises(JobNotFound):
        await job_store.answer(wait.id, a_signal(), job_id=JobId(ids.new()), project=job.project)
    with pytest.raises(JobNotFound):
        await job_store.answer(wait.id, a_signal(), job_id=job.id, project=OTHER_PROJECT)
    assert await job_store.waits(job.id) == (wait,)


async def test_open_waits_are_told_oldest_first(job_store: JobStore, job: Job, clock: SetClock) -> None:
    waits = [a_wait(job, key, until=clock.in_(seconds=99)) for key in ("c", "a", "b")]
    for wait in waits:
        clock.pass_(seconds=1)
        await job_store.commit(job, Commit(waits=(wait,)), lease=LEASE)
    assert await job_store.waits(job.id) == tuple(waits)


async def test_park_and_answer_at_once_never_lose_the_job(job_store: JobStore) -> None:
    for _ in range(25):
        job = await job_store.submit(a_job(), lease=a_lease())
        wait = a_wait(job)
        await job_store.commit(job, Commit(waits=(wait,)), lease=LEASE)
        await asyncio.gather(job_store.park(job, Commit()), answer(job_store, job, wait))
        assert (await job_store.get(job.id, project=None)).status is JobStatus.QUEUED


async def test_an_open_wait_keeps_its_id_when_it_is_opened_again(job_store: JobStore, job: Job) -> None:
    wait = a_wait(job)
    await job_store.park(job, Commit(waits=(wait,)))
    await job_store.abandon({ANNA})
    assert await job_store.waits(job.id) == (wait,)
    assert wait.id == wait_id(job.id, "ask")
