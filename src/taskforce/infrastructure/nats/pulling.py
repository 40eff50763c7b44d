"""Hints on their way from the server: asked for only while somebody waits, and no more than that."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from taskforce.core.errors import Unavailable
from taskforce.infrastructure.nats.link import BROKEN
from taskforce.infrastructure.nats.publishing import HintPublisher
from taskforce.infrastructure.nats.streams import JOBS_STREAM
from taskforce.infrastructure.nats.subjects import Channel

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """A hint as it came from the server."""

    kind: str
    job_id: str | None
    reply: str
    """The subject that it is answered on."""


Take: TypeAlias = Callable[[Pulled], bool]
"""Tells whether somebody took a hint."""

_STAYS = 2.0
"""Seconds that the server keeps a pull which finds nothing; a consumer that was removed is noticed then."""
_AGAIN = 0.5
"""Seconds until a pull that was refused is made again."""
_ANSWER = 1.0
"""Seconds that its answer may take beyond that."""
_HEARD = 0.0
"""When a pull is to be made again that was answered."""
_GRACE = 0.05
"""For so long after the last one has left, pulls stay: a worker with a place is back at once."""
_IDLE = 60.0
_GONE = frozenset({"404", "409", "503"})
PASS_ON = b"-NAK"


class _Round:
    """Pulls that answer to one inbox; when it is closed the server gives nothing more to them."""

    def __init__(self, client: Client) -> None:
        self.inbox = client.new_inbox()
        self.channels: list[Channel] = []
        self.until: dict[Channel, float] = {}
        self.left: dict[Channel, int] = {}
        """How many hints are yet to come by the pull of a channel."""
        self.flowing: set[Channel] = set()
        """Whose last pull gave a hint: of these as many are asked for as wait, of others one."""
        self.doubts = 0
        self.stock: list[Pulled] = []
        """What came while nobody waited."""
        self.subscription: Subscription | None = None

    def channel_of(self, message: Msg) -> Channel:
        """Return by which one it came: a hint bears its own subject, and says its consumer."""
        if message.reply:
            durable = message.metadata.consumer
            return next(channel for channel in self.channels if channel.durable == durable)
        return self.channels[int(message.subject.rpartition(".")[2])]


class HintPuller:
    """Pulls for those who wait, on the link's thread."""

    def __init__(self, publisher: HintPublisher, take: Take, *, ring: Callable[[], None]) -> None:
        self._publisher = publisher
        self._take = take
        self._ring = ring
        self._round: _Round | None = None
        self._wanted_at = 0.0

    def lose(self) -> None:
        """Forget all pulls: the connection is gone. Hints that were here are given out again."""
        self._round = None

    async def pull(self, client: Client, wanted: Mapping[Channel, int]) -> float:
        """Pull for so many who wait; for nobody, let go in a moment. Return when to be asked again."""
        now = asyncio.get_running_loop().time()
        if not wanted:
            if self._round is None:
                return _IDLE
            if now - self._wanted_at < _GRACE:
                return _GRACE
            await self.let_go(client)
            return _IDLE
        self._wanted_at = now
        if self._round is None:
            self._round = await self._open(client)
        pulls = self._round
        pulls.stock = [hint for hint in pulls.stock if not self._take(hint)]
        if pulls.doubts != self._publisher.doubts:
            pulls.doubts = self._publisher.doubts
            pulls.until.clear()
        for channel, waiting in wanted.items():
            until = pulls.until.get(channel, _HEARD)
            if until <= now:
                if until != _HEARD:  # a server says when a pull found nothing, unless the consumer is gone
                    self._publisher.forget(channel)
                await self._ask(client, pulls, channel, waiting, now=now)
        return min(pulls.until[channel] for channel in wanted) - now + 0.001

    async def _open(self, client: Client) -> _Round:
        pulls = _Round(client)

        async def hear(message: Msg) -> None:
            self._hear(pulls, message)

        pulls.subscription = await client.subscribe(f"{pulls.inbox}.*", cb=hear)
        return pulls

    async def _ask(
        self, client: Client, pulls: _Round, channel: Channel, waiting: int, *, now: float
    ) -> None:
        pulls.until[channel] = now + _AGAIN
        try:
            await self._publisher.ensure(channel)
        except (*BROKEN, Unavailable) as error:
            log.warning("hints_not_pulled", kind=channel.kind, reason=str(error))
            return
        if channel not in pulls.channels:
            pulls.channels.append(channel)
        reply = f"{pulls.inbox}.{pulls.channels.index(channel)}"
        pulls.left[channel] = waiting if channel in pulls.flowing else 1
        asked = json.dumps({"batch": pulls.left[channel], "expires": round(_STAYS * 1e9)}).encode()
        await client.publish(f"$JS.API.CONSUMER.MSG.NEXT.{JOBS_STREAM}.{channel.durable}", asked, reply=reply)
        pulls.until[channel] = now + _STAYS + _ANSWER

    def _hear(self, pulls: _Round, message: Msg) -> None:
        status = None if message.reply else (message.headers or {}).get("Status")
        channel = pulls.channel_of(message)
        if status is not None:
            if status in _GONE:  # the consumer, or its stream; a refused pull is made again in a moment
                self._publisher.doubt()
                pulls.doubts = self._publisher.doubts
            pulls.until[channel] = asyncio.get_running_loop().time() + _AGAIN if status in _GONE else _HEARD
            pulls.flowing.discard(channel)
        else:
            pulls.left[channel] -= 1
            pulls.flowing.add(channel)
            if pulls.left[channel] <= 0:
                pulls.until[channel] = _HEARD
            pulled = Pulled(kind=channel.kind, job_id=json.loads(message.data)["job_id"], reply=message.reply)
            if not self._take(pulled):
                if not pulls.stock:
                    self._wanted_at = asyncio.get_running_loop().time()  # who has a place is back in a moment
                pulls.stock.append(pulled)
        self._ring()

    async def let_go(self, client: Client) -> None:
        """Take no more hints, and give back those that nobody wants: also what is still on its way."""
        pulls, self._round = self._round, None
        if pulls is None or pulls.subscription is None:
            return
        with suppress(*BROKEN):
            await asyncio.wait_for(pulls.subscription.drain(), 1.0)  # type: ignore[no-untyped-call]
        for pulled in pulls.stock:
            await client.publish(pulled.reply, PASS_ON)
