"""How one model of a provider is reached, and what is taken from there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2

from taskforce.core.clock import Clock
from taskforce.core.errors import TaskforceError
from taskforce.core.videos.errors import MediaBroken
from taskforce.core.videos.limits import MOST_CLIP_BYTES, MOST_PICTURE_BYTES
from taskforce.core.videos.model import FrameSize
from taskforce.core.videos.ports import ClipMade
from taskforce.infrastructure.network.clients import bounded_client
from taskforce.infrastructure.network.destinations import Destinations
from taskforce.infrastructure.network.downloading import (
    DownloadBroken,
    Downloaded,
    Downloader,
    DownloadLimits,
    DownloadRefused,
)
from taskforce.infrastructure.videos.containers import mp4_problem
from taskforce.infrastructure.videos.failures import Party
from taskforce.infrastructure.videos.fitting import fitted
from taskforce.infrastructure.videos.offers import Offer
from taskforce.infrastructure.videos.waits import wait_of

MOST_ANSWER_BYTES = MOST_PICTURE_BYTES * 3 // 2
"""Of JSON that holds a picture as base64, a third longer than it is, and some words."""
PICTURE_SECONDS = 300.0
"""Until a picture is there: models think before they draw."""
ORDER_SECONDS = 120.0
LOOK_SECONDS = 30.0
_OK = 200
_EXPIRED = frozenset((403, 404, 410))
"""What is said at an address that was good once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One model, at its provider's address or another."""

    offer: Offer
    party: Party
    address: str
    """Where it is asked; nothing but what comes from there may lead to a private network."""
    is_own_address: bool
    """Whether an operator named it, and not the provider."""
    destinations: Destinations = field(repr=False)
    """Where results may be, other than at the address."""
    clock: Clock = field(repr=False)

    def client(self, *, seconds: float) -> httpx2.AsyncClient:
        """Return a client for one call, which its caller closes; answers come unpacked and bounded."""
        named = self.address if self.is_own_address else None
        client = bounded_client(named, idle_seconds=seconds, most=MOST_ANSWER_BYTES)
        client.headers["Accept-Encoding"] = "identity"
        client.event_hooks["response"].append(_check_packing)
        return client

    def answered(self, status: int, reason: object, headers: Mapping[str, str]) -> TaskforceError:
        """Return the error for a status of HTTP."""
        wait = wait_of(headers, now=self.clock.now())
        return self.party.answered(status, reason, wait=wait)

    async def fitted(self, picture: bytes, size: FrameSize) -> bytes:
        """Return a picture that was given as one that was ordered. Raises ProviderFailed, ExtraMissing."""
        if len(picture) > MOST_PICTURE_BYTES:
            raise self.party.malformed(f"its picture has {len(picture):,} bytes")
        try:
            return await fitted(picture, size)
        except MediaBroken as broken:
            raise self.party.malformed(f"its picture is broken, {broken.reason}") from broken

    async def clip_at(self, url: str, *, credentials: Mapping[str, str]) -> ClipMade:
        """Return the clip at an address that was just told, once it is there whole.

        Raises Unavailable when the address has expired, which the next look renews, or when the download
        breaks off; Exhausted; ProviderFailed when it is forbidden, or too large.
        """
        downloader = Downloader(
            self.address,
            credentials=credentials,
            destinations=self.destinations,
            limits=DownloadLimits(most=MOST_CLIP_BYTES),
        )
        try:
            found = await downloader.download(url)
        except DownloadBroken as broken:
            raise self.party.away(f"its clip did not arrive whole: {broken}") from broken
        except DownloadRefused as refused:
            advice = "Change what forbids it, then resume: the clip is looked for again."
            raise self.party.failed(f"its clip is not taken: {refused}", advice) from refused
        return self._clip(found)

    def _clip(self, found: Downloaded) -> ClipMade:
        if found.status in _EXPIRED:
            raise self.party.away(f"{found.status}, the address of its clip has expired")
        if found.status != _OK:
            raise self.answered(found.status, "its clip is not given out", found.headers)
        problem = mp4_problem(found.body)
        if problem is not None:
            kind = found.headers.get("content-type", "no type")
            raise self.party.away(
                f"its clip did not arrive whole: {problem} ({kind}, {len(found.body):,} bytes)"
            )
        return ClipMade(content=found.body)


async def _check_packing(response: httpx2.Response) -> None:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise httpx2.TransportError("it answers in an encoding that it was not asked for")
