"""Where coroutines run apart from whoever asks for them, and how others wait for what runs there."""

import asyncio
import threading
from abc import abstractmethod
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Lane(Protocol):
    """Runs coroutines on one event loop, so that nothing depends on the loop of whoever asks."""

    loop: asyncio.AbstractEventLoop

    @abstractmethod
    def submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Start a coroutine there; from any thread."""

    @abstractmethod
    def stop(self) -> None:
        """Cancel what still runs there, and return when it has ended."""


class LoopThread(Lane):
    """A lane on a thread of its own."""

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
            left = asyncio.all_tasks(self.loop)
            for task in left:
                task.cancel()
            self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        finally:
            self.loop.close()


async def crossed(future: "Future[T]") -> T:
    """Wait on this loop for what runs on another; who stops waiting does not stop the work."""
    loop = asyncio.get_running_loop()
    here: asyncio.Future[T] = loop.create_future()

    def settle() -> None:
        if here.done():
            return
        error = future.exception()
        if error is None:
            here.set_result(future.result())
        else:
            here.set_exception(error)

    def tell(_: "Future[T]") -> None:
        if not loop.is_closed():  # else whoever asked has left
            loop.call_soon_threadsafe(settle)

    future.add_done_callback(tell)
    return await here
