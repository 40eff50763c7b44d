"""Those outside: they hand jobs in, cancel, retry and watch them, and answer what is asked."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from random import Random
from typing import Any

from taskforce.core.documents import JsonObject
from taskforce.core.errors import Unavailable
from taskforce.core.identity import JobId, WaitId
from taskforce.core.jobs.errors import JobIsOver, JobNotOver, WaitNotOpen
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import JobStore
from taskforce.core.jobs.signals import ANSWER, OUTCOME, Signal
from taskforce.core.principals import DEFAULT_PROJECT
from tests.integration.proof.audit import Finding
from tests.integration.proof.clocks import VirtualClock
from tests.integration.proof.lineage import Lineage
from tests.integration.proof.machines import Environment, Host
from tests.integration.proof.plans import KIND, input_of, random_plan, worth
from tests.integration.proof.watcher import Watcher
from tests.integration.proof.world import World

_OPEN = """
    SELECT w.id, j.id, w.key, w.name FROM job_waits w JOIN jobs j ON j.number = w.job
    WHERE w.kind = 'signal' AND w.signal_name IS NULL AND j.status IN ('queued', 'running', 'waiting')
      AND w.name IN ('answer', 'outcome')
    ORDER BY w.opened_at, w.id
"""
_ENDED = """
    SELECT id FROM jobs j WHERE parent IS NULL AND status IN ('succeeded', 'failed', 'cancelled')
      AND NOT EXISTS (SELECT 1 FROM jobs WHERE continues = j.id) ORDER BY created_at, id
"""
Errand = Callable[[], Coroutine[Any, Any, None]]


class Outside:
    """People and programs at the doors; they never die, and remember what they were told."""

    def __init__(
        self,
        common: Environment,
        *,
        world: World,
        lineage: Lineage,
        door: JobStore,
        clock: VirtualClock,
        hosts: Sequence[Host],
    ) -> None:
        self.accepted: set[JobId] = set()
        self._answered: set[WaitId] = set()
        self._watchers: list[Watcher] = []
        self._common = common
        self._chance: Random = common.chance
        self._world = world
        self._lineage = lineage
        self._door = door
        self._clock = clock
        self._hosts = hosts

    def clients(self) -> Sequence[Errand]:
        """Return those who do something and are done with it."""
        return [self._hand_in] * self._chance.randint(2, 4) + [self._cancel_one, self._retry_some]

    def watchers(self) -> Sequence[Errand]:
        """Return those who look on until a job has ended."""
        return [self._watch_one] * self._chance.randint(0, 2)

    def examine(self) -> None:
        """Compare what was told here with what is stored. Raises Finding."""
        disk = self._common.disk
        kept = {wait for (wait,) in disk.rows("SELECT id FROM job_waits WHERE signal_name = 'answer'")}
        if lost := self._answered - kept:
            raise Finding(f"answers that were accepted are lost: {sorted(lost)}")
        heads = {str(job): last for job, last in disk.rows("SELECT id, last_event FROM jobs")}
        for watcher in self._watchers:
            if not watcher.has_seen_the_end or watcher.last != heads[watcher.job_id]:
                raise Finding(f"who watches {watcher.job_id} saw {watcher.last} of {heads[watcher.job_id]}")

    # ------------------------------------------------------------ clients

    async def _hand_in(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, 4))
        now = self._clock.now()
        job_id = JobId(self._common.ids.new())
        job = Job(
            id=job_id,
            kind=KIND,
            project=DEFAULT_PROJECT,
            input=input_of(random_plan(self._chance)),
            created_by="client",
            created_at=now,
            updated_at=now,
            root=job_id,
        )
        await self._give(job)

    async def _retry_some(self) -> None:
        """Try jobs again that have ended, however they did, and by and by those that continue them."""
        for _ in range(self._chance.randint(0, 3)):
            await asyncio.sleep(self._chance.uniform(0, 8))
            if ended := self._common.disk.rows(_ENDED):
                job = await self._door.get(JobId(str(self._chance.choice(ended)[0])), project=None)
                self._world.note("client", f"retries {job.id[-4:]} that has {job.status}")
                new_id = JobId(self._common.ids.new())
                await self._give(job.retry(new_id, by="client", now=self._clock.now()))

    async def _give(self, job: Job) -> None:
        host = await self._one_alive()
        self._world.note("client", f"hands in {job.id[-4:]} at {host.machine.name}")
        submitted = self._common.loop.begin(host.machine, self._submit(host, job))
        while host.is_alive and not submitted.done():  # noqa: ASYNC110 - virtual time
            await asyncio.sleep(0.1)

    async def _submit(self, host: Host, job: Job) -> None:
        try:
            await host.worker.accept(job)
        except (Unavailable, JobNotOver):  # the latter: one that the job to be continued has started goes on
            return
        self.accepted.add(job.id)

    async def _cancel_one(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, 20))
        if self.accepted and self._chance.random() < 0.3:
            job_id = self._chance.choice(sorted(self.accepted))
            self._world.note("client", f"cancels {job_id[-4:]}")
            try:
                await self._door.cancel(job_id, project=DEFAULT_PROJECT)
            except JobIsOver:
                return
            self._tell()

    async def _watch_one(self) -> None:
        while not self.accepted:  # noqa: ASYNC110 - virtual time
            await asyncio.sleep(self._chance.uniform(0.1, 3))
        watcher = Watcher(self._chance.choice(sorted(self.accepted)), find=self._world.find)
        self._watchers.append(watcher)
        while not watcher.has_seen_the_end:
            host = await self._one_alive()
            self._world.note("client", f"watches {watcher.job_id[-4:]} at {host.machine.name}")
            following = self._common.loop.begin(host.machine, watcher.follow(host.follower))
            while host.is_alive and not following.done():
                await asyncio.sleep(0.1)
                if self._chance.random() < 0.02:
                    following.cancel()
                    break

    async def _one_alive(self) -> Host:
        while not (alive := [host for host in self._hosts if host.is_alive]):  # noqa: ASYNC110 - virtual time
            await asyncio.sleep(0.1)
        return self._chance.choice(alive)

    # ------------------------------------------------------------ who answers

    async def answer_all(self) -> None:
        """Answer for ever, not always at once, and sometimes twice."""
        while True:
            await asyncio.sleep(self._chance.uniform(0.1, 0.6))
            for wait, job, key, name in self._common.disk.rows(_OPEN):
                payload = self._payload(str(job), str(key), str(name))
                if payload is not None and self._chance.random() < 0.5:
                    await self._answer(WaitId(str(wait)), JobId(str(job)), payload)

    async def _answer(self, wait: WaitId, job: JobId, payload: JsonObject) -> None:
        signal = Signal(name=ANSWER, payload=payload, by="ann", at=self._clock.now())
        accepted = 0
        for _ in range(self._chance.randint(1, 2)):
            try:
                await self._door.answer(wait, signal, job_id=job, project=DEFAULT_PROJECT)
                accepted += 1
                self._answered.add(wait)
            except WaitNotOpen:
                continue
        if accepted > 1:
            self._world.find(Finding(f"{wait} was answered {accepted} times"))
        self._tell()

    def _payload(self, job: str, key: str, name: str) -> JsonObject | None:
        """Return an answer; None when it cannot be known yet what became of a step."""
        if name != OUTCOME:
            return {"value": worth(key)}
        place = self._lineage.origin(job), key.rpartition("@outcome")[0]
        if self._world.is_under_way(place) or any(map(self._has_a_zombie, self._lineage.chain(job))):
            return None
        if self._world.done[place]:
            return {"decision": "result", "output": worth(place[1])}
        return {"decision": "repeat"}

    def _has_a_zombie(self, job: str) -> bool:
        """Tell whether somebody alive plays the job who does not hold its lease, and may yet do something."""
        ((owner,),) = self._common.disk.rows("SELECT lease_owner FROM jobs WHERE id = ?", job)
        return any(
            job in host.worker.playing and host.machine.name != owner for host in self._hosts if host.is_alive
        )

    def _tell(self) -> None:
        self._common.network.spread(KIND)
        host = self._chance.choice(self._hosts)
        with self._common.loop.acting_as(host.machine):
            host.worker.look()
