"""A stage for programs: the kernel in memory, a clock set by hand, one play after the other on this loop."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from taskforce.application.jobs.checkpoints import Kernel
from taskforce.application.jobs.player import Player
from taskforce.application.jobs.throttles import Throttles
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId, WorkerId, wait_id
from taskforce.core.jobs.events import Event, KeyedEvent
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import Claims, LeaseRequest, Probe
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.jobs.signals import Signal, SignalName
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.artifacts.memory import MemoryArtifactStore
from taskforce.infrastructure.feeds.in_process import InProcessFeed
from taskforce.infrastructure.jobs.ledger import NOTHING_TO_TELL, Closings
from taskforce.infrastructure.jobs.memory import MemoryJobStore
from taskforce.infrastructure.jobs.memory_ledger import Applier
from taskforce.infrastructure.system.clock import SetClock
from taskforce.infrastructure.system.ids import CountedIds
from taskforce.infrastructure.telemetry.memory import MemoryTracer

LEASE = timedelta(seconds=30)
Script = Callable[[Job, JobContext], Awaitable[JsonObject]]


class Crash(BaseException):
    """A process that dies at a place."""


class Trap(Probe):
    """Crashes the play when it reaches a place, once."""

    def __init__(self) -> None:
        self.place: str | None = None
        self.reached: list[str] = []

    def reach(self, place: str) -> None:
        self.reached.append(place)
        if place == self.place:
            self.place = None
            raise Crash(place)


class Written(Program):
    """A program that a test writes as a function."""

    kind: ClassVar[str] = "written"

    def __init__(self, script: Script) -> None:
        self._script = script

    def opening(self, job: Job) -> Event:
        return Event(type="started", message=job.kind)

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        return await self._script(job, ctx)


class Stage:
    """Plays jobs until nothing is due; a crash loses the worker, and the lease runs out."""

    def __init__(
        self,
        script: Script | None = None,
        *,
        appliers: Mapping[type, Applier] | None = None,
        closings: Closings = NOTHING_TO_TELL,
        **others: Script,
    ) -> None:
        self.clock = SetClock()
        self.ids = CountedIds()
        self.trap = Trap()
        self.tracer = MemoryTracer()
        self.feed = InProcessFeed()
        self.store = MemoryJobStore(self.clock, appliers or {}, closings=closings)
        self.artifacts: ArtifactStore = MemoryArtifactStore()
        scripts = {"written": script, **others}
        self.programs: dict[str, Program] = {
            kind: Written(play) for kind, play in scripts.items() if play is not None
        }
        self.kernel = Kernel(
            store=self.store,
            artifacts=self.artifacts,
            feed=self.feed,
            clock=self.clock,
            ids=self.ids,
            probe=self.trap,
            throttle=Throttles(self.programs).of,
            lease=LEASE,
        )
        self.player = Player(kernel=self.kernel, programs=self.programs, tracer=self.tracer)
        self.plays = 0

    async def submit(self, kind: str = "written", input: JsonObject | None = None) -> JobId:
        now = self.clock.now()
        job_id = JobId(self.ids.new())
        job = Job(
            id=job_id,
            kind=kind,
            project=DEFAULT_PROJECT,
            input=input or {},
            created_by="tester",
            created_at=now,
            updated_at=now,
            root=job_id,
        )
        opening = KeyedEvent(key="started", event=self.player.opening(job))
        return (await self.store.submit(job, events=[opening])).id

    async def play_one(self) -> bool:
        """Play one due job to where it stops; tell whether there was one."""
        lease = LeaseRequest(worker=WorkerId("stage"), duration=LEASE)
        job = await self.store.claim(Claims(kinds=self.player.kinds), lease)
        if job is None:
            return False
        self.plays += 1
        try:
            await self.player.play(await self.player.prepare(job))
        except Crash:
            self.clock.pass_(seconds=LEASE.total_seconds() + 1)
        return True

    async def settle(self) -> None:
        """Play whatever is due."""
        while await self.play_one():
            pass

    async def run(self, input: JsonObject | None = None) -> Job:
        """Submit a job, play whatever is due, and return the job as it stands then."""
        job_id = await self.submit(input=input)
        await self.settle()
        return await self.job(job_id)

    async def job(self, job_id: JobId) -> Job:
        return await self.store.get(job_id, project=None)

    async def answer(self, job_id: JobId, key: str, name: SignalName, payload: JsonObject) -> None:
        signal = Signal(name=name, payload=payload, by="ann", at=self.clock.now())
        await self.store.answer(wait_id(job_id, key), signal, job_id=job_id, project=DEFAULT_PROJECT)

    async def again(self, job: Job) -> Job:
        """Retry an ended job, play whatever is due, and return the new one."""
        retried = job.retry(JobId(self.ids.new()), by="tester", now=self.clock.now())
        retried = await self.store.submit(replace(retried))
        await self.settle()
        return await self.job(retried.id)

    async def log(self, job_id: JobId) -> list[tuple[int, str, str]]:
        """Return number, type and message of each event."""
        events = await self.store.events(job_id, after=0, limit=10_000)
        return [(told.number, told.event.type, told.event.message) for told in events]
