"""Events on the wire: pages of logs as server-sent events, each encoded once for all who are sent it."""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from weakref import WeakKeyDictionary

from taskforce.application.jobs.log_page import LogPage
from taskforce.application.jobs.log_schemas import EventView
from taskforce.core.clock import Clock

Chunks = AsyncGenerator[bytes, None]


class Wire:
    """Encodes pages; the bytes are kept as long as somebody holds the page they were made of."""

    def __init__(self) -> None:
        self._encoded: WeakKeyDictionary[LogPage, bytes] = WeakKeyDictionary()

    async def chunks_of(self, pages: AsyncGenerator[LogPage, None], clock: Clock) -> Chunks:
        """Yield each page of a log as one chunk."""
        async with aclosing(pages):
            async for page in pages:
                yield self._chunk(page, clock)

    def _chunk(self, page: LogPage, clock: Clock) -> bytes:
        chunk = self._encoded.get(page)
        if chunk is None:
            now = clock.now()
            chunk = self._encoded[page] = encoded(EventView.of_told(told, now) for told in page.told)
        return chunk


async def chunks_of_views(pages: AsyncGenerator[Sequence[EventView], None]) -> Chunks:
    """Yield each page of events as one chunk."""
    async with aclosing(pages):
        async for page in pages:
            yield encoded(page)


def encoded(page: Iterable[EventView]) -> bytes:
    """Return events as the wire carries them; what is not in the log has no id."""
    return "".join(map(_lines, page)).encode()


def _lines(event: EventView) -> str:
    number = "" if event.number is None else f"id: {event.number}\n"
    return f"{number}event: {event.event_type}\ndata: {event.to_json()}\n\n"
