"""The connection to a provider: bounded in bytes, closed with the request."""

import ssl
from collections.abc import AsyncIterator
from functools import cache
from urllib.parse import urlsplit

import httpx2

MOST_BYTES = 1024 * 1024
"""Bytes that an answer may take, and as much again for each thousand tokens: a real one is far below."""
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


def connection(base_url: str | None, *, idle_seconds: float, max_tokens: int) -> httpx2.AsyncClient:
    """Return a client for one request: it belongs to no event loop but its own, and dies with the request."""
    most = MOST_BYTES * (1 + max_tokens // 1_000)

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
