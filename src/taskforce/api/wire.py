"""Events on the wire: pages of logs as server-sent events, each encoded once for all who are sent it."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from weakref import WeakKeyDictionary

from taskforce.application.jobs.schemas import EventView
from taskforce.application.jobs.watch import LogPage
from taskforce.core.clock import Clock

Chunks = AsyncIterator[bytes]


class Wire:
    """Encodes pages; the bytes are kept as long as somebody holds the page they were made of."""

    def __init__(self) -> None:
        self._encoded: WeakKeyDictionary[LogPage, bytes] = WeakKeyDictionary()

    async def chunks_of(self, pages: AsyncIterator[LogPage], clock: Clock) -> AsyncGenerator[bytes, None]:
        """Yield each page of a log as one chunk."""
        try:
            async for page in pages:
                yield self._chunk(page, clock)
        finally:
            await close(pages)

    def _chunk(self, page: LogPage, clock: Clock) -> bytes:
        chunk = self._encoded.get(page)
        if chunk is None:
            now = clock.now()
            chunk = self._encoded[page] = encoded(EventView.of_told(told, now) for told in page.told)
        return chunk


async def chunks_of_views(pages: AsyncIterator[Sequence[EventView]]) -> AsyncGenerator[bytes, None]:
    """Yield each page of events as one chunk."""
    try:
        async for page in pages:
            yield encoded(page)
    finally:
        await close(pages)


def encoded(page: Iterable[EventView]) -> bytes:
    """Return events as the wire carries them; what is not in the log has no id."""
    return "".join(map(_lines, page)).encode()


async def close(pages: AsyncIterator[object]) -> None:
    """Let go of what pages are read from."""
    if isinstance(pages, AsyncGenerator):
        await pages.aclose()


def _lines(event: EventView) -> str:
    number = "" if event.number is None else f"id: {event.number}\n"
    return f"{number}event: {event.event_type}\ndata: {event.to_json()}\n\n"
