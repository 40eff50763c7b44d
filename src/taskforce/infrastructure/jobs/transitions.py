"""The rules of the job store: what each of its writes does, whatever it is stored in."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId, ProjectId, WaitId, WorkerId, wait_id
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.errors import (
    JobIsOver,
    JobNotFound,
    JobNotOver,
    KeyUsedTwice,
    LeaseLost,
    TooManyJobs,
    WaitNotFound,
    WaitNotOpen,
)
from taskforce.core.jobs.events import KeyedEvent, closing_events
from taskforce.core.jobs.model import DEAD_LETTER, Concurrency, Failure, Job, JobStatus, Outcome, Progress
from taskforce.core.jobs.ports import Claims, Commit, LeaseRequest, Pulse
from taskforce.core.jobs.signals import CHILD, TIMER, Signal, Wait, WaitKind
from taskforce.infrastructure.jobs.ledger import Ledger


def submit(
    ledger: Ledger,
    job: Job,
    *,
    events: Sequence[KeyedEvent],
    changes: Sequence[Change],
    lease: LeaseRequest | None,
    most_waiting: int | None,
) -> Job:
    """Write a new job with its first events."""
    if job.continues is not None:
        _check_family(ledger, job.continues)
    if job.concurrency is not None and most_waiting is not None:
        _check_places(ledger, job.concurrency, most_waiting)
    now = ledger.now()
    if lease is not None and _may_run(ledger, job):
        job = job.claim(lease.worker, now=now, lease=lease.duration)
    fresh = unique(events)
    job = replace(job, last_event=len(fresh))
    ledger.add(job)
    ledger.tell(job, fresh, after=0, at=now)
    for change in changes:
        ledger.apply(change)
    return job


def claim(ledger: Ledger, claims: Claims, lease: LeaseRequest) -> Job | None:
    """Lease the next job; those that lost too many workers end on the way."""
    now = ledger.now()
    while (due := ledger.next_due(claims, now=now)) is not None:
        if not _may_run(ledger, due):  # another one took the place meanwhile
            continue
        job = due.claim(lease.worker, now=now, lease=lease.duration)
        if not job.is_dead_letter:
            ledger.save(job)
            _expire(ledger, job.id, now=now)
            return job
        _end(ledger, job, Outcome(status=JobStatus.FAILED, failure=_dead_letter(job)), now=now)
    return None


def commit(ledger: Ledger, job: Job, written: Commit, *, lease: timedelta) -> int:
    """Write a checkpoint behind its fence; return the number of the last event."""
    now = ledger.now()
    events = _untold(ledger, job.id, written.events)
    held = ledger.prolong(job, until=now + lease, told=len(events), progress=written.progress, now=now)
    if held is None:
        raise LeaseLost(job.id)
    if held.losses and _has_new_step(ledger, job.id, written):
        ledger.forget_losses(job.id)
    ledger.tell(job, events, after=held.last_event - len(events), at=now)
    _write(ledger, job.id, written, now=now)
    return held.last_event


def commit_again(ledger: Ledger, job: Job, written: Commit, *, lease: timedelta) -> int:
    """Write the steps and events of a checkpoint that may be written already."""
    head = commit(ledger, job, replace(written, steps=()), lease=lease)
    for step in written.steps:
        with suppress(KeyUsedTwice):  # it was written
            ledger.record(job.id, step, at=ledger.now())
    return head


def park(ledger: Ledger, job: Job, written: Commit) -> Job:
    """Write a checkpoint and give the lease back, until there is news for one of the waits."""
    now = ledger.now()
    own = _checkpoint(ledger, _own(ledger, job), written, now=now)
    waits = ledger.open_waits(job.id)
    is_open = {wait.id for wait in waits}
    has_news = (
        own.cancel_requested
        or any(wait.has_news(now) for wait in waits)
        or any(wait.is_open() and wait.id not in is_open for wait in written.waits)
        or ledger.was_answered(job.id, epoch=job.epoch)
    )
    parked = own.park(now=now, wake_at=min((wait.until for wait in waits if wait.until), default=None))
    if has_news:
        parked = parked.wake(now=now)
    ledger.save(parked)
    return parked


def end(ledger: Ledger, job: Job, written: Commit, outcome: Outcome) -> Job:
    """Write the last checkpoint and end the job."""
    now = ledger.now()
    own = _checkpoint(ledger, _own(ledger, job), written, now=now)
    return _end(ledger, own, outcome, now=now)


def release(ledger: Ledger, job: Job, *, pause: timedelta | None) -> None:
    """Give the lease back, if it is still held."""
    found = ledger.find(job.id)
    if found is not None and _is_held(found, job):
        now = ledger.now()
        ledger.save(found.release(now=now, until=None if pause is None else now + pause))


def heartbeat(
    ledger: Ledger, jobs: Sequence[Job], *, lease: timedelta, progress: Mapping[JobId, Progress]
) -> Pulse:
    """Lengthen what is held, and tell what became of the rest."""
    now = ledger.now()
    lost, cancelled, answered = set(), set(), set()
    for job in jobs:
        held = ledger.hold(job, until=now + lease, progress=progress.get(job.id), now=now)
        if held is None:
            lost.add(job.id)
            continue
        if held.cancel_requested:
            cancelled.add(job.id)
        if ledger.was_answered(job.id, epoch=job.epoch):
            answered.add(job.id)
    return Pulse(lost=frozenset(lost), cancelled=frozenset(cancelled), answered=frozenset(answered))


def glance(ledger: Ledger, jobs: Sequence[Job]) -> Pulse:
    """Tell what became of the jobs."""
    found = [(job, ledger.see(job.id)) for job in jobs]
    held = {now.id: now for job, now in found if now is not None and _is_held(now, job)}
    return Pulse(
        lost=frozenset(job.id for job in jobs if job.id not in held),
        cancelled=frozenset(now.id for now in held.values() if now.cancel_requested),
        answered=frozenset(now.id for now in held.values() if ledger.was_answered(now.id, epoch=now.epoch)),
    )


def abandon(ledger: Ledger, owners: Collection[WorkerId]) -> int:
    """Make what dead owners hold claimable at once."""
    now = ledger.now()
    jobs = ledger.leased_by(owners, now=now)
    for job in jobs:
        ledger.save(job.abandon(now=now))
    return len(jobs)


def cancel(ledger: Ledger, job_id: JobId, *, project: ProjectId) -> Job:
    """Cancel a job and, before it, its family below."""
    job = _of_project(ledger, job_id, project)
    if job.status.is_over:
        raise JobIsOver(job.id, job.status)
    return _cancel(ledger, job_id, now=ledger.now())


def answer(ledger: Ledger, wait: WaitId, signal: Signal, *, job_id: JobId, project: ProjectId) -> Job:
    """Give an open wait its signal and let the job go on."""
    job = _of_project(ledger, job_id, project)
    found = ledger.wait(wait, job_id=job_id)
    if found is None:
        raise WaitNotFound(wait)
    if job.status.is_over or not found.is_open():
        raise WaitNotOpen(wait)
    ledger.answer(wait, signal, job=job)
    woken = job.wake(now=ledger.now())
    if woken is not job:
        ledger.save(woken)
    return woken


def _expire(ledger: Ledger, job_id: JobId, *, now: datetime) -> None:
    """Record that nobody answered in time: the play that begins knows it, so it is no news when it parks."""
    for wait in ledger.open_waits(job_id):
        if wait.has_news(now):
            _put_wait(ledger, job_id, replace(wait, signal=Signal(name=TIMER, at=now)), now=now)


def _is_held(found: Job, job: Job) -> bool:
    return found.status is JobStatus.RUNNING and found.epoch == job.epoch


def _check_family(ledger: Ledger, job_id: JobId) -> None:
    """See that nothing a job has started goes on: what that does yet would not be handed on."""
    if ledger.find(job_id) is None:
        raise JobNotFound(job_id)
    for other in ledger.below(job_id):
        raise JobNotOver(other.id, other.status)


def _check_places(ledger: Ledger, concurrency: Concurrency, most_waiting: int) -> None:
    ledger.guard(concurrency.key)
    if ledger.crowd(concurrency.key) >= concurrency.limit + most_waiting:
        raise TooManyJobs(concurrency.key, running=concurrency.limit, waiting=most_waiting)


def _may_run(ledger: Ledger, job: Job) -> bool:
    """Tell whether its limit lets the job run; nobody else's is let before this transaction is over."""
    if job.concurrency is None:
        return True
    ledger.guard(job.concurrency.key)
    return ledger.has_room(job)


def _own(ledger: Ledger, job: Job) -> Job:
    found = ledger.find(job.id)
    if found is None or not _is_held(found, job):
        raise LeaseLost(job.id)
    return found


def _of_project(ledger: Ledger, job_id: JobId, project: ProjectId) -> Job:
    found = ledger.find(job_id)
    if found is None or found.project != project:
        raise JobNotFound(job_id)
    return found


def _checkpoint(ledger: Ledger, job: Job, written: Commit, *, now: datetime) -> Job:
    """Write what a checkpoint brings; the returned job is to be saved."""
    is_forgiven = job.losses > 0 and _has_new_step(ledger, job.id, written)
    told = _told(ledger, job, written.events, now=now)
    _write(ledger, job.id, written, now=now)
    return replace(told, losses=0 if is_forgiven else job.losses, progress=written.progress or job.progress)


def _write(ledger: Ledger, job_id: JobId, written: Commit, *, now: datetime) -> None:
    for step in written.steps:
        ledger.record(job_id, step, at=now)
    for child in written.children:
        ledger.add(child)
    for wait in written.waits:
        _put_wait(ledger, job_id, wait, now=now)
    for artifact in written.artifacts:
        ledger.add_artifact(artifact)
    for change in written.changes:
        ledger.apply(change)


def _put_wait(ledger: Ledger, job_id: JobId, wait: Wait, *, now: datetime) -> None:
    """Write a wait; a child whose time is up is cancelled, and the wait says which one that was."""
    late = None
    if wait.kind is WaitKind.CHILD and wait.signal is not None:
        late = next((child for child in ledger.children(job_id) if child.parent_key == wait.key), None)
        wait = replace(wait, signal=replace(wait.signal, by=late.id if late else ""))
    ledger.put_wait(job_id, wait, at=now)
    if late is not None:
        _cancel(ledger, late.id, now=now)


def _end(ledger: Ledger, job: Job, outcome: Outcome, *, now: datetime) -> Job:
    """Cancel what a job has started and end it."""
    for child in ledger.children(job.id):
        _cancel(ledger, child.id, now=now)
    return _close(ledger, job, outcome, now=now)


def _close(ledger: Ledger, job: Job, outcome: Outcome, *, now: datetime) -> Job:
    """End a job, whatever it was doing, and tell its log and its parent."""
    ended = job.end(outcome, now=now)
    ended = _told(ledger, ended, [*ledger.closing(ended), *closing_events(outcome)], now=now)
    ledger.save(ended)
    for change in ledger.ending(ended):
        ledger.apply(change)
    _tell_parent(ledger, ended, outcome, now=now)
    return ended


def _cancel(ledger: Ledger, job_id: JobId, *, now: datetime) -> Job:
    for child in ledger.children(job_id):
        _cancel(ledger, child.id, now=now)
    job = ledger.find(job_id)  # found again: the end of a child may have woken it
    if job is None:
        raise JobNotFound(job_id)
    cancelled = job.cancel(now=now)
    if cancelled.outcome is None:
        ledger.save(cancelled)
        return cancelled
    return _close(ledger, job, cancelled.outcome, now=now)


def _tell_parent(ledger: Ledger, child: Job, outcome: Outcome, *, now: datetime) -> None:
    if child.parent is None or child.parent_key is None:
        return
    wait = ledger.wait(wait_id(child.parent, child.parent_key), job_id=child.parent)
    parent = ledger.find(child.parent)
    if wait is None or parent is None or not wait.is_open():
        return
    signal = Signal(name=CHILD, payload=_told_to_parent(outcome), by=child.id, at=now)
    ledger.answer(wait.id, signal, job=parent)
    woken = parent.wake(now=now)
    if woken is not parent:
        ledger.save(woken)


def _told_to_parent(outcome: Outcome) -> JsonObject:
    failure = outcome.failure
    return {
        "status": outcome.status.value,
        "result": outcome.result,
        "failure": None if failure is None else {"code": failure.code, "message": failure.message},
    }


def _told(ledger: Ledger, job: Job, events: Sequence[KeyedEvent], *, now: datetime) -> Job:
    fresh = _untold(ledger, job.id, events)
    ledger.tell(job, fresh, after=job.last_event, at=now)
    return replace(job, last_event=job.last_event + len(fresh))


def _untold(ledger: Ledger, job_id: JobId, events: Sequence[KeyedEvent]) -> Sequence[KeyedEvent]:
    if not events:
        return events
    told = ledger.told(job_id, [event.key for event in events])
    return unique([event for event in events if event.key not in told])


def unique(events: Sequence[KeyedEvent]) -> Sequence[KeyedEvent]:
    """Return the first event under each key."""
    by_key: dict[str, KeyedEvent] = {}
    for event in events:
        by_key.setdefault(event.key, event)
    return tuple(by_key.values())


def _has_new_step(ledger: Ledger, job_id: JobId, written: Commit) -> bool:
    keys = [step.key for step in written.steps]
    return bool(keys) and len(ledger.recorded(job_id, keys)) < len(set(keys))


def _dead_letter(job: Job) -> Failure:
    message = (
        f"The job lost its worker {job.losses} times in a row without recording a new step. Look at "
        "the workers' logs for what ends them, such as memory or a crash, then run "
        f"`taskforce jobs retry {job.id}`."
    )
    return Failure(code=DEAD_LETTER, message=message, details={"losses": job.losses})
