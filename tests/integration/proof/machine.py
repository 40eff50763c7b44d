"""A stateful machine: workers, people and time do what they like; the promises hold after each deed."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from taskforce.core.errors import Conflict
from taskforce.core.identity import JobId, WorkerId
from taskforce.core.jobs.errors import JobIsOver, KeyUsedTwice, LeaseLost, LockHeld, WaitNotOpen
from taskforce.core.jobs.model import Concurrency, Job, JobStatus
from taskforce.core.jobs.ports import Claims, Commit
from taskforce.core.jobs.signals import Wait
from taskforce.core.jobs.steps import StepStatus
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.jobs import transitions
from taskforce.infrastructure.jobs.ledger import Ledger
from tests.builders import (
    LEASE,
    a_child,
    a_job,
    a_lease,
    a_signal,
    a_step,
    a_timer,
    a_wait,
    a_wait_for_child,
    an_event,
    failure,
    success,
)
from tests.integration.proof.books import Books, Page, Pages, Stored
from tests.integration.proof.rules import Rules

WORKERS = tuple(WorkerId(f"w:{number}:w") for number in range(3))
KINDS = ("echo", "scan")
FINAL = frozenset({"done", "failed"})
LIMITS = {"one": 1, "two": 2}
SECONDS = (0.0, 1.0, 10.0, 29.9, 30.0, 31.0)
MOST_JOBS = 6

some = st.integers(min_value=0, max_value=30)
workers = st.sampled_from(WORKERS)
keys = st.sampled_from(["a", "b", "c"])
statuses = st.sampled_from([StepStatus.DONE, StepStatus.DONE, StepStatus.RETRYING, StepStatus.FAILED])


class KernelMachine(RuleBasedStateMachine):
    """Every claim ever made stays in hand: one that was lost goes on writing, as a zombie would."""

    on_books: ClassVar[type[Books]]
    under_rules: ClassVar[type[Rules]]

    def __init__(self) -> None:
        super().__init__()
        self._books = self.on_books()
        self._rules = self.under_rules()
        self._claims: list[Job] = []
        self._owners: dict[tuple[JobId, int], WorkerId] = {}
        self._before: Pages = {}
        self._waits: list[Wait] = []
        self._jobs: list[JobId] = []

    def teardown(self) -> None:
        self._books.close()

    # ------------------------------------------------------------ people and time

    @initialize()
    def begin(self) -> None:
        self._submit(a_job(kind=KINDS[0]), lease=None)

    @precondition(lambda self: len(self._jobs) < MOST_JOBS)
    @rule(
        kind=st.sampled_from(KINDS),
        lock=st.sampled_from([None, None, "door"]),
        limit=st.sampled_from([None, *LIMITS]),
        priority=st.integers(0, 2),
        worker=st.sampled_from([None, *WORKERS]),
    )
    def submit(
        self, kind: str, lock: str | None, limit: str | None, priority: int, worker: WorkerId | None
    ) -> None:
        concurrency = Concurrency(key=limit, limit=LIMITS[limit]) if limit else None
        job = a_job(
            kind=kind,
            lock=lock,
            concurrency=concurrency,
            priority=priority,
            created_at=self._books.clock.now(),
        )
        holders = [page.job for page in self._before.values() if lock and page.job.lock == lock]
        is_held = any(not holder.status.is_over for holder in holders)
        try:
            self._submit(job, lease=worker)
        except LockHeld:
            assert is_held
        else:
            assert not is_held

    @rule(seconds=st.sampled_from(SECONDS))
    def time_passes(self, seconds: float) -> None:
        self._books.clock.pass_(seconds=seconds)

    @rule(which=some)
    def cancel(self, which: int) -> None:
        job_id = self._jobs[which % len(self._jobs)]
        is_over = self._before[job_id].job.status.is_over
        try:
            self._books.do(
                lambda ledger: transitions.cancel(ledger, job_id, project=DEFAULT_PROJECT),
                lambda store: store.cancel(job_id, project=DEFAULT_PROJECT),
            )
        except JobIsOver:
            assert is_over
        else:
            assert not is_over

    @precondition(lambda self: self._waits)
    @rule(which=some)
    def answer(self, which: int) -> None:
        wait_id = self._waits[which % len(self._waits)].id
        job_id, signal = next(
            (page.job.id, signal)
            for page in self._before.values()
            for found, signal in page.waits
            if found == wait_id
        )
        is_open = signal is None and not self._before[job_id].job.status.is_over
        answer = a_signal(at=self._books.clock.now())
        try:
            self._books.do(
                lambda ledger: transitions.answer(
                    ledger, wait_id, answer, job_id=job_id, project=DEFAULT_PROJECT
                ),
                lambda store: store.answer(wait_id, answer, job_id=job_id, project=DEFAULT_PROJECT),
            )
        except WaitNotOpen:
            assert not is_open
        else:
            assert is_open

    @rule(worker=workers)
    def a_dead_worker_is_found(self, worker: WorkerId) -> None:
        self._books.do(
            lambda ledger: transitions.abandon(ledger, [worker]), lambda store: store.abandon([worker])
        )

    # ------------------------------------------------------------ workers

    @rule(worker=workers, kinds=st.sampled_from([KINDS, KINDS, KINDS[:1], KINDS[1:]]))
    def claim(self, worker: WorkerId, kinds: tuple[str, ...]) -> None:
        claims = Claims(kinds=frozenset(kinds))
        job = self._books.do(
            lambda ledger: self._rules.claim(ledger, claims, a_lease(worker)),
            lambda store: store.claim(claims, a_lease(worker)),
        )
        after = self._books.pages()
        if job is None:
            assert not _claimable(after, claims, self._books)
            return
        before = self._before[job.id].job
        assert before.lease is None or before.lease.until <= self._books.clock.now(), "stolen"
        assert job.epoch == before.epoch + 1
        assert after[job.id].job == job
        first = _claimable(self._before, claims, self._books)
        if first and all(before.losses < 2 for before in first):
            assert job.id == first[0].id
        self._claims.append(job)

    @precondition(lambda self: self._claims)
    @rule(which=some)
    def heartbeat(self, which: int) -> None:
        job = self._claimed(which)
        pulse = self._books.do(
            lambda ledger: self._rules.heartbeat(ledger, [job]),
            lambda store: store.heartbeat([job], lease=LEASE, progress={}),
        )
        assert (job.id in pulse.lost) is not self._is_owner(job)
        if not self._is_owner(job):
            self._nothing_is_written()

    @precondition(lambda self: self._claims)
    @rule(which=some, key=keys, status=statuses, events=st.integers(0, 2))
    def commit(self, which: int, key: str, status: StepStatus, events: int) -> None:
        job = self._claimed(which)
        steps = (a_step(key, status=status),)
        told = tuple(an_event(f"{key}/{number}") for number in range(events))
        commit = Commit(steps=steps, events=told)
        is_final = dict(self._before[job.id].steps).get(key) in FINAL
        refusal = KeyUsedTwice if is_final else None
        self._commit(job, commit, refusal=refusal)

    @precondition(lambda self: self._claims and len(self._jobs) < MOST_JOBS)
    @rule(which=some)
    def start_a_child(self, which: int) -> None:
        job = self._claimed(which)
        key = f"child/{len(self._jobs)}"
        child = a_child(job, key, created_at=self._books.clock.now())
        commit = Commit(children=(child,), waits=(a_wait_for_child(job, key),))
        if self._commit(job, commit):
            self._jobs.append(child.id)

    @precondition(lambda self: self._claims)
    @rule(which=some, seconds=st.sampled_from([None, *SECONDS]))
    def park(self, which: int, seconds: float | None) -> None:
        job = self._claimed(which)
        until = None if seconds is None else self._books.clock.in_(seconds=seconds)
        key = f"wait/{len(self._waits)}"
        wait = a_wait(job, key) if until is None else a_timer(job, key, until=until)
        commit = Commit(waits=(wait,))
        if self._write(
            job, lambda ledger: self._rules.park(ledger, job, commit), lambda store: store.park(job, commit)
        ):
            self._waits.append(wait)
            parked = self._books.pages()[job.id].job
            assert parked.lease is None
            assert parked.status in {JobStatus.WAITING, JobStatus.QUEUED}

    @precondition(lambda self: self._claims)
    @rule(which=some, succeeds=st.booleans())
    def end(self, which: int, succeeds: bool) -> None:
        job = self._claimed(which)
        outcome = success() if succeeds else failure()
        commit = Commit(events=(an_event("last"),))
        if self._write(
            job,
            lambda ledger: self._rules.end(ledger, job, commit, outcome),
            lambda store: store.end(job, commit, outcome),
        ):
            assert self._books.pages()[job.id].job.outcome == outcome

    @precondition(lambda self: self._claims)
    @rule(which=some, pause=st.none() | st.timedeltas(timedelta(), LEASE))
    def release(self, which: int, pause: timedelta | None) -> None:
        job = self._claimed(which)
        self._books.do(
            lambda ledger: self._rules.release(ledger, job, pause),
            lambda store: store.release(job, pause=pause),
        )
        if not self._is_owner(job):
            self._nothing_is_written()

    @precondition(lambda self: self._claims)
    @rule(which=some, key=keys)
    def crash_within_a_commit(self, which: int, key: str) -> None:
        job = self._claimed(which)

        def half(ledger: Ledger) -> None:
            with suppress(LeaseLost, KeyUsedTwice):
                self._rules.commit(ledger, job, Commit(steps=(a_step(key),), events=(an_event("half"),)))
            raise Conflict("the power fails")

        with suppress(Conflict):
            self._books.do(half)
        self._nothing_is_written()

    # ------------------------------------------------------------ what holds after each of them

    @invariant()
    def the_promises_hold(self) -> None:
        after = self._books.pages()
        for page in after.values():
            _check_log(page)
            assert len(dict(page.steps)) == len(page.steps), "a step is recorded twice"
            if page.job.lease is not None:
                epoch = (page.job.id, page.job.epoch)
                assert self._owners.setdefault(epoch, page.job.lease.owner) == page.job.lease.owner
            before = self._before.get(page.job.id)
            if before is not None:
                _check_change(before, page)
        held = Counter(page.job.lock for page in after.values() if not page.job.status.is_over)
        assert held["door"] <= 1, "a lock has two holders"
        running = [page.job for page in after.values() if page.job.status is JobStatus.RUNNING]
        at_once = Counter(job.concurrency.key for job in running if job.concurrency is not None)
        assert all(count <= LIMITS[key] for key, count in at_once.items()), f"too many at once: {at_once}"
        self._before = after

    # ------------------------------------------------------------

    def _submit(self, job: Job, *, lease: WorkerId | None) -> None:
        request = a_lease(lease) if lease else None
        stored = self._books.do(
            lambda ledger: transitions.submit(
                ledger, job, events=[an_event("started")], changes=[], lease=request, most_waiting=None
            ),
            lambda store: store.submit(job, events=[an_event("started")], lease=request),
        )
        self._jobs.append(job.id)
        if stored.status is JobStatus.RUNNING:
            self._claims.append(stored)

    def _claimed(self, which: int) -> Job:
        return self._claims[which % len(self._claims)]

    def _is_owner(self, job: Job) -> bool:
        before = self._before[job.id].job
        return before.status is JobStatus.RUNNING and before.epoch == job.epoch

    def _commit(self, job: Job, commit: Commit, *, refusal: type[Exception] | None = None) -> bool:
        return self._write(
            job,
            lambda ledger: self._rules.commit(ledger, job, commit),
            lambda store: store.commit(job, commit, lease=LEASE),
            refusal=refusal,
        )

    def _write(
        self,
        job: Job,
        write: Callable[[Ledger], object],
        stored: Stored[object],
        *,
        refusal: type[Exception] | None = None,
    ) -> bool:
        """Write as the worker that claimed it; return whether it was taken."""
        wanted = refusal if self._is_owner(job) else LeaseLost
        try:
            done = self._books.do(write, stored)
        except (LeaseLost, KeyUsedTwice) as refused:
            is_wanted = wanted is type(refused)
        else:
            assert wanted is None, f"written, where {wanted} was to be raised"
            assert not isinstance(done, Job) or self._books.pages()[job.id].job == done
            return True
        assert is_wanted, f"refused, where {wanted} was to be raised"
        self._nothing_is_written()
        return False

    def _nothing_is_written(self) -> None:
        assert self._books.pages() == self._before


def machine_on(books: type[Books], rules: type[Rules]) -> type[KernelMachine]:
    """Return the machine on these books, under these rules."""
    return type("Machine", (KernelMachine,), {"on_books": books, "under_rules": rules})


def _claimable(pages: Pages, claims: Claims, books: Books) -> list[Job]:
    """Return what is to be claimed, in the order in which it is to be."""
    now = books.clock.now()
    jobs = [page.job for page in pages.values()]
    running = [job for job in jobs if job.status is JobStatus.RUNNING]

    def has_room(job: Job) -> bool:
        beside = sum(other.concurrency == job.concurrency and other.id != job.id for other in running)
        return job.concurrency is None or beside < job.concurrency.limit

    due = [
        job
        for job in jobs
        if not job.status.is_over and job.due_at and job.due_at <= now and job.kind in claims.kinds
    ]
    order = sorted(
        due, key=lambda job: (job.status is not JobStatus.RUNNING, -job.priority, job.created_at, job.id)
    )
    return [job for job in order if has_room(job)]


def _check_log(page: Page) -> None:
    numbers = [number for number, _ in page.events]
    assert numbers == list(range(1, page.job.last_event + 1)), f"the log has gaps: {numbers}"
    ends = [type for _, type in page.events].count("complete")
    assert ends == page.job.status.is_over, "an end is told once, and only when it has come"
    if page.job.status.is_over:
        assert page.events[-1][1] == "complete"


def _check_change(before: Page, after: Page) -> None:
    assert after.job.epoch >= before.job.epoch
    assert after.events[: len(before.events)] == before.events, "the log was changed"
    final = {key for key, status in before.steps if status in FINAL}
    assert final <= {key for key, status in after.steps if status in FINAL}, "a record was lost"
    answered = {(id, signal) for id, signal in before.waits if signal is not None}
    assert answered <= set(after.waits), "an answer was lost"
    if before.job.status.is_over:
        assert replace(before.job) == after.job, "what has ended was changed"
