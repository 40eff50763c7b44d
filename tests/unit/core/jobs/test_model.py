"""The job's state machine, under every order of events."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.identity import JobId
from taskforce.core.jobs.errors import JobIsOver, JobNotOver, LeaseLost
from taskforce.core.jobs.model import LOSSES_IN_A_ROW, Job, JobStatus, Outcome
from tests.builders import ANNA, BERT, LEASE, NOON, a_job

DONE = Outcome(status=JobStatus.SUCCEEDED, result={})
CHANGES: dict[str, Callable[[Job, datetime], Job]] = {
    "claim": lambda job, now: job.claim(ANNA, now=now, lease=LEASE),
    "recorded": lambda job, now: job.recorded(now=now, until=now + LEASE, last_event=1, progress=None),
    "park": lambda job, now: job.park(now=now, wake_at=None),
    "release": lambda job, now: job.release(now=now),
    "put off": lambda job, now: job.release(now=now, until=now + LEASE),
    "wake": lambda job, now: job.wake(now=now),
    "abandon": lambda job, now: job.abandon(now=now),
    "end": lambda job, now: job.end(DONE, now=now),
    "cancel": lambda job, now: job.cancel(now=now),
    "nothing": lambda job, _: job,
}


@given(st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 40)), max_size=60))
def test_whatever_happens_a_job_is_in_order(changes: list[tuple[str, int]]) -> None:
    job, passed = a_job(), 0
    for change, seconds in changes:
        passed += seconds
        before = job
        try:
            job = CHANGES[change](job, NOON + timedelta(seconds=passed))
        except (LeaseLost, JobIsOver):
            continue
        assert (job.lease is not None) == (job.status is JobStatus.RUNNING)
        assert job.epoch >= before.epoch
        assert not before.status.is_over or job == before
        assert job.status.is_over == (job.outcome is not None)
        assert job.lease is None or job.lease.epoch == job.epoch
        assert before.lease is None or job.lease is None or job.lease.epoch >= before.lease.epoch
        assert not job.status.is_over or job.due_at is None
        assert job == before or job.version == before.version + 1


def test_a_lease_that_ran_out_is_given_to_another_worker_with_the_next_epoch() -> None:
    first = a_job().claim(ANNA, now=NOON, lease=LEASE)
    with pytest.raises(LeaseLost):
        first.claim(BERT, now=NOON + timedelta(seconds=29), lease=LEASE)
    second = first.claim(BERT, now=NOON + LEASE, lease=LEASE)
    assert second.lease is not None
    assert (second.lease.owner, second.lease.epoch, second.losses) == (BERT, 2, 1)


def test_losses_are_forgotten_with_a_newly_recorded_step() -> None:
    job = a_job()
    now = NOON
    for _ in range(LOSSES_IN_A_ROW):
        job = job.claim(ANNA, now=now, lease=LEASE)
        now += LEASE
    assert not job.is_dead_letter
    again = job.claim(ANNA, now=now, lease=LEASE)
    assert again.is_dead_letter
    assert again.recorded(now=now, until=now + LEASE, last_event=1, progress=None).losses == 0


def test_a_clean_release_is_no_loss() -> None:
    job = a_job().claim(ANNA, now=NOON, lease=LEASE).release(now=NOON)
    assert job.claim(BERT, now=NOON, lease=LEASE).losses == 0


def test_cancelling_asks_the_worker_and_ends_what_nobody_leases() -> None:
    running = a_job().claim(ANNA, now=NOON, lease=LEASE).cancel(now=NOON)
    assert (running.status, running.cancel_requested) == (JobStatus.RUNNING, True)
    queued = a_job().cancel(now=NOON)
    assert queued.status is JobStatus.CANCELLED
    with pytest.raises(JobIsOver):
        queued.cancel(now=NOON)


def test_only_what_is_over_is_retried() -> None:
    with pytest.raises(JobNotOver):
        a_job().retry(JobId("x"), by="ann", now=NOON)
    ended = a_job(subject="session/1").cancel(now=NOON)
    again = ended.retry(JobId("x"), by="ann", now=NOON)
    assert (again.continues, again.subject, again.status) == (ended.id, "session/1", JobStatus.QUEUED)
