"""Hints on their way to the server: bounded, dropped while it is away, published once each."""

import asyncio
import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Any

import structlog
from nats.aio.client import Client
from nats.js.client import JetStreamContext
from nats.js.errors import APIError, NoStreamResponseError, NotFoundError

from taskforce.core.errors import Unavailable
from taskforce.infrastructure.nats.link import BROKEN
from taskforce.infrastructure.nats.streams import (
    JOBS_STREAM,
    ensure_consumer,
    ensure_stream,
    hints_stream,
    jetstream,
)
from taskforce.infrastructure.nats.subjects import Channel, HintSubjects
from taskforce.infrastructure.system.ids import UuidSource

log = structlog.get_logger()

MOST = 10_000
"""So many hints wait to be published; of more, the newest are dropped."""
_AT_ONCE = 256
_APART = 0.25
"""Seconds between two hints of a kind that name no job: its workers look by themselves as often."""
_IDLE = 60.0


@dataclass(slots=True, eq=False)
class _Waiting:
    """Hints that wait to be published, each once."""

    jobs: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    kinds: dict[str, Mapping[str, str]] = field(default_factory=dict)


class HintPublisher:
    """Publishes hints. One that is not acknowledged is published again, once, under the same id."""

    def __init__(self, subjects: HintSubjects, *, ack_wait: timedelta) -> None:
        self._subjects = subjects
        self._ack_wait = ack_wait
        self._lock = Lock()
        self._waiting = _Waiting()
        self._ids = UuidSource()
        self.doubts = 0
        """How often what is on the server was found to be gone."""
        self._js: JetStreamContext | None = None
        self._ensured: set[Channel] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._said: dict[str, float] = {}

    def put(self, kind: str, job_id: str | None, headers: Mapping[str, str]) -> None:
        """Take a hint; from any thread."""
        with self._lock:
            waiting = self._waiting
            if len(waiting.jobs) + len(waiting.kinds) >= MOST:
                return
            if job_id is None:
                waiting.kinds[kind] = headers
            else:
                waiting.jobs[kind, job_id] = headers

    def drop(self) -> None:
        """Drop what waits; what is under way comes to nothing by itself. On the link's thread."""
        with self._lock:
            self._waiting = _Waiting()
        self._js = None
        self._ensured.clear()

    async def begin(self, client: Client) -> None:
        """Make the stream, where it is missing."""
        js = jetstream(client)
        await ensure_stream(js, hints_stream(self._subjects.all))
        self._js = js

    async def ensure(self, channel: Channel) -> None:
        """Make a channel's consumer, where it is missing, and the stream before it."""
        js = self._js
        if js is None or channel in self._ensured:
            return
        try:
            await ensure_consumer(js, channel, ack_wait=self._ack_wait)
        except NotFoundError:
            await ensure_stream(js, hints_stream(self._subjects.all))
            await ensure_consumer(js, channel, ack_wait=self._ack_wait)
        self._ensured.add(channel)

    def forget(self, channel: Channel) -> None:
        """Believe no more that a channel's consumer is there."""
        self._ensured.discard(channel)

    def doubt(self) -> None:
        """Believe no more that consumers are there, and that pulls are waited for."""
        self._ensured.clear()
        self.doubts += 1

    async def speak(self) -> float:
        """Begin to publish what waits and may be said now; return when there is more to say."""
        jobs, kinds, pause = self._take()
        for (kind, job_id), headers in jobs.items():
            self._begin(self._publish(self._subjects.of(kind, job_id), kind, job_id, headers))
        for kind, headers in kinds.items():
            self._begin(self._publish_if_new(kind, headers))
        return pause

    async def finish(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _take(self) -> tuple[dict[tuple[str, str], Mapping[str, str]], dict[str, Mapping[str, str]], float]:
        now = asyncio.get_running_loop().time()
        with self._lock:
            waiting = self._waiting
            room = _AT_ONCE - len(self._tasks)
            jobs = {key: waiting.jobs.pop(key) for key in list(waiting.jobs)[:room]}
            ready = [kind for kind in waiting.kinds if now - self._said.get(kind, -_APART) >= _APART]
            kinds = {kind: waiting.kinds.pop(kind) for kind in ready}
            is_more = bool(waiting.jobs)
            is_later = bool(waiting.kinds)
        self._said |= dict.fromkeys(kinds, now)
        return jobs, kinds, 0.01 if is_more else _APART if is_later else _IDLE

    def _begin(self, publishing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(publishing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _publish_if_new(self, kind: str, headers: Mapping[str, str]) -> None:
        """Publish a hint that names no job, unless one of the kind lies there already."""
        channel = self._subjects.channels(kind)[0]
        try:
            await self.ensure(channel)
            js = self._js
            if js is None or (await js.consumer_info(JOBS_STREAM, channel.durable)).num_pending:
                return
        except NotFoundError:
            self.doubt()
        except (*BROKEN, Unavailable) as error:
            log.info("hint_dropped", kind=kind, reason=str(error))
            return
        await self._publish(channel.subject, kind, None, headers)

    async def _publish(self, subject: str, kind: str, job_id: str | None, headers: Mapping[str, str]) -> None:
        js = self._js
        if js is None:
            return
        # Each hint has an id of its own: a job that is due again is another hint, and must not vanish.
        named = {**headers, "Nats-Msg-Id": self._ids.new()}
        body = json.dumps({"kind": kind, "job_id": job_id}).encode()
        try:
            try:
                await js.publish(subject, body, headers=named)
            except (APIError, NoStreamResponseError, TimeoutError):
                await ensure_stream(js, hints_stream(self._subjects.all))
                self.doubt()
                await js.publish(subject, body, headers=named)
        except (*BROKEN, Unavailable) as error:
            log.info("hint_dropped", kind=kind, job_id=job_id, reason=str(error))
