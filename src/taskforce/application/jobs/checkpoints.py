"""Checkpoints of a play: what is recorded of it, what it has told since, and whether it may go on."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from taskforce.application.jobs.branches import Branches
from taskforce.application.jobs.interrupts import Interrupted, Stop
from taskforce.application.jobs.tries import is_of_a_try
from taskforce.core.artifacts import Artifact, ArtifactRef, ArtifactStore, Content
from taskforce.core.clock import Clock
from taskforce.core.errors import TaskforceError, Unavailable
from taskforce.core.identity import ArtifactId, IdSource, JobId, wait_id
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.errors import KeyUsedTwice, LeaseLost
from taskforce.core.jobs.events import Delta, Event, KeyedEvent
from taskforce.core.jobs.model import Job, Progress, Throttle
from taskforce.core.jobs.ports import Commit, JobFeed, JobStore, Probe, Record
from taskforce.core.jobs.signals import TIMER, Wait, WaitKind
from taskforce.core.jobs.steps import StepRecord

SLOW = timedelta(milliseconds=50)
"""A step that takes longer than this does not hold back the events told before it."""
SHOWN = timedelta(seconds=0.7)
"""How old the progress on the row is when newer is written: told often, it moves at least once a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """What plays stand on."""

    store: JobStore
    artifacts: ArtifactStore
    feed: JobFeed
    clock: Clock
    ids: IdSource
    probe: Probe
    throttle: Callable[[Job], Throttle | None]
    """Says with how many of its like a new job runs."""
    lease: timedelta


class Checkpoints:
    """The record of one play, as far as it is written and as far as it is yet to be."""

    def __init__(self, job: Job, record: Record, kernel: Kernel) -> None:
        self.job = job
        self.kernel = kernel
        self.branches = Branches()
        self._recorded = record.steps
        self._noted: dict[str, StepRecord] = {}
        self.failed_children = {
            wait.key: JobId(wait.signal.by)
            for wait in record.waits.values()
            if wait.signal is not None and _failed_before(wait, job)
        }
        self.waits = {
            key: wait
            for key, wait in record.waits.items()
            if key not in self.failed_children and not (is_of_a_try(wait) and _is_earlier(wait, job))
        }
        self.progressed: Progress | None = None
        self._shown_at: datetime | None = None
        self._told = set(record.events)
        self._said: set[str] = set()
        self._stop: Stop | None = Stop.CANCELLED if job.cancel_requested else None
        self._refused: TaskforceError | None = None
        self._head = job.last_event
        self._held: list[Delta] = []
        self._tellers: set[asyncio.Task[None]] = set()
        self._writing = asyncio.Lock()
        """Held by one write at a time, in their order: a store may do several things at once."""
        self._unwritten: Stop | None = None
        """Why a write failed: nothing is written after it, and a play from the record tells it all again."""

    # ------------------------------------------------------------ may it go on?

    def stop(self, reason: Stop) -> None:
        """Let the play end at its next checkpoint, for this reason; the first reason holds."""
        self._stop = self._stop or reason

    @property
    def stopped(self) -> Stop | None:
        """Return why the play is to end, if it is."""
        return self._stop

    def check(self) -> None:
        """Raise Interrupted when the play is to end, or what a change was refused with meanwhile."""
        if self._stop is not None:
            raise Interrupted(self._stop)
        if self._refused is not None:
            raise self._refused

    def say(self, key: str) -> None:
        """Use a key. Raises KeyUsedTwice, and Interrupted when the play is to end."""
        self._use(key)
        self.check()

    def say_at_last(self, key: str) -> None:
        """Use a key for what may be among the last words of a play that is cancelled, too.

        Raises KeyUsedTwice, and Interrupted when the play is to end for another reason.
        """
        self._use(key)
        if self._stop is not Stop.CANCELLED:
            self.check()

    def _use(self, key: str) -> None:
        if key in self._said:
            raise KeyUsedTwice(key)
        self._said.add(key)

    # ------------------------------------------------------------ to be written with the next checkpoint

    def tell(self, key: str, event: Event) -> None:
        """Tell an event, unless it was told before."""
        if key not in self._told:
            self._told.add(key)
            self.branches.current.events.append(KeyedEvent(key=key, event=event))

    def change(self, change: Change) -> None:
        """Write a capability's rows."""
        self.branches.current.changes.append(change)

    def hint(self, delta: Delta) -> None:
        """Show live output, once all that was told before it can be seen."""
        self._held.append(delta)
        if not self.branches.has_events():
            self._show_held()

    def recorded(self, key: str) -> StepRecord | None:
        """Return what is recorded of a step, by this play or before it."""
        return self._noted.get(key) or self._recorded.get(key)

    def note(self, record: StepRecord) -> StepRecord:
        """Record a step that needs no checkpoint of its own."""
        self._noted[record.key] = record
        self.branches.current.steps.append(record)
        return record

    async def put(
        self, key: str, content: Content, *, kind: str, media_type: str, place: str | None = None
    ) -> ArtifactRef:
        """Store bytes; their row comes with the next checkpoint. A crash before it stores them again."""
        job, kernel = self.job, self.kernel
        place = place or f"{job.project}/{job.id}/{key}"
        stored = await kernel.artifacts.put(place, content, media_type=media_type)
        kernel.probe.reach(f"artifact.stored:{key}")
        ref = ArtifactRef(
            id=ArtifactId(kernel.ids.new()),
            key=place,
            kind=kind,
            media_type=media_type,
            size=stored.size,
            sha256=stored.sha256,
        )
        artifact = Artifact(ref=ref, project=job.project, job_id=job.id, created_at=kernel.clock.now())
        self.branches.current.artifacts.append(artifact)
        return ref

    async def last_words(self) -> Commit:
        """Return all that was told and is not written yet, once all that was told before it is.

        Raises Interrupted when that could not be written.
        """
        commit = self._all_told()
        async with self._writing:
            self._check_written()
            return commit

    # ------------------------------------------------------------ written now

    async def record(self, record: StepRecord) -> StepRecord:
        """Write a step, and all that the branch has told before it."""
        self.note(record)
        await self.commit()
        self.kernel.probe.reach(f"step.{record.status.value}.recorded:{record.key}")
        return record

    async def commit(self) -> None:
        """Write all that the branch has told."""
        await self._write(self._with_progress(self.branches.current.drain()))

    async def show(self, progress: Progress) -> None:
        """Say how far the job is: with the next checkpoint, or within a second where that takes longer.

        A row that is written for this alone is a heartbeat: it forgives no lost worker.
        """
        self.progressed = progress
        now = self.kernel.clock.now()
        if self._shown_at is None:
            self._shown_at = now
        elif now - self._shown_at >= SHOWN:
            self._shown_at = now
            await self._beat(progress)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Write what waits for a slow step's end before it, so that watchers see what is going on."""
        loop = asyncio.get_running_loop()
        timer = loop.call_later(
            SLOW.total_seconds(), lambda: self._tellers.add(loop.create_task(self._tell_now()))
        )
        try:
            yield
        finally:
            timer.cancel()

    def _all_told(self) -> Commit:
        return self._with_progress(self.branches.drain())

    def _with_progress(self, commit: Commit) -> Commit:
        return commit if self.progressed is None else replace(commit, progress=self.progressed)

    async def _tell_now(self) -> None:
        if self.branches.has_events():
            try:
                await self._write(self._all_told())
            except Interrupted as met:  # what is lost here is told again by a play from the record
                self.stop(met.reason)
            except TaskforceError as refused:
                self._refused = self._refused or refused

    async def _beat(self, progress: Progress) -> None:
        try:
            pulse = await self.kernel.store.heartbeat(
                [self.job], lease=self.kernel.lease, progress={self.job.id: progress}
            )
        except Unavailable as broken:
            raise Interrupted(Stop.UNSTORED) from broken
        if self.job.id in pulse.lost:
            raise Interrupted(Stop.LOST)

    async def _write(self, commit: Commit) -> None:
        async with self._writing:
            self._check_written()
            try:
                self._head = await self.kernel.store.commit(self.job, commit, lease=self.kernel.lease)
            except LeaseLost as lost:
                self._unwritten = Stop.LOST
                raise Interrupted(Stop.LOST) from lost
            except Unavailable as broken:
                self._unwritten = Stop.UNSTORED
                raise Interrupted(Stop.UNSTORED) from broken
        if commit.events:
            self.kernel.feed.moved(self.job.id)
        if self._held and not self.branches.has_events():
            self._show_held()

    def _check_written(self) -> None:
        if self._unwritten is not None:
            raise Interrupted(self._unwritten)

    def _show_held(self) -> None:
        for delta in self._held:
            self.kernel.feed.hint(self.job.id, replace(delta, after=self._head))
        self._held.clear()


def _failed_before(wait: Wait, job: Job) -> bool:
    """Tell whether it is a child that failed in a job which this one continues: it gets another chance."""
    if wait.kind is not WaitKind.CHILD or wait.signal is None:
        return False
    failed = wait.signal.name == TIMER or wait.signal.payload.get("failure") is not None
    return failed and _is_earlier(wait, job)


def _is_earlier(wait: Wait, job: Job) -> bool:
    """Tell whether a job recorded it that this one continues."""
    return wait.id != wait_id(job.id, wait.key)
