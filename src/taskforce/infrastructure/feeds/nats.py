"""News for watchers in all processes on one NATS server, by its core: nothing of it is kept."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from threading import Lock

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from taskforce.core.identity import JobId
from taskforce.core.jobs.events import Delta
from taskforce.core.jobs.ports import JobFeed, Watch
from taskforce.infrastructure.feeds.in_process import InProcessFeed
from taskforce.infrastructure.nats.link import NatsLink, Speaker
from taskforce.infrastructure.nats.subjects import FEED, token
from taskforce.infrastructure.system.ids import UuidSource

MOST = 10_000
"""So many words wait to be told; of more, the newest are lost."""
_MARGIN = 1_024
"""Bytes of a message that are not its text."""
_IDLE = 60.0


class NatsFeed(JobFeed, Speaker):
    """Watchers of this process are woken as ever; each job has a subject, heard where it is watched.

    A hint that is longer than a message may be goes in several. While the server is away, watchers elsewhere
    find what moved by their polls, and lose the hints.
    """

    def __init__(self, link: NatsLink) -> None:
        self._link = link
        self._here = InProcessFeed()
        self._me = UuidSource().new()
        self._lock = Lock()
        self._words: list[tuple[JobId, Delta | None]] = []
        self._moved: set[JobId] = set()
        """What moved and is to be told: once, however often it moves meanwhile."""
        self._heard: dict[JobId, Subscription] = {}
        link.give(self)

    def moved(self, job_id: JobId) -> None:
        self._here.moved(job_id)
        with self._lock:
            if job_id in self._moved:
                return
            self._moved.add(job_id)
        self._say(job_id, None)

    def hint(self, job_id: JobId, delta: Delta) -> None:
        self._here.hint(job_id, delta)
        self._say(job_id, delta)

    @asynccontextmanager
    async def watch(self, job_id: JobId) -> AsyncIterator[Watch]:
        async with self._here.watch(job_id) as watch:
            self._link.ring()
            try:
                yield watch
            finally:
                self._link.ring()

    def watched(self) -> frozenset[JobId]:
        return self._here.watched()

    # ------------------------------------------------------------ on the link's thread

    async def begin(self, client: Client) -> None:
        await self._listen(client)

    async def speak(self, client: Client) -> float:
        await self._listen(client)
        with self._lock:
            words, self._words = self._words, []
            self._moved.clear()
        for job_id, delta in words:
            for piece in _pieces(delta, most=client.max_payload - _MARGIN):
                body = json.dumps([self._me, None if piece is None else asdict(piece)], ensure_ascii=False)
                await client.publish(f"{FEED}.{token(job_id)}", body.encode())
        return _IDLE

    async def end(self, client: Client) -> None:
        await self.speak(client)

    def lose(self) -> None:
        self._heard.clear()
        with self._lock:
            self._words = []
            self._moved.clear()

    async def _listen(self, client: Client) -> None:
        """Hear what is watched and nothing else; what moved before it is heard is looked for."""
        watched = self._here.watched()
        for job_id in self._heard.keys() - watched:
            await self._heard.pop(job_id).unsubscribe()
        new = watched - self._heard.keys()
        for job_id in new:
            self._heard[job_id] = await client.subscribe(f"{FEED}.{token(job_id)}", cb=self._hearing(job_id))
        if new:
            await client.flush()
        for job_id in new:
            self._here.moved(job_id)

    def _hearing(self, job_id: JobId) -> Callable[[Msg], Awaitable[None]]:
        async def hear(message: Msg) -> None:
            sender, delta = json.loads(message.data)
            if sender == self._me:  # known already
                return
            if delta is None:
                self._here.moved(job_id)
            else:
                self._here.hint(job_id, Delta(**delta))

        return hear

    def _say(self, job_id: JobId, delta: Delta | None) -> None:
        if self._link.is_down:
            with self._lock:
                self._moved.discard(job_id)
            return
        with self._lock:
            if len(self._words) < MOST:
                self._words.append((job_id, delta))
        self._link.ring()


def _pieces(delta: Delta | None, *, most: int) -> list[Delta | None]:
    """Return a hint in parts of at most so many bytes, each with its details."""
    if delta is None:
        return [None]
    around = len(json.dumps(asdict(replace(delta, text=""))).encode())
    room = max(1, (most - around) // 6)  # what JSON makes of a character at most
    parts = [delta.text[start : start + room] for start in range(0, len(delta.text), room)] or [""]
    return [replace(delta, text=part) for part in parts]
