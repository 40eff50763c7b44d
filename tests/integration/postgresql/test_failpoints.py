"""The connection breaks, or the server refuses, at every place there is: what comes of a job is the same.

As `proof/test_failpoints` shows it of SQLite and of a worker that dies; here it is the way to the database.
"""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TypeVar

import asyncpg
import pytest

from taskforce.core.errors import Unavailable
from taskforce.core.identity import JobId
from taskforce.core.jobs.errors import JobNotFound, KeyUsedTwice, LeaseLost
from taskforce.core.jobs.model import Job, JobStatus, Progress
from taskforce.core.jobs.ports import Claims, Commit, JobStore, Record
from taskforce.infrastructure.database.postgres import PostgresDatabase
from taskforce.infrastructure.jobs.postgres import PostgresJobStore
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import LEASE, NOON, a_job, a_lease, a_signal, a_step, a_wait, an_event, ids, success
from tests.integration.postgres import ready
from tests.services.postgres_server import PostgresServer, postgres_server
from tests.services.relay import Relay, relay

T = TypeVar("T")
TRIES = 30
OVER = LEASE.total_seconds() + 1
FUSE = """
    CREATE SEQUENCE fuse START 1000000;
    CREATE TABLE fuses (place bigint, code text);
    CREATE FUNCTION blow() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE how text;
    BEGIN
        SELECT code INTO how FROM fuses WHERE place = nextval('fuse');
        IF FOUND THEN RAISE EXCEPTION 'blown' USING ERRCODE = how; END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER fuse AFTER INSERT OR UPDATE ON jobs FOR EACH STATEMENT EXECUTE FUNCTION blow();
"""
PASSING = {
    "40001": "could not serialize access",
    "40P01": "deadlock detected",
    "55P03": "lock not available",
    "57014": "canceling statement due to statement timeout",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of a job."""

    status: JobStatus
    steps: Mapping[str, str | None]
    events: tuple[tuple[int, str], ...]
    answers: tuple[str, ...]


@dataclass(slots=True)
class Life:
    """One job from its hand-in to its end, each write asked for as its caller in the kernel does."""

    store: JobStore
    clock: SetClock
    kind: str = field(default_factory=lambda: f"kind-{ids.new()}")
    id: JobId = field(default_factory=lambda: JobId(ids.new()))
    met: Counter[str] = field(default_factory=Counter)
    """Which errors callers met."""

    async def play(self) -> Came:
        """Hand it in, play it until it is over, and return what came of it."""
        await self.again(self._hand_in)
        while not (found := await self.again(self._found)).status.is_over:
            if found.status is JobStatus.WAITING:
                await self._answer(found)
            await self._work()
        events = await self.again(lambda: self.store.events(self.id, after=0, limit=99))
        record = await self.again(lambda: self.store.load(found))
        assert (await self.again(lambda: self.store.heads([self.id])))[self.id].last_event == len(events)
        return Came(
            status=found.status,
            steps={key: step.output for key, step in record.steps.items()},
            events=tuple((told.number, told.event.type) for told in events),
            answers=tuple(wait.signal.name for wait in record.waits.values() if wait.signal),
        )

    async def again(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask until there is an answer."""
        for _ in range(TRIES):
            try:
                return await ask()
            except Unavailable as error:
                self.met[type(error).__name__] += 1
        raise AssertionError(f"it was asked for {TRIES} times")

    async def _hand_in(self) -> None:
        """Hand it in unless it is there, as a client does that got no answer."""
        try:
            await self._found()
        except JobNotFound:
            await self.store.submit(a_job(id=self.id, kind=self.kind), events=[an_event("handed in")])

    async def _found(self) -> Job:
        return await self.store.get(self.id, project=None)

    async def _answer(self, job: Job) -> None:
        """Answer what it waits for, unless that is answered, as a person does that got no answer."""
        for wait in await self.again(lambda: self.store.waits(job.id)):
            with suppress(Unavailable):
                said = a_signal(at=self.clock.now())
                await self.store.answer(wait.id, said, job_id=job.id, project=job.project)

    async def _work(self) -> None:
        """Look for the job and play it once; what cannot be stored is put off."""
        claims = Claims(kinds=frozenset({self.kind}))
        await self.again(lambda: self.store.is_due(claims))
        job = None
        with suppress(Unavailable):
            job = await self.store.claim(claims, a_lease())
        if job is None:  # a lease that nobody knows of is over some time
            self.clock.pass_(seconds=OVER)
            return
        try:
            await self._play(job)
        except LeaseLost:
            self.met["LeaseLost"] += 1
        except Unavailable as error:
            self.met[type(error).__name__] += 1
            with suppress(Unavailable):
                await self.store.release(job, pause=LEASE / 3)
            self.clock.pass_(seconds=OVER)

    async def _play(self, job: Job) -> None:
        record = Record(steps={}, waits={}, events=frozenset())
        if job.epoch > 1:
            record = await self.again(lambda: self.store.load(job))
        for key in ("a", "b"):
            if key not in record.steps:
                written = Commit(
                    steps=(a_step(key),), events=(an_event(key),), progress=Progress(message=key)
                )
                await self.store.commit(job, written, lease=LEASE)
        assert not (await self.store.heartbeat([job], lease=LEASE, progress={})).lost
        if job.epoch == 1:
            return await self.store.release(job)
        if "ask" not in record.waits:
            await self.store.park(job, Commit(waits=(a_wait(job),), events=(an_event("asked"),)))
            return None
        await self.store.end(job, a_commit("c"), success(answer=42))
        return None


@dataclass(slots=True)
class Place:
    """A database behind a wire."""

    database: PostgresDatabase
    wire: Relay
    clock: SetClock

    def life(self) -> Life:
        return Life(PostgresJobStore(self.database, self.clock, {}), self.clock)


@asynccontextmanager
async def a_place(url: str, server: PostgresServer) -> AsyncIterator[Place]:
    async with relay(server.port) as wire:
        database = PostgresDatabase(url.replace(str(server.port), str(wire.port)), pool=2)
        await ready(database)
        yield Place(database, wire, SetClock(NOON))
        await asyncio.to_thread(database.close)


@pytest.mark.parametrize("is_heard", [False, True], ids=["before it is sent", "before it is answered"])
async def test_a_connection_that_breaks_at_any_message_changes_nothing_of_what_comes_of_a_job(
    postgres_url: str, postgres: PostgresServer, *, is_heard: bool
) -> None:
    met: Counter[str] = Counter()
    async with a_place(postgres_url, postgres) as place:
        calm = await place.life().play()
        assert (calm.status, set(calm.steps)) == (JobStatus.SUCCEEDED, {"a", "b", "c"})
        assert [number for number, _ in calm.events] == list(range(1, len(calm.events) + 1))
        number = 0
        while True:
            number += 1
            place.wire.break_off_at(place.wire.messages + number, is_heard=is_heard)
            life = place.life()
            came = await life.play()
            if not place.wire.has_broken_off:
                break
            assert came == calm, f"after it broke off at message {number}"
            met += life.met
    assert number > 40
    assert met["MaybeWritten"]


@pytest.mark.parametrize("code", PASSING)
async def test_a_write_that_the_server_refuses_for_now_is_done_again_unseen(
    postgres_url: str, postgres: PostgresServer, code: str
) -> None:
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(FUSE)
    async with a_place(postgres_url, postgres) as place:
        calm = await place.life().play()
        number = 0
        while True:
            number += 1
            await connection.execute("SELECT setval('fuse', 1); TRUNCATE fuses")
            await connection.execute("INSERT INTO fuses VALUES ($1, $2)", number + 1, code)
            life = place.life()
            assert await life.play() == calm, f"after write {number} was refused"
            assert not life.met
            if await connection.fetchval("SELECT last_value FROM fuse") <= number:
                break
    await connection.close()
    assert number > 8


async def test_in_a_group_each_fails_alone_and_its_neighbours_are_written(
    postgres_url: str, postgres: PostgresServer
) -> None:
    async with a_place(postgres_url, postgres) as place:
        store = place.life().store
        lost, ended, twice, *well = [await store.submit(a_job(), lease=a_lease()) for _ in range(6)]
        await store.end(ended, Commit(), success())
        await store.commit(twice, a_commit("used"), lease=LEASE)
        other = replace(lost, epoch=lost.epoch + 1)
        asked = [other, ended, twice, *well]
        refusals = {other.id: LeaseLost, ended.id: LeaseLost}
        places = ("nowhere", "before it is sent", "before it is answered")
        for where in places:
            place.wire.hold()
            first = asyncio.create_task(store.commit(well[0], a_commit(f"first, {where}"), lease=LEASE))
            await held(place.wire)
            group = [
                asyncio.create_task(
                    store.commit(job, a_commit("used" if job is twice else where), lease=LEASE)
                )
                for job in asked
            ]
            await asyncio.sleep(0.05)  # they have come to the connection's thread
            if where != "nowhere":  # the group's is the next message
                place.wire.break_off_at(place.wire.messages + 1, is_heard=where == "before it is answered")
            place.wire.flow()
            await first
            came = await asyncio.gather(*group, return_exceptions=True)
            assert place.wire.has_broken_off
            for job, one in zip(asked, came, strict=True):
                assert type(one) is refusals.get(job.id, int) or job is twice, (where, one)
            # Where the answer was lost, what is there under the key may be its own.
            assert where != "nowhere" or type(came[2]) is KeyUsedTwice
        for job in well:
            events = await store.events(job.id, after=0, limit=99)
            assert [told.number for told in events] == list(range(1, len(events) + 1))
            assert {"nowhere", "before it is sent", "before it is answered"} <= set(
                (await store.load(job)).steps
            )
        assert set((await store.load(twice)).steps) == {"used"}
        assert not (await store.load(ended)).steps
        assert not (await store.load(lost)).steps


def a_commit(key: str) -> Commit:
    return Commit(steps=(a_step(key),), events=(an_event(key),))


async def held(wire: Relay) -> None:
    """Return when a message is held."""
    before = wire.messages
    while wire.messages == before:  # noqa: ASYNC110 - the wire tells nobody
        await asyncio.sleep(0.005)


async def test_a_server_that_crashes_while_jobs_are_played_has_lost_and_doubled_nothing() -> None:
    with postgres_server() as server:
        database, clock = PostgresDatabase(server.url(), pool=2), SetClock(NOON)
        await ready(database)
        store = PostgresJobStore(database, clock, {})
        calm = await Life(store, clock).play()
        plays = [asyncio.create_task(Life(store, clock).play()) for _ in range(12)]
        for pause in (0.02, 0.1):
            await asyncio.sleep(pause)
            await asyncio.to_thread(server.stop, signal.SIGQUIT)
            await asyncio.to_thread(server.start)
        assert [await play for play in plays] == [calm] * len(plays)
        await asyncio.to_thread(database.close)
