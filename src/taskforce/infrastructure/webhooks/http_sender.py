"""Messages by HTTP: to checked addresses, bounded in time and size, never where a redirect leads."""

import asyncio
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx2

from taskforce.core.clock import Clock
from taskforce.core.webhooks.deliveries import Attempt
from taskforce.core.webhooks.errors import UrlRefused
from taskforce.core.webhooks.ports import WebhookSender
from taskforce.infrastructure.network.connecting import Connector
from taskforce.infrastructure.network.destinations import (
    Destination,
    DestinationRefused,
    Destinations,
    NotResolved,
    parsed,
)

TIMEOUT = 15.0
"""Seconds that a request may take, its answer's body included."""
MOST_READ = 65_536
KEPT = 1_000
"""Characters of an answer that the log keeps."""


class HttpSender(WebhookSender):
    """Posts over https; over plain http only into private networks that an operator allows."""

    def __init__(
        self,
        destinations: Destinations,
        clock: Clock,
        *,
        connector: Connector,
        timeout: float = TIMEOUT,
    ) -> None:
        self._destinations = destinations
        self._clock = clock
        self._connector = connector
        self._timeout = timeout

    async def check(self, url: str) -> None:
        try:
            await self._find(url)
        except DestinationRefused as refused:
            raise UrlRefused(str(refused)) from refused
        except (
            NotResolved
        ) as unknown:  # a name may come later; who may be reached by http is known by its address
            if parsed(url).scheme != "https":
                raise UrlRefused(str(unknown)) from unknown

    async def send(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Attempt:
        at, began = self._clock.now(), self._clock.monotonic()
        seen: list[httpx2.Response] = []
        answer = bytearray()
        error: str | None = None
        try:
            async with asyncio.timeout(self._timeout):
                destination = await self._find(url)
                async with self._connector.asked(
                    "POST", destination, headers={**headers, "Accept-Encoding": "identity"}, content=body
                ) as response:
                    seen.append(response)
                    async for piece in response.aiter_raw():
                        answer += piece[: MOST_READ - len(answer)]
                        if len(answer) >= MOST_READ:
                            break
        except TimeoutError:
            error = f"no answer within {self._timeout:g} s"
        except (DestinationRefused, NotResolved) as refused:
            error = str(refused)
        except (httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError) as broken:
            error = str(broken).rstrip(".") or type(broken).__name__
        return self._attempt(at, began, seen, bytes(answer), error)

    def _attempt(
        self, at: datetime, began: float, seen: list[httpx2.Response], answer: bytes, error: str | None
    ) -> Attempt:
        """Return what came of it: the status decides, however the body went."""
        seconds = self._clock.monotonic() - began
        if not seen:
            return Attempt(at=at, seconds=seconds, error=(error or "")[:KEPT])
        (response,) = seen
        text = answer.decode("utf-8", "replace")[:KEPT]
        return Attempt(
            at=at,
            seconds=seconds,
            status_code=response.status_code,
            answer=text.replace("\0", "\ufffd"),
            retry_after=_retry_after(response.headers.get("Retry-After", ""), now=at),
        )

    async def _find(self, url: str) -> Destination:
        """Return where a URL leads, if a webhook may. Raises DestinationRefused or NotResolved."""
        destination = await self._destinations.find(parsed(url))
        private = self._destinations.rules.private
        is_private = all(any(address in one for one in private) for address in destination.addresses)
        if destination.url.scheme != "https" and not is_private:
            raise DestinationRefused(
                "Messages go over https://. Plain http:// is for hosts in TASKFORCE_PRIVATE_NETWORKS alone."
            )
        return destination


def _retry_after(text: str, *, now: datetime) -> timedelta | None:
    """Read seconds or an HTTP date (RFC 9110, section 10.2.3); None where it is neither."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 10**9))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta(0))
