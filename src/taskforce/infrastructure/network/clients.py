"""Clients of servers that an operator named: bounded in bytes, closed with their request."""

import ssl
from collections.abc import AsyncIterator
from functools import cache
from urllib.parse import urlsplit

import httpx2

CONNECT_SECONDS = 10.0
THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


class AnswerTooLong(httpx2.TransportError):
    """More came than an answer may take."""


class BoundedStream(httpx2.AsyncByteStream):
    """Passes on what comes, up to a limit."""

    def __init__(self, stream: httpx2.AsyncByteStream, *, most: int) -> None:
        self._stream = stream
        self._left = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            self._left -= len(piece)
            if self._left < 0:
                raise AnswerTooLong("the answer is longer than any may be")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


def bounded_client(base_url: str | None, *, idle_seconds: float, most: int) -> httpx2.AsyncClient:
    """Return a client whose answers have `most` bytes as they are sent; None is a provider's own address.

    It belongs to no event loop but the one it is used on, and is closed by whoever asked for it.
    """

    async def bound(response: httpx2.Response) -> None:
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = BoundedStream(response.stream, most=most)

    return httpx2.AsyncClient(
        verify=trust(),
        timeout=httpx2.Timeout(idle_seconds, connect=min(CONNECT_SECONDS, idle_seconds)),
        event_hooks={"response": [bound]},
        trust_env=base_url is None or urlsplit(base_url).hostname not in THIS_MACHINE,  # no proxy leads here
    )


@cache
def trust() -> ssl.SSLContext:
    """Return the certificates to trust; reading them takes longer than all else about a client."""
    return httpx2.create_ssl_context()
