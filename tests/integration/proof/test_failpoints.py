"""A worker dies at every place there is, each in a history of its own; what comes of the job is the same."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, cast

import pytest

from taskforce.core.clock import Clock
from taskforce.core.identity import JobId, WorkerId
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import JobFilter, JobStore
from taskforce.core.jobs.signals import ANSWER, OUTCOME, Signal, Wait, WaitKind
from taskforce.core.jobs.steps import Effect, StepStatus
from taskforce.core.paging import Page
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.artifacts.memory import MemoryArtifactStore
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.jobs.memory import MemoryJobStore
from taskforce.infrastructure.system.ids import CountedIds
from taskforce.infrastructure.system.roster import MemoryRoster
from tests.builders import a_job
from tests.integration.proof.clocks import START, VirtualClock
from tests.integration.proof.machines import Environment, Host, Network, Seams, a_host, sql_store
from tests.integration.proof.plans import KIND, MANY, Node, Planned, expected, input_of, worth
from tests.integration.proof.simulation import heard
from tests.integration.proof.virtual_disk import Disk
from tests.integration.proof.virtual_loop import Died, Machine, VirtualLoop
from tests.integration.proof.world import World

WRITES = ("submit", "claim", "commit", "park", "end", "release", "heartbeat")
LONGEST = 120.0
QUESTIONING = frozenset({"approval_required", "answered"})
JOB = JobId("00000000-0000-7000-8000-0000000000aa")
PLAN = (
    Node(do="emit", key="hello"),
    Node(do="step", key="plain", seconds=2.5),
    Node(do="step", key="pay", effect=Effect.ONCE, seconds=0.2),
    Node(do="step", key="shaky", failures=1, attempts=2, pause=0.1),
    Node(do="step", key="shy", failures=1, attempts=MANY, pause=1.5, effect=Effect.ONCE),
    Node(do="step", key="broken", failures=2, attempts=2, pause=0.1),
    Node(do="save", key="note"),
    Node(
        do="gather",
        key="both",
        parts=(
            (Node(do="step", key="left", seconds=0.1), Node(do="wait", key="left/asks")),
            (Node(do="sleep", key="right/sleeps", seconds=1.0), Node(do="step", key="right")),
            (Node(do="child", key="below", parts=((Node(do="step", key="deep"),),)),),
        ),
    ),
    Node(do="emit", key="bye"),
)


@dataclass(frozen=True, slots=True)
class Came:
    """What came of the job, and by which places."""

    outcome: object
    steps: dict[str, Any]
    events: tuple[str, ...]
    done: Counter[str]
    places: tuple[str, ...]
    findings: tuple[str, ...]


def watched(store: JobStore, moment: Callable[[str], None]) -> JobStore:
    """Return a store that says when a write is asked for, and when it is done and not told of yet."""

    class Watched:
        def __getattr__(self, name: str) -> object:
            method: Callable[..., Awaitable[object]] = getattr(store, name)
            if name not in WRITES:
                return method

            async def write(*args: object, **kwargs: object) -> object:
                moment(f"{name}.asked")
                done = await method(*args, **kwargs)
                moment(f"{name}.done")
                return done

            return write

    return cast("JobStore", Watched())


class Theatre:
    """One worker at a time; the next is there when one died."""

    def __init__(self, kind: str, die_at: tuple[str, int] | None) -> None:
        self.loop = VirtualLoop()
        self.disk = Disk()
        self.world = World(self.loop, lambda _: True)
        self.places: list[str] = []
        self._die_at = die_at
        self._counts: Counter[str] = Counter()
        self._memory: JobStore | None = None
        self._started = 0
        self._roster = MemoryRoster()
        self._common = Environment(
            loop=self.loop,
            disk=self.disk,
            chance=Random(1),  # noqa: S311 - it is to be the same each time
            network=Network(self.loop, Random(1), lost=0, doubled=0, late=0),  # noqa: S311 - the same
            roster=self._roster,
            artifacts=MemoryArtifactStore(),
            ids=CountedIds(),
            programs={KIND: Planned(self.world)},
            seams=Seams(store=sql_store if kind == "sqlite" else self._in_memory),
            lease=timedelta(seconds=2),
        )
        self._clock = VirtualClock(self.loop)
        self.door = self._common.store(lambda _: None, self._clock)
        self._host = self._new_host()

    def _in_memory(self, _: Database, clock: Clock) -> JobStore:
        self._memory = self._memory or MemoryJobStore(clock, {})
        return self._memory

    def _new_host(self) -> Host:
        self._started += 1
        name = f"w{self._started}"
        return a_host(name, 2, self._common, clock=self._clock, moment=self._moment, watched=watched)

    def _moment(self, machine: Machine, place: str) -> None:
        self.places.append(place)
        self._counts[place] += 1
        if (place, self._counts[place]) == self._die_at and not machine.is_dead:
            machine.die()
            self._roster.leave(WorkerId(machine.name))
            del self._common.network.inboxes[machine]
            with self.loop.acting_as(None):
                self.loop.call_later(0.2, self._replace)
            raise Died

    def _replace(self) -> None:
        self._host = self._new_host()

    async def play(self) -> Came:
        job = a_job(id=JOB, kind=KIND, input=input_of(PLAN), created_at=START)
        await self._hand_in(job)
        while self.loop.time() < LONGEST and not (await self.door.get(JOB, project=None)).status.is_over:
            await asyncio.sleep(0.2)
            for one in (await self.door.list(JobFilter(project=DEFAULT_PROJECT), Page(limit=9))).items:
                for wait in await self.door.waits(one.id):
                    if wait.kind is WaitKind.SIGNAL:
                        await self._answer(one, wait)
        await asyncio.sleep(3)  # whatever a worker may yet do
        ended = await self.door.get(JOB, project=None)
        record = await self.door.load(ended)
        events = await self.door.events(JOB, after=0, limit=99)
        assert [told.number for told in events] == list(range(1, ended.last_event + 1))
        return Came(
            outcome=ended.outcome,
            steps={
                key: json.loads(step.output) if step.status is StepStatus.DONE else -1
                for key, step in record.steps.items()
                if not key.endswith(("/now", ".txt"))
            },
            events=tuple(told.event.type for told in events if told.event.type not in QUESTIONING),
            done=Counter({key: count for (_, key), count in self.world.done.items()}),
            places=tuple(self.places),
            findings=tuple(self.world.findings),
        )

    async def _hand_in(self, job: Job) -> None:
        """Hand it in until it is accepted, as a client does that gets no answer."""
        while not await self._is_there(job):
            with self.loop.acting_as(self._host.machine):
                submitted = self.loop.begin(self._host.machine, self._host.worker.accept(job))
            while self._host.is_alive and not submitted.done():  # noqa: ASYNC110 - virtual time
                await asyncio.sleep(0.05)
            await asyncio.sleep(0.5)

    async def _is_there(self, job: Job) -> bool:
        return job.id in {
            one.id for one in (await self.door.list(JobFilter(project=DEFAULT_PROJECT), Page(limit=9))).items
        }

    async def _answer(self, job: Job, wait: Wait) -> None:
        payload: dict[str, Any] = {"value": worth(wait.key)}
        if wait.name == OUTCOME:
            step = wait.key.rpartition("@outcome")[0]
            if self.world.is_under_way((job.id, step)):
                return
            done = self.world.done[job.id, step]
            payload = {"decision": "result", "output": worth(step)} if done else {"decision": "repeat"}
        signal = Signal(name=ANSWER, payload=payload, by="ann", at=self._clock.now())
        await self.door.answer(wait.id, signal, job_id=job.id, project=DEFAULT_PROJECT)


def played(kind: str, die_at: tuple[str, int] | None = None) -> Came:
    theatre = Theatre(kind, die_at)
    with theatre.disk, heard(theatre.world):
        try:
            return theatre.loop.run_until_complete(theatre.play())
        finally:
            theatre.disk.is_gone = True
            theatre.loop.end()


def numbered(places: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Yield each place that is reached with how often it was by then."""
    counts: Counter[str] = Counter()
    for place in places:
        counts[place] += 1
        yield place, counts[place]


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_a_crash_at_any_place_changes_nothing_of_what_comes_of_a_job(kind: str) -> None:
    calm = played(kind)
    want = expected(PLAN)
    assert not calm.findings
    assert calm.steps == want.steps
    assert calm.done == Counter({"plain", "pay", "shaky", "shy", "left", "right", "deep"})
    places = list(numbered(calm.places))
    assert len(places) > 60
    for die_at in places:
        came = played(kind, die_at)
        where = f"after a crash at {die_at}"
        assert not came.findings, where
        assert came.outcome == calm.outcome, where
        assert came.steps == calm.steps, where
        assert came.events == calm.events, where
        again = came.done - calm.done
        assert again.total() <= len(again) <= 2, f"{where} these were done again: {again}"
        assert not again.keys() & {"pay", "shy"}, f"{where} what is to be done once was done again"


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_the_places_of_a_crash_are_before_and_after_every_write_and_every_effect(kind: str) -> None:
    places = set(played(kind).places)
    assert {f"{write}.{when}" for write in set(WRITES) - {"release"} for when in ("asked", "done")} <= places
    assert {"step.start:plain", "step.done:plain", "step.done.recorded:plain"} <= places
    assert {
        "step.intended.recorded:pay",
        "step.retrying.recorded:shaky",
        "step.failed.recorded:broken",
    } <= places
    assert {"artifact.stored:note.txt", "job.parked", "job.ending", "job.ended"} <= places
    if kind == "sqlite":
        assert {"disk.before_commit", "disk.before_reply"} <= places
