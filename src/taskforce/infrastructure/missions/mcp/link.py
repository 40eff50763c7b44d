"""One connection to a server: opened and closed by a task of its own, as the SDK wants it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from mcp.client import Client
from mcp.types import Implementation

import taskforce
from taskforce.infrastructure.missions.mcp.trace import Trace

Transport = AbstractAsyncContextManager[Any]
"""The SDK's, whose type is not public."""


class LinkBroken(Exception):
    """Raised when a server does not do what is asked of it; the message says why."""


class Link:
    """A connection, from the moment it is wanted to its end. Nothing is offered to the server in return."""

    def __init__(self, transport: Callable[[Trace], Transport]) -> None:
        self.trace = Trace()
        self._leave = asyncio.Event()
        self._settled = asyncio.Event()
        self._client: Client | None = None
        self._problem = ""
        self._holding = asyncio.create_task(self._hold(transport))

    @property
    def is_over(self) -> bool:
        """Tell whether it is of no more use."""
        return self.trace.is_over or self._leave.is_set() or self._holding.done()

    async def client(self) -> Client:
        """Return the connected client. Raises LinkBroken."""
        await self._settled.wait()
        if self._client is None:
            raise LinkBroken(self.why())
        return self._client

    def why(self, otherwise: str = "") -> str:
        """Return why it broke: what was seen of it, else what went wrong here."""
        return self.trace.told() or self._problem or otherwise

    async def close(self) -> None:
        """End it, also while it is being made; the server it started is over then."""
        self._leave.set()
        if not self._settled.is_set():
            self._holding.cancel()
        await asyncio.wait([self._holding])

    async def _hold(self, transport: Callable[[Trace], Transport]) -> None:
        try:
            async with Client(
                transport(self.trace),
                client_info=Implementation(name="taskforce", version=taskforce.__version__),
                cache=None,
            ) as client:
                self._client = client
                self._settled.set()
                await self._leave.wait()
        except asyncio.CancelledError:
            self._problem = "it was not there in time."
        except Exception as error:  # noqa: BLE001 - whatever the SDK and the server make of it, it is said to who waits
            self._problem = told_of(error)
        finally:
            self.trace.is_over = True
            self._settled.set()


def told_of(error: BaseException) -> str:
    """Return what went wrong, in a line; of a group of errors the first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    text = str(error).strip().partition("\n")[0]
    return f"{text.rstrip('.') or type(error).__name__}."
