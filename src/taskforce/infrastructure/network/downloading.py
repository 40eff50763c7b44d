"""Downloading what a server made for us, from an address that it told: whole and bounded, or not at all.

The server itself is one that an operator named, so it may be anywhere, and only it is sent the credentials.
Any other host that it leads to must be allowed by `destinations`, and is asked without them.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2

from taskforce.infrastructure.network.clients import AnswerTooLong, bounded_client
from taskforce.infrastructure.network.connecting import Connector, Patience
from taskforce.infrastructure.network.destinations import (
    DestinationRefused,
    Destinations,
    NotResolved,
    parsed,
)

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PLAIN = {"Accept-Encoding": "identity", "User-Agent": "taskforce"}


class DownloadBroken(Exception):
    """Raised when it did not arrive, or not whole: asked for again, it may."""


class DownloadRefused(Exception):
    """Raised for what is not taken however often it is asked for: too large, or from a forbidden address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadLimits:
    """What one download may take, all redirects together."""

    most: int
    """Bytes."""
    seconds: float = 300.0
    silence: float = 30.0
    redirects: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """What a server answered, whatever its status; the body is whole by what HTTP tells."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Downloader:
    """Downloads results of one server, whose address is `home`."""

    def __init__(
        self,
        home: str,
        *,
        credentials: Mapping[str, str],
        destinations: Destinations,
        limits: DownloadLimits,
    ) -> None:
        self._home = _origin(httpx2.URL(home))
        self._address = home
        self._credentials = credentials
        self._destinations = destinations
        self._limits = limits
        self._connector = Connector(patience=Patience(silence=limits.silence))

    async def download(self, url: str) -> Downloaded:
        """Return what is at a URL. Raises DownloadBroken, DownloadRefused."""
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await self._follow(parsed(url, base=httpx2.URL(self._address)))
        except TimeoutError as late:
            raise DownloadBroken(f"it did not arrive within {self._limits.seconds:g} s") from late
        except (DestinationRefused, AnswerTooLong) as refused:
            raise DownloadRefused(str(refused).rstrip(".")) from refused
        except (NotResolved, httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError) as broken:
            raise DownloadBroken(str(broken).rstrip(".") or type(broken).__name__) from broken

    async def _follow(self, url: httpx2.URL) -> Downloaded:
        for _ in range(self._limits.redirects + 1):
            async with self._opened(url) as response:
                location = response.headers.get("Location")
                if response.status_code not in _REDIRECTS or location is None:
                    return await self._read(response)
            url = parsed(location, base=url)
        raise DownloadRefused(f"it was redirected more than {self._limits.redirects} times")

    @asynccontextmanager
    async def _opened(self, url: httpx2.URL) -> AsyncIterator[httpx2.Response]:
        if _origin(url) != self._home:
            destination = await self._destinations.find(url)
            async with self._connector.asked("GET", destination, headers=_PLAIN) as response:
                yield response
            return
        most, silence = self._limits.most, self._limits.silence
        headers = {**_PLAIN, **self._credentials}
        async with (
            bounded_client(self._address, idle_seconds=silence, most=most) as client,
            client.stream("GET", url, headers=headers) as response,
        ):
            yield response

    async def _read(self, response: httpx2.Response) -> Downloaded:
        most = self._limits.most
        told = response.headers.get("Content-Length", "")
        if told.isdigit() and int(told) > most:
            raise AnswerTooLong(f"it has {int(told):,} bytes, and {most:,} are the most")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise DownloadRefused("it is packed, which was not asked for")
        body = bytearray()
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > most:
                raise AnswerTooLong(f"it has more than {most:,} bytes")
        return Downloaded(status=response.status_code, headers=response.headers, body=bytes(body))


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
