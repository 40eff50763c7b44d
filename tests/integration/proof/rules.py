"""The rules that the stateful machine drives, and the same with a safeguard taken out."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from taskforce.core.identity import JobId
from taskforce.core.jobs.errors import KeyUsedTwice
from taskforce.core.jobs.model import Job, JobStatus, Outcome
from taskforce.core.jobs.ports import Claims, Commit, LeaseRequest, Pulse
from taskforce.core.jobs.steps import StepRecord
from taskforce.infrastructure.jobs import transitions
from taskforce.infrastructure.jobs.ledger import Ledger
from tests.builders import LEASE


class Rules:
    """What a worker may do, as the store does it."""

    def claim(self, ledger: Ledger, claims: Claims, lease: LeaseRequest) -> Job | None:
        return transitions.claim(ledger, claims, lease)

    def commit(self, ledger: Ledger, job: Job, commit: Commit) -> int:
        return transitions.commit(ledger, job, commit, lease=LEASE)

    def park(self, ledger: Ledger, job: Job, commit: Commit) -> Job:
        return transitions.park(ledger, job, commit)

    def end(self, ledger: Ledger, job: Job, commit: Commit, outcome: Outcome) -> Job:
        return transitions.end(ledger, job, commit, outcome)

    def release(self, ledger: Ledger, job: Job, pause: timedelta | None) -> None:
        transitions.release(ledger, job, pause=pause)

    def heartbeat(self, ledger: Ledger, jobs: Sequence[Job]) -> Pulse:
        return transitions.heartbeat(ledger, jobs, lease=LEASE, progress={})


class _Unfenced(Rules):
    def commit(self, ledger: Ledger, job: Job, commit: Commit) -> int:
        found = ledger.find(job.id)
        return super().commit(ledger, replace(job, epoch=found.epoch) if found else job, commit)


class _WithoutReclaim(Rules):
    def claim(self, ledger: Ledger, claims: Claims, lease: LeaseRequest) -> Job | None:
        return super().claim(_changed(ledger, next_due=_kept(ledger)), claims, lease)


class _Stealing(Rules):
    def claim(self, ledger: Ledger, claims: Claims, lease: LeaseRequest) -> Job | None:
        ahead = ledger.now() + LEASE / 2
        return super().claim(_changed(ledger, now=lambda: ahead), claims, lease)


class _Doubling(Rules):
    def commit(self, ledger: Ledger, job: Job, commit: Commit) -> int:
        return super().commit(_changed(ledger, record=_recorded_again(ledger)), job, commit)


class _Changed:
    """A ledger of which some words mean something else."""

    def __init__(self, ledger: Ledger, words: Mapping[str, Callable[..., Any]]) -> None:
        self._ledger = ledger
        self._words = words

    def __getattr__(self, word: str) -> Callable[..., Any]:
        return self._words.get(word) or cast("Callable[..., Any]", getattr(self._ledger, word))


def _changed(ledger: Ledger, **words: Callable[..., Any]) -> Ledger:
    return cast("Ledger", _Changed(ledger, words))


def _recorded_again(ledger: Ledger) -> Callable[..., None]:
    def record(job_id: JobId, step: StepRecord, *, at: datetime) -> None:
        with suppress(KeyUsedTwice):
            ledger.record(job_id, step, at=at)

    return record


def _kept(ledger: Ledger) -> Callable[..., Job | None]:
    def next_due(claims: Claims, *, now: datetime) -> Job | None:
        found = ledger.next_due(claims, now=now)
        return None if found is not None and found.status is JobStatus.RUNNING else found

    return next_due


MUTANTS: Mapping[str, type[Rules]] = {
    "no fence": _Unfenced,
    "no reclaim": _WithoutReclaim,
    "early steal": _Stealing,
    "no unique step key": _Doubling,
}
