"""Events on the subjects of NATS JetStream, each once, those of a job in order."""

import asyncio
from collections.abc import Iterable, Sequence

from nats.aio.client import Client
from nats.js.errors import APIError

from taskforce.core.errors import Unavailable
from taskforce.core.webhooks.bodies import MEDIA_TYPES, Format, body_of
from taskforce.core.webhooks.events import OutgoingEvent
from taskforce.core.webhooks.ports import EventBus
from taskforce.infrastructure.nats.headers import headers_of
from taskforce.infrastructure.nats.link import NatsLink, Speaker
from taskforce.infrastructure.nats.streams import EVENTS_STREAM, ensure_stream, events_stream, jetstream
from taskforce.infrastructure.nats.subjects import EVENTS, token

PREFIX = "taskforce."
_IDLE = 60.0


class NatsBus(EventBus, Speaker):
    """Hands events to the next bus, then to JetStream: what is safe in both goes out of the outbox.

    A crash in between has both done again: webhooks know events by their ids, and JetStream drops what it
    has under the same `Nats-Msg-Id` for as long as its window lasts.
    """

    def __init__(self, following: EventBus, link: NatsLink) -> None:
        self._following = following
        self._link = link
        link.give(self)

    async def publish(self, events: Sequence[OutgoingEvent]) -> None:
        await self._following.publish(events)
        lines: dict[str, list[OutgoingEvent]] = {}
        for event in events:
            lines.setdefault(event.subject, []).append(event)
        try:
            await self._link.run(lambda client: _publish(client, lines.values()))
        except APIError as error:
            raise Unavailable(f"The stream {EVENTS_STREAM} did not take an event: {error}.") from error

    async def begin(self, client: Client) -> None:
        await ensure_stream(jetstream(client), events_stream())

    async def speak(self, client: Client) -> float:
        return _IDLE

    async def end(self, client: Client) -> None:
        return

    def lose(self) -> None:
        return


def subject_of(event: OutgoingEvent) -> str:
    """Return the subject of an event's type, such as taskforce.events.mission.step_recorded.v1."""
    words = event.type.removeprefix(PREFIX).split(".")
    return ".".join([EVENTS, *map(token, words)])


async def _publish(client: Client, lines: Iterable[Sequence[OutgoingEvent]]) -> None:
    """Publish several jobs' events at once, each job's one after the other: none overtakes another."""
    js = jetstream(client)

    async def publish_line(line: Sequence[OutgoingEvent]) -> None:
        for event in line:
            headers = {
                "Nats-Msg-Id": event.id,
                "Content-Type": MEDIA_TYPES[Format.CLOUDEVENTS],
                **headers_of(request_id=event.request_id, traceparent=event.traceparent),
            }
            body = body_of(event, Format.CLOUDEVENTS)
            await js.publish(subject_of(event), body, headers=headers, stream=EVENTS_STREAM)

    try:
        await asyncio.gather(*map(publish_line, lines))
    except Exception:
        await ensure_stream(js, events_stream())  # it may have been removed: the next attempt finds it
        raise
