"""Hints on their way from the server: asked for only while somebody waits, one of each kind at a time."""

import asyncio
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
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

Take: TypeAlias = Callable[[str, str], bool]
"""Is given a hint's kind and the subject that it is answered on; tells whether somebody took it."""

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
        self.doubts = 0
        self.stock: list[tuple[str, str]] = []
        """What came while nobody waited, by kind."""
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

    async def pull(self, client: Client, channels: Iterable[Channel]) -> float:
        """Pull for these; for none, let go in a moment. Return when to be asked again."""
        wanted = tuple(channels)
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
        pulls.stock = [hint for hint in pulls.stock if not self._take(*hint)]
        if pulls.doubts != self._publisher.doubts:
            pulls.doubts = self._publisher.doubts
            pulls.until.clear()
        for channel in wanted:
            until = pulls.until.get(channel, _HEARD)
            if until <= now:
                if until != _HEARD:  # a server says when a pull found nothing, unless the consumer is gone
                    self._publisher.forget(channel)
                await self._ask(client, pulls, channel, now=now)
        return min(pulls.until[channel] for channel in wanted) - now + 0.001

    async def _open(self, client: Client) -> _Round:
        pulls = _Round(client)

        async def hear(message: Msg) -> None:
            self._hear(pulls, message)

        pulls.subscription = await client.subscribe(f"{pulls.inbox}.*", cb=hear)
        return pulls

    async def _ask(self, client: Client, pulls: _Round, channel: Channel, *, now: float) -> None:
        pulls.until[channel] = now + _AGAIN
        try:
            await self._publisher.ensure(channel)
        except (*BROKEN, Unavailable) as error:
            log.warning("hints_not_pulled", kind=channel.kind, reason=str(error))
            return
        if channel not in pulls.channels:
            pulls.channels.append(channel)
        reply = f"{pulls.inbox}.{pulls.channels.index(channel)}"
        asked = json.dumps({"batch": 1, "expires": round(_STAYS * 1e9)}).encode()
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
        else:
            pulls.until[channel] = _HEARD
            if not self._take(channel.kind, message.reply):
                if not pulls.stock:
                    self._wanted_at = asyncio.get_running_loop().time()  # who has a place is back in a moment
                pulls.stock.append((channel.kind, message.reply))
        self._ring()

    async def let_go(self, client: Client) -> None:
        """Take no more hints, and give back those that nobody wants: also what is still on its way."""
        pulls, self._round = self._round, None
        if pulls is None or pulls.subscription is None:
            return
        with suppress(*BROKEN):
            await asyncio.wait_for(pulls.subscription.drain(), 1.0)  # type: ignore[no-untyped-call]
        for _, reply in pulls.stock:
            await client.publish(reply, PASS_ON)
