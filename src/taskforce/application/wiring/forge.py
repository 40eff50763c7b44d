"""The way of events to a forge: from the outbox to jobs that tell it."""

from collections.abc import Sequence

from taskforce.application.pipelines.telling import Matter, Teller
from taskforce.core.identity import JobId
from taskforce.core.pipelines.forge import is_kept_there
from taskforce.core.pipelines.telling import EVENTS
from taskforce.core.webhooks.events import OutgoingEvent, type_of
from taskforce.core.webhooks.ports import EventBus

TOLD = {type_of(kind, name): topic for (kind, name), topic in EVENTS.items()}
"""By type of an event that leaves: what it is news of."""


class ForgeBus(EventBus):
    """Hands in what a forge is to be told, and events to the next bus.

    A crash in between has both done again: webhooks know events by their ids, and to be told twice changes
    nothing for a forge.
    """

    def __init__(self, following: EventBus, teller: Teller, *, is_on: bool) -> None:
        self._following = following
        self._teller = teller
        self._is_on = is_on
        """Whether there is a forge; webhooks may want the same events."""

    async def publish(self, events: Sequence[OutgoingEvent]) -> None:
        await self._following.publish(events)
        news = [event for event in events if self._is_on and _is_told(event)]
        for matter in dict.fromkeys(map(_matter, news)):
            await self._teller.tell(matter)


def _is_told(event: OutgoingEvent) -> bool:
    """Tell whether it is news for a forge: of a repository that may be there, as far as the event says."""
    repository = (event.details or {}).get("repository")
    return event.type in TOLD and (not isinstance(repository, str) or is_kept_there(repository))


def _matter(event: OutgoingEvent) -> Matter:
    return Matter(project=event.project, topic=TOLD[event.type], about=JobId(event.subject))
