"""Hints between processes over NATS JetStream: one work queue, a subject a kind, durable pull consumers."""

import json
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from threading import RLock

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.errors import APIError

from taskforce.core.identity import JobId
from taskforce.core.jobs.ports import Hint, JobQueue
from taskforce.infrastructure.nats.headers import bound_headers
from taskforce.infrastructure.nats.link import BROKEN, NatsLink, Speaker
from taskforce.infrastructure.nats.publishing import HintPublisher
from taskforce.infrastructure.nats.pulling import PASS_ON, HintPuller, Pulled
from taskforce.infrastructure.nats.streams import JOBS_STREAM, jetstream
from taskforce.infrastructure.nats.subjects import HintSubjects
from taskforce.infrastructure.queues.in_process import HEARD
from taskforce.infrastructure.queues.sleepers import Sleepers

log = structlog.get_logger()

_GOES_ON, _IS_DONE = b"+WPI", b"+ACK"
_GIVEN_UP = f"$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.{JOBS_STREAM}.*"
_GROUP = "taskforce"
MOST_WORDS = 10_000
"""So many words about hints wait to be told; of more, the oldest are lost."""


class NatsHint(Hint):
    """A message that is not acknowledged until what it led to is on record."""

    def __init__(self, queue: "NatsQueue", reply: str, *, is_of_a_job: bool) -> None:
        self.is_of_a_job = is_of_a_job
        self._queue = queue
        self._reply = reply

    def keep(self) -> None:
        self._queue.tell(self._reply, _GOES_ON)

    def settle(self) -> None:
        self._queue.tell(self._reply, _IS_DONE)

    def pass_on(self) -> None:
        self._queue.tell(self._reply, PASS_ON)


class NatsQueue(JobQueue, Speaker):
    """Whoever waits in this process is woken at once; else the server keeps a hint until somebody pulls.

    While the server is away hints go to this process alone: the sweep of the store gives the others again.
    A hint that was given out is kept by its play, and given to another when it was not kept for `ack_wait`.
    """

    reaches_others = True

    def __init__(
        self, link: NatsLink, subjects: HintSubjects, *, ack_wait: timedelta, pulls: bool = True
    ) -> None:
        self._link = link
        self._subjects = subjects
        self._pulls = pulls
        """Whether it takes hints of other processes; who plays only jobs of its own leaves them to others."""
        self._lock = RLock()
        self._sleepers = Sleepers(self._lock, again=self._give_again)
        self._words: deque[tuple[str, bytes]] = deque(maxlen=MOST_WORDS)
        self._publisher = HintPublisher(subjects, ack_wait=ack_wait)
        self._puller = HintPuller(self._publisher, self._take, ring=link.ring)
        link.give(self)

    def notify(self, kind: str, job_id: JobId | None = None) -> None:
        if self._sleepers.wake(kind, HEARD) or self._link.is_down:
            return
        self._publisher.put(kind, job_id, bound_headers(job_id))
        self._link.ring()

    async def wait(self, kinds: frozenset[str], *, timeout: timedelta) -> Hint | None:
        sleeper = self._sleepers.enter(kinds)
        self._link.ring()
        return await self._sleepers.rest(sleeper, timeout=timeout)

    async def check(self) -> None:
        await self._link.check()

    def tell(self, reply: str, word: bytes) -> None:
        """Say what became of a hint; from any thread."""
        self._words.append((reply, word))
        self._link.ring()

    # ------------------------------------------------------------ on the link's thread

    async def begin(self, client: Client) -> None:
        await self._publisher.begin(client)
        js = jetstream(client)

        async def hear(message: Msg) -> None:
            advisory = json.loads(message.data)
            number = int(advisory["stream_seq"])
            headers: Mapping[str, str] = {}
            with suppress(*BROKEN, APIError):  # it may be gone by itself
                headers = (await js.get_msg(JOBS_STREAM, number)).headers or {}
                await js.delete_msg(JOBS_STREAM, number)
            log.warning(
                "hint_given_up",
                consumer=advisory.get("consumer"),
                deliveries=advisory.get("deliveries"),
                job_id=headers.get("Taskforce-Job-Id"),
            )

        await client.subscribe(_GIVEN_UP, queue=_GROUP, cb=hear)

    async def speak(self, client: Client) -> float:
        while self._words:
            await client.publish(*self._words.popleft())
        waiting = self._sleepers.by_kind() if self._pulls else {}
        wanted = {
            channel: waiting[kind] for kind in sorted(waiting) for channel in self._subjects.channels(kind)
        }
        pause = await self._puller.pull(client, wanted)
        return min(pause, await self._publisher.speak())

    async def end(self, client: Client) -> None:
        await self._puller.let_go(client)
        await self.speak(client)
        await self._publisher.finish()

    def lose(self) -> None:
        self._puller.lose()
        self._publisher.drop()

    def _take(self, pulled: Pulled) -> bool:
        hint = NatsHint(self, pulled.reply, is_of_a_job=pulled.job_id is not None)
        return self._sleepers.wake(pulled.kind, hint)

    def _give_again(self, kind: str, hint: Hint) -> None:
        if hint is HEARD:
            self.notify(kind)
        elif not self._sleepers.wake(kind, hint):
            hint.pass_on()
