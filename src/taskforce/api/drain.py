"""The drain: tells every open stream, on whatever event loop it runs, that the server stops."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress


class Drain:
    """Starts once and is heard by all who listen; nothing of it belongs to one event loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listening: set[asyncio.Future[None]] = set()
        self._is_on = False

    @property
    def is_on(self) -> bool:
        """Return whether the server stops."""
        return self._is_on

    @property
    def listeners(self) -> int:
        """Return how many listen: one each open stream."""
        return len(self._listening)

    def start(self) -> None:
        """Tell all who listen, and those who will."""
        with self._lock:
            self._is_on = True
            listening = tuple(self._listening)
        by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = defaultdict(list)
        for heard in listening:
            by_loop[heard.get_loop()].append(heard)
        for loop, mine in by_loop.items():
            with suppress(RuntimeError):  # it has closed, and who listened on it with it
                loop.call_soon_threadsafe(_set, mine)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Future[None]]:
        """Give a future of the running loop that is done when the server stops."""
        heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with self._lock:
            self._listening.add(heard)
            if self._is_on:
                heard.set_result(None)
        try:
            yield heard
        finally:
            with self._lock:
                self._listening.discard(heard)
            heard.cancel()


def _set(listening: Iterable[asyncio.Future[None]]) -> None:
    for heard in listening:
        if not heard.done():
            heard.set_result(None)
