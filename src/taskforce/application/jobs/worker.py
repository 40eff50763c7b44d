"""The worker: claims due jobs, plays several at once on a lane of its own, keeps their leases."""

import asyncio
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from contextlib import suppress
from contextvars import Context
from dataclasses import replace
from datetime import timedelta
from functools import cached_property, partial

import structlog

from taskforce.application.jobs.companion import Companion
from taskforce.application.jobs.duties import POLL, SWEEP, Chore, at_news, repeated
from taskforce.application.jobs.ends import Ends, may_let_others_go_on
from taskforce.application.jobs.hints import HeldHints
from taskforce.application.jobs.interrupts import Stop
from taskforce.application.jobs.loop import Lane, crossed
from taskforce.application.jobs.places import Places
from taskforce.application.jobs.player import Play, Player
from taskforce.application.jobs.poller import LogPoller
from taskforce.application.jobs.recovery import Recovery
from taskforce.core.errors import TaskforceError, Unavailable
from taskforce.core.identity import JobId, WorkerId
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.errors import UnknownKind
from taskforce.core.jobs.events import OPENING, KeyedEvent
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import (
    Claims,
    Hint,
    JobFeed,
    JobQueue,
    JobStore,
    LeaseRequest,
    Pulse,
    WorkerRoster,
)

log = structlog.get_logger()

CLAIMANTS = 4
"""So many look for jobs of other processes at once: a store may give them theirs together."""
_CUT_OFF = frozenset({Stop.DRAINED, Stop.LOST, Stop.UNSTORED})


class Worker:
    """Plays at most `slots` jobs at once; one of the foreground only families that it took in itself."""

    def __init__(
        self,
        *,
        name: Callable[[], WorkerId],
        store: JobStore,
        queue: JobQueue,
        feed: JobFeed,
        roster: WorkerRoster,
        player: Player,
        recovery: Recovery,
        poller: LogPoller,
        slots: int,
        lease: timedelta,
        foreground: bool,
        prompted: bool = False,
        grace: timedelta,
        chores: Sequence[Chore] = (),
        companion: Companion,
        lane: Callable[[str], Lane],
    ) -> None:
        self._naming = name
        self._store = store
        self._queue = queue
        self._feed = feed
        self._roster = roster
        self._player = player
        self._recovery = recovery
        self._poller = poller
        self._places = Places(slots)
        self._lease = lease
        self._roots: set[JobId] | None = set() if foreground else None
        self._grace = grace
        """How long a step may go on when the worker is asked to stop."""
        self._prompted = prompted
        """Whether it plays only what it is prompted to, and looks for nothing itself."""
        self._chores = () if foreground or not slots else tuple(chores)
        """What is done again and again beside the plays."""
        self._companion = companion
        self._new_lane = lane
        self._kinds = player.kinds
        self._claimants = min(CLAIMANTS, slots) if queue.reaches_others else 1
        self._waiting = 0
        """How many claimants wait for hints, each with a place for what comes."""
        self._suspects = True
        """Whether jobs may be due that no hint was given for."""
        self.on_begin: Callable[[JobId], object] = _tell_nobody
        """Is told each job that this worker begins to play, on the worker's lane."""
        self._plays: dict[int, Play] = {}
        self._ends = Ends()
        self._hints = HeldHints()
        self._draining = False
        self._starting = threading.Lock()
        self._lane: Lane | None = None
        self._pulse: Lane | None = None
        self._drained: Future[None] | None = None
        self._news = asyncio.Event()

    # ------------------------------------------------------------ from any thread

    def start(self) -> None:
        """Start the lanes, if they are not there yet."""
        with self._starting:
            if self._lane is None and not self._draining:
                self._roster.enlist(self.name)
                self._lane = self._new_lane("taskforce-worker")
                self._pulse = self._new_lane("taskforce-heartbeat")
                looking = (self._claim_jobs,) * (0 if self._prompted else self._claimants)
                duties = (self._look_around, self._sweep, self._poll_logs)
                for duty in (*looking, *duties, *self._chores):
                    self._lane.submit(repeated(duty))
                self._pulse.submit(repeated(self._keep_leases))
                self._companion.start()

    async def accept(self, job: Job, *, changes: Sequence[Change] = ()) -> Job:
        """Store a new job; play it here if a place is free, else leave it to whoever has one.

        The caller may leave meanwhile: what was begun is finished.
        """
        return await crossed(self._running().submit(self._accept(job, changes)))

    def prompt(self, hint: Hint, *, kinds: Collection[str] = ()) -> None:
        """Play one due job, of these kinds if any are named; the hint is told what becomes of it.

        From any thread. Raises Unavailable when this process is stopping.
        """
        self._running().submit(self._follow(hint, self._kinds.intersection(kinds or self._kinds)))

    def foster(self, job_id: JobId) -> None:
        """Play this family too, though another process took it in."""
        if self._roots is not None:
            self._roots.add(job_id)

    def restrict(self, kinds: Collection[str]) -> None:
        """Play only jobs of these kinds. Raises UnknownKind when no program here plays one of them."""
        for kind in sorted(set(kinds) - self._player.kinds):
            raise UnknownKind(kind)
        self._kinds = frozenset(kinds)

    async def unattended(self) -> int:
        """Return how many jobs are due and played by nobody, whoever may play them."""
        claims = Claims(kinds=self._kinds)
        return await self._store.due(claims) if await self._recovery.sweep(self.name, claims) else 0

    def look(self) -> None:
        """Look at once whether a job was cancelled or answered."""
        lane = self._lane
        if lane is not None:
            lane.loop.call_soon_threadsafe(self._news.set)

    async def is_idle(self) -> bool:
        """Tell whether nothing is played here and nothing is due, what dead workers left included."""
        times_taken = self._places.times_taken
        if not self._places.are_all_free() or await self._recovery.sweep(self.name, self._claims()):
            return False
        if not await self._companion.is_idle():
            return False
        # Nor was anything begun meanwhile.
        return self._places.are_all_free() and times_taken == self._places.times_taken

    @cached_property
    def name(self) -> WorkerId:
        """Return the name under which it holds leases, which is made when it is first asked for."""
        return self._naming()

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds of jobs that it plays."""
        return self._kinds

    @property
    def places(self) -> tuple[int, int]:
        """Return how many jobs it plays now, and how many it may at once."""
        return self._places.taken, self._places.count

    @property
    def playing(self) -> tuple[JobId, ...]:
        """Return the jobs that are played here now."""
        return tuple(play.job.id for play in self._plays.values())

    def play_of(self, job_id: JobId) -> "Future[Job | None] | None":
        """Return what comes of the job's play if it goes on here, or has ended here of late.

        It is the job when that is over, and None if it goes on later or elsewhere.
        """
        return self._ends.of(job_id)

    def drain(self) -> "Future[None]":
        """Take no more jobs, let running steps end, for a moment, and give all leases back."""
        with self._starting:
            self._draining = True
            self._places.close()
            if self._drained is None:
                self._drained = self._lane.submit(self._drain()) if self._lane else _done()
            return self._drained

    def stop(self) -> None:
        """Drain, and stop the lanes; it blocks until all of it is done."""
        try:
            self.drain().result()
        finally:
            self._companion.stop()
            with self._starting:
                lanes = [lane for lane in (self._pulse, self._lane) if lane is not None]
                self._pulse = self._lane = None
            for lane in lanes:
                lane.stop()
            if lanes:
                self._roster.leave(self.name)

    def _running(self) -> Lane:
        self.start()
        lane = self._lane
        if lane is None or self._draining:
            raise Unavailable("This process is stopping and takes no more jobs. Try again elsewhere.")
        return lane

    # ------------------------------------------------------------ on the worker's lane

    async def _accept(self, job: Job, changes: Sequence[Change]) -> Job:
        opening = KeyedEvent(key=OPENING, event=self._player.opening(job))
        throttle = self._player.throttle(job)
        job = job.throttled(throttle)
        submit = partial(
            self._store.submit,
            job,
            events=[opening],
            changes=[*changes, *self._player.taken_in(job)],
            most_waiting=throttle.waiting if throttle else None,
        )
        if self._roots is not None:
            self._roots.add(job.root)
        if self._prompted or not self._places.is_one_free():
            stored = await submit()
            self._queue.notify(job.kind, job.id)
            return stored
        with self._places.reserved():
            stored = await submit(lease=self._request())
            if stored.lease is not None:
                self._begin(stored)
        return stored

    async def _claim_jobs(self) -> None:
        if not self._places.is_one_free(beside=self._waiting):
            await at_news(self._places.vacancy)
            self._suspects = True
        elif self._suspects:
            self._suspects = await self._claim_one(self._claims())
        else:
            self._suspects = await self._claim_by_hint()

    async def _claim_by_hint(self) -> bool:
        """Wait for a hint and follow it; return whether more jobs may be due than hints are given for."""
        self._waiting += 1
        try:
            timeout = self._claimants * SWEEP if self._queue.reaches_others else POLL
            hint = await self._queue.wait(self._kinds, timeout=timeout)
        finally:
            self._waiting -= 1
        if hint is None or await self._claim_one(self._claims(), hint):
            return hint is None or not hint.is_of_a_job
        self._let_go(hint)
        return False

    async def _follow(self, hint: Hint, kinds: frozenset[str]) -> None:
        claims = replace(self._claims(), kinds=kinds)
        try:
            if not await self._claim_one(claims, hint):
                self._let_go(hint)
            elif not hint.is_of_a_job:
                await self._recovery.hint(claims)  # so that whoever is free takes what comes next
        except TaskforceError as error:
            log.warning("hint_let_go", reason=error.message)
            hint.settle()  # whoever sweeps the store gives it again
        except BaseException:
            hint.pass_on()
            raise

    async def _claim_one(self, claims: Claims, hint: Hint | None = None) -> bool:
        if claims.roots == frozenset() or not self._places.is_one_free():
            return False
        with self._places.reserved():
            job = await self._store.claim(claims, self._request())
            if job is not None:
                if hint is not None:
                    self._hints.hold(job.id, hint)
                self._begin(job)
        return job is not None

    def _let_go(self, hint: Hint) -> None:
        """Say of a hint that led to nothing whether others may want it."""
        (hint.settle if self._places.is_one_free() else hint.pass_on)()

    def _begin(self, job: Job) -> None:
        self.on_begin(job.id)
        end = self._ends.expect(job.id)
        task = asyncio.get_running_loop().create_task(self._play(job, end), context=Context())
        task.add_done_callback(partial(self._leave, job.id, end))
        self._places.hold(task)

    def _leave(self, job_id: JobId, end: "Future[Job | None]", _: "asyncio.Task[None]") -> None:
        self._hints.end(job_id, is_done=False)  # unless it was done
        if not end.done():  # it was cut off, or broke
            self._ends.tell(job_id, end, None)

    async def _play(self, job: Job, end: "Future[Job | None]") -> None:
        ended: Job | None = None
        try:
            play = await self._player.prepare(job)
            self._plays[id(play)] = play
            play.begin(draining=self._draining)
            try:
                ended = await self._player.play(play)
            finally:
                del self._plays[id(play)]
            self._hints.end(job.id, is_done=play.checkpoints.stopped not in _CUT_OFF)
        except TaskforceError as error:
            log.warning("play_broke_off", job_id=job.id, reason=error.message)
        self._ends.tell(job.id, end, ended)
        if ended is not None and ended.parent is not None:
            self._feed.moved(ended.parent)
            self._news.set()
        if may_let_others_go_on(ended):
            with suppress(TaskforceError):  # a store that is away is asked again by the next sweep
                await self._recovery.hint(Claims(kinds=self._player.kinds))

    async def _look_around(self) -> None:
        await at_news(self._news)
        if self._plays:
            self._apply(await self._store.glance([play.job for play in self._plays.values()]))

    def _apply(self, pulse: Pulse) -> None:
        for play in tuple(self._plays.values()):
            if play.job.id in pulse.lost:
                play.stop(Stop.LOST)
            elif play.job.id in pulse.cancelled:
                play.stop(Stop.CANCELLED)
            elif play.job.id in pulse.answered:
                play.hear()

    async def _sweep(self) -> None:
        await self._recovery.sweep(self.name, self._claims())
        await asyncio.sleep(SWEEP.total_seconds())

    async def _poll_logs(self) -> None:
        await self._poller.poll()
        await asyncio.sleep(POLL.total_seconds())

    async def _drain(self) -> None:
        for play in tuple(self._plays.values()):
            play.checkpoints.stop(Stop.DRAINED)
        if self._places.plays:
            await asyncio.wait(self._places.plays, timeout=self._grace.total_seconds())
        for play in tuple(self._plays.values()):
            play.cut()
        await asyncio.gather(*self._places.plays, return_exceptions=True)

    # ------------------------------------------------------------ on the heartbeat's lane

    async def _keep_leases(self) -> None:
        await asyncio.sleep(self._lease.total_seconds() / 3)
        plays = tuple(self._plays.values())
        if not plays:
            return
        progress = {play.job.id: play.checkpoints.progressed for play in plays if play.checkpoints.progressed}
        pulse = await self._store.heartbeat(
            [play.job for play in plays], lease=self._lease, progress=progress
        )
        lane = self._lane
        self._hints.keep()
        if lane is not None:
            lane.loop.call_soon_threadsafe(self._apply, pulse)

    def _claims(self) -> Claims:
        roots = None if self._roots is None else frozenset(self._roots)
        return Claims(kinds=self._kinds, roots=roots)

    def _request(self) -> LeaseRequest:
        return LeaseRequest(worker=self.name, duration=self._lease)


def _tell_nobody(_: JobId) -> None:
    return


def _done() -> "Future[None]":
    done: Future[None] = Future()
    done.set_result(None)
    return done
