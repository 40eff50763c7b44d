"""Asking the web for something: bounded in time and size, never anywhere but where `destinations` allows.

It keeps no cookies, has no credentials, and takes no proxy from the environment. Each redirect is looked at
like the first URL.
"""

import asyncio
import ssl
from dataclasses import dataclass
from typing import Literal

import httpx2

from taskforce.infrastructure.network.connecting import Connector, Patience
from taskforce.infrastructure.network.destinations import (
    Destination,
    DestinationRefused,
    Destinations,
    NotResolved,
    checked,
    parsed,
)
from taskforce.infrastructure.network.inflating import Inflating, NotUnpacked

Method = Literal["GET", "HEAD"]
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_HEADERS = {
    "User-Agent": "taskforce",
    "Accept": "text/html, text/plain, application/json, */*;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """What one request may take, all redirects together."""

    seconds: float = 30.0
    connect: float = 5.0
    silence: float = 10.0
    size: int = 2 * 1024 * 1024
    redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came back."""

    url: str
    status: int
    reason: str
    content_type: str
    body: bytes
    is_cut: bool
    """Whether there was more than the limit allows."""
    redirects: tuple[str, ...]
    """The URLs before the last."""


class FetchFailed(Exception):
    """Raised when there is no answer; the message tells why."""


class Fetcher:
    """Asks for what is at a URL."""

    def __init__(
        self,
        destinations: Destinations,
        *,
        limits: FetchLimits | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._destinations = destinations
        self._limits = limits or FetchLimits()
        patience = Patience(connect=self._limits.connect, silence=self._limits.silence)
        self._connector = Connector(patience=patience, trust=trust)

    async def fetch(self, url: str, *, method: Method = "GET") -> Fetched:
        """Return what a server answered, whatever its status. Raises FetchFailed."""
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await self._follow(parsed(url), method)
        except TimeoutError as late:
            message = f"No answer within {self._limits.seconds:g} s. Try again later, or something smaller."
            raise FetchFailed(message) from late
        except (DestinationRefused, NotResolved, NotUnpacked) as refused:
            raise FetchFailed(str(refused)) from refused
        except (httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError) as broken:
            raise FetchFailed(f"The server could not be read: {_reason(broken)}.") from broken

    async def _follow(self, url: httpx2.URL, method: Method) -> Fetched:
        before: list[str] = []
        while len(before) <= self._limits.redirects:
            destination = await self._destinations.find(url)
            answer = await self._ask(destination, method, before)
            if isinstance(answer, Fetched):
                return answer
            before.append(str(destination.url))
            url = parsed(answer, base=destination.url)
        raise FetchFailed(f"More than {self._limits.redirects} redirects. The last led to {checked(url)}.")

    async def _ask(self, destination: Destination, method: Method, before: list[str]) -> Fetched | str:
        """Return the answer, or where it redirects to."""
        async with self._connector.asked(method, destination, headers=_HEADERS) as response:
            location = response.headers.get("Location")
            if response.status_code in _REDIRECTS and location is not None:
                return location
            return await self._read(response, destination, before)

    async def _read(self, response: httpx2.Response, destination: Destination, before: list[str]) -> Fetched:
        body = Inflating(response.headers.get("Content-Encoding", ""), most=self._limits.size)
        sent = 0
        async for piece in response.aiter_raw():
            body.take(piece)
            sent += len(piece)
            if body.is_full or sent > self._limits.size:
                break
        return Fetched(
            url=str(destination.url),
            status=response.status_code,
            reason=response.reason_phrase,
            content_type=response.headers.get("Content-Type", ""),
            body=body.kept,
            is_cut=body.is_full or sent > self._limits.size,
            redirects=tuple(before),
        )


def _reason(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__
