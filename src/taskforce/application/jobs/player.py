"""Plays one leased job from its record to its end, or to where it must stop."""

import asyncio
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict

import structlog

from taskforce.application.jobs.checkpoints import Checkpoints, Kernel
from taskforce.application.jobs.context import PlayContext
from taskforce.application.jobs.interrupts import Interrupted, Stop
from taskforce.application.jobs.waiting import Waiting
from taskforce.core.documents import canonical
from taskforce.core.errors import TaskforceError, Unavailable
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.errors import JobFailed, LeaseLost, StepFailed, UnknownKind
from taskforce.core.jobs.events import OPENING, Event
from taskforce.core.jobs.model import CANCELLED, Failure, Job, JobStatus, Outcome, Throttle
from taskforce.core.jobs.ports import Record
from taskforce.core.jobs.program import Program
from taskforce.core.telemetry import SpanKind, Tracer

log = structlog.get_logger()

TRACEBACK_LINES = 12
PUT_OFF = 3
"""The part of a lease after which a job is tried again that could not be stored."""


def tell_nobody(_: Job) -> None:
    """Let the end of a job pass."""


class Play:
    """One play: the job, its record, and the task that plays it."""

    def __init__(self, checkpoints: Checkpoints) -> None:
        self.job = checkpoints.job
        self.checkpoints = checkpoints
        self.waiting = Waiting(checkpoints)
        self._task: asyncio.Task[object] | None = None
        self._hearing: asyncio.Task[None] | None = None

    def begin(self, *, draining: bool) -> None:
        """Take the running task as the one that plays it."""
        self._task = asyncio.current_task()
        if draining:
            self.checkpoints.stop(Stop.DRAINED)

    def stop(self, reason: Stop) -> None:
        """End it at once for this reason, unless it is ending already."""
        if self.checkpoints.stopped is None:
            self.checkpoints.stop(reason)
            self.cut()

    def cut(self) -> None:
        """Cancel what runs now."""
        if self._task is not None:
            self._task.cancel()

    def hear(self) -> None:
        """Let branches that wait in memory look for their signals."""
        if self._hearing is None or self._hearing.done():
            self._hearing = asyncio.get_running_loop().create_task(self.waiting.hear())

    def finish(self) -> None:
        """Be beyond stopping: only the record of the end is left to write."""
        self._task = None


class Player:
    """Knows the programs, and what becomes of a job when its program returns, raises, waits or is stopped."""

    def __init__(
        self,
        *,
        kernel: Kernel,
        programs: Mapping[str, Program],
        tracer: Tracer,
        on_end: Callable[[Job], object] = tell_nobody,
    ) -> None:
        self._kernel = kernel
        self._programs = programs
        self._tracer = tracer
        self._on_end = on_end
        """Is told each job that ends by being played, once that is recorded."""

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds of jobs that can be played here."""
        return frozenset(self._programs)

    def opening(self, job: Job) -> Event:
        """Return the first event of a job. Raises UnknownKind."""
        return self._program(job).opening(job)

    def taken_in(self, job: Job) -> Sequence[Change]:
        """Return what is written with a job that is handed in. Raises UnknownKind."""
        return self._program(job).taken_in(job)

    def throttle(self, job: Job) -> Throttle | None:
        """Return with how many of its like a job runs and waits."""
        return self._kernel.throttle(job)

    async def prepare(self, job: Job) -> Play:
        """Read what is recorded of a leased job, if anything is."""
        record = _record_of_new(job) or await self._kernel.store.load(job)
        return Play(Checkpoints(job, record, self._kernel))

    async def play(self, play: Play) -> Job | None:
        """Play it; return the job if it has ended, None if it goes on later or elsewhere."""
        origin = {name: text for name, text in asdict(play.job.origin).items() if text}
        structlog.contextvars.bind_contextvars(
            job_id=play.job.id, kind=play.job.kind, principal=play.job.created_by, **origin
        )
        told = {"taskforce.job.id": play.job.id, "taskforce.job.kind": play.job.kind}
        with self._tracer.span(
            f"play {play.job.kind}",
            kind=SpanKind.CONSUMER,
            attributes=told,
            parent=play.job.origin.traceparent,
        ) as span:
            ended = await self._played(play)
            if ended is not None and ended.outcome is not None:
                span.note({"taskforce.job.status": ended.status.value})
                if ended.outcome.failure is not None:
                    span.fail(ended.outcome.failure.code, ended.outcome.failure.message)
            return ended

    async def _played(self, play: Play) -> Job | None:
        try:
            outcome = await self._outcome(play)
        except Interrupted as interrupted:
            play.finish()
            return await self._stopped(play, interrupted.reason)
        except asyncio.CancelledError:
            play.finish()
            return await self._stopped(play, play.checkpoints.stopped or Stop.DRAINED)
        play.finish()
        return await self._end(play, outcome)

    async def _outcome(self, play: Play) -> Outcome:
        play.checkpoints.branches.begin()
        ctx = PlayContext(play.checkpoints, play.waiting)
        try:
            program = self._program(play.job)
            await ctx.emit(OPENING, program.opening(play.job))
            result = await program.play(play.job, ctx)
            canonical(result)  # what is not JSON is the program's failure, not the store's
        except JobFailed as failed:
            failure = Failure(code=failed.reason, message=failed.message, details=failed.details)
            return Outcome(status=JobStatus.FAILED, result=failed.result, failure=failure)
        except Unavailable as away:
            raise Interrupted(Stop.UNSTORED) from away
        except Exception as error:  # noqa: BLE001 - whatever a program raises is its job's failure, and is recorded
            return Outcome(status=JobStatus.FAILED, failure=failure_of(error))
        return Outcome(status=JobStatus.SUCCEEDED, result=result)

    async def _stopped(self, play: Play, reason: Stop) -> Job | None:
        if reason is Stop.CANCELLED:
            failure = Failure(code=CANCELLED, message="The job was cancelled.")
            return await self._end(play, Outcome(status=JobStatus.CANCELLED, failure=failure))
        if reason is Stop.PARKED:
            reason = await self._parked(play)
        elif reason is Stop.DRAINED:
            await self._kernel.store.release(play.job)
        if reason is Stop.UNSTORED:
            await self._put_off(play.job)
        self._kernel.probe.reach(f"job.{reason.value}")
        if reason in {Stop.LOST, Stop.UNSTORED}:
            log.warning("play_stopped", reason=reason.value, epoch=play.job.epoch)
        return None

    async def _end(self, play: Play, outcome: Outcome) -> Job | None:
        self._kernel.probe.reach("job.ending")
        try:
            last_words = await play.checkpoints.last_words()
            ended = await self._kernel.store.end(play.job, last_words, outcome)
        except LeaseLost:
            log.warning("lease_lost", epoch=play.job.epoch)
            return None
        except Unavailable:
            return await self._stopped(play, Stop.UNSTORED)
        except Interrupted as interrupted:
            return await self._stopped(play, interrupted.reason)
        self._kernel.probe.reach("job.ended")
        self._kernel.feed.moved(ended.id)
        self._on_end(ended)
        if (program := self._programs.get(ended.kind)) is not None:
            await program.ended(ended)
        if outcome.failure is not None and outcome.status is JobStatus.FAILED:
            log.warning("job_failed", code=outcome.failure.code, reason=outcome.failure.message)
        return ended

    async def _parked(self, play: Play) -> Stop:
        """Park a job, and return why it stops now."""
        try:
            await self._kernel.store.park(play.job, await play.checkpoints.last_words())
        except LeaseLost:
            return Stop.LOST
        except Unavailable:
            return Stop.UNSTORED
        except Interrupted as interrupted:
            return interrupted.reason
        for watched in {play.job.id, play.job.parent or play.job.id, play.job.root}:
            self._kernel.feed.moved(watched)  # what it asks is shown to those who watch them, too
        return Stop.PARKED

    async def _put_off(self, job: Job) -> None:
        """Give a job back for a while: that what it stands on is away is no loss of a worker."""
        with suppress(Unavailable):
            await self._kernel.store.release(job, pause=self._kernel.lease / PUT_OFF)

    def _program(self, job: Job) -> Program:
        program = self._programs.get(job.kind)
        if program is None:
            raise UnknownKind(job.kind)
        return program


def _record_of_new(job: Job) -> Record | None:
    """Return the record of a job that is played for the first time and continues none: its first event."""
    if job.epoch > 1 or job.continues is not None:
        return None
    return Record(steps={}, waits={}, events=frozenset({OPENING} if job.last_event else ()))


def failure_of(error: Exception) -> Failure:
    """Return the failure of a job whose program raised this."""
    if isinstance(error, StepFailed):
        return Failure(code=error.reason, message=error.message, details={"step": error.key, **error.details})
    code = error.code if isinstance(error, TaskforceError) else "program_error"
    lines = traceback.format_exception(error)
    tail = "".join(lines).rstrip().splitlines()[-TRACEBACK_LINES:]
    return Failure(code=code, message=f"{type(error).__name__}: {error}", traceback="\n".join(tail))
