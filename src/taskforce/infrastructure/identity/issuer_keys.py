"""The keys of an issuer, as they were published lately: one fetch at a time, and not often."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any

import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from taskforce.core.access.errors import CredentialsRefused
from taskforce.core.clock import Clock
from taskforce.core.errors import Unavailable
from taskforce.infrastructure.identity.documents import IssuerSilent

log = structlog.get_logger()

FRESH = 600.0
"""Seconds after which keys are fetched again."""
STALE = 86_400.0
"""Seconds for which keys still count while the issuer does not answer."""
EVERY = 60.0
"""Seconds between two fetches, however many unknown keys are named."""
AT_FIRST = 2.0
"""The same, as long as no key is known."""
MOST = 100
LEAST_RSA_BITS = 2048

Fetch = Callable[[], Sequence[Mapping[str, Any]]]


class IssuerKeys:
    """Finds keys by their id. Fetching blocks a thread of its own and no loop; all who wait share it."""

    def __init__(self, fetch: Fetch, *, algorithms: Sequence[str], clock: Clock) -> None:
        self._fetch = fetch
        self._algorithms = frozenset(algorithms)
        self._monotonic = clock.monotonic
        self._keys: Mapping[str, PyJWK] = {}
        self._read_at = 0.0
        self._tried_at: float | None = None
        self._under_way: Future[None] | None = None
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="issuer-keys")

    async def find(self, key_id: str) -> PyJWK:
        """Return the key of this id.

        Raises:
            CredentialsRefused: the issuer has no such key.
            Unavailable: it does not answer, and what is known of it is too old.
        """
        key = self._keys.get(key_id)
        if key is not None and self._monotonic() - self._read_at < FRESH:
            return key
        fetching = self._fetching()
        if fetching is not None:
            await asyncio.shield(asyncio.wrap_future(fetching))
        if not self._keys or self._monotonic() - self._read_at > STALE:
            raise Unavailable("Who issues the tokens does not answer. Try again.")
        key = self._keys.get(key_id)
        if key is None:
            raise CredentialsRefused("no such key of the issuer")
        return key

    async def check(self) -> None:
        """Return when keys are known that are not too old. Raises Unavailable."""
        fetching = self._fetching()
        if fetching is not None:
            await asyncio.shield(asyncio.wrap_future(fetching))
        if not self._keys or self._monotonic() - self._read_at > STALE:
            raise Unavailable("Who issues the tokens does not answer, or publishes no key that can be used.")

    def _fetching(self) -> "Future[None] | None":
        """Return the fetch that is under way, or begins now; None when it is not yet time for one."""
        with self._lock:
            if self._under_way is not None and not self._under_way.done():
                return self._under_way
            now, every = self._monotonic(), EVERY if self._keys else AT_FIRST
            if self._tried_at is not None and now - self._tried_at < every:
                return None
            self._tried_at = now
            self._under_way = self._thread.submit(self._refresh)
            return self._under_way

    def _refresh(self) -> None:
        try:
            published = self._fetch()
        except IssuerSilent as silent:
            log.warning("issuer_silent", reason=str(silent))
            return
        found = {key.key_id: key for said in published[:MOST] if (key := self._usable(said)) and key.key_id}
        if not found:
            log.warning("issuer_silent", reason="it publishes no key that can be used")
            return
        self._read_at = self._monotonic()
        self._keys = found

    def _usable(self, said: Mapping[str, Any]) -> PyJWK | None:
        """Return a key that signs as the settings allow; None for every other one."""
        if said.get("use", "sig") != "sig" or not isinstance(said.get("kid"), str):
            return None
        try:
            key = PyJWK(dict(said))
        except (PyJWTError, ValueError, TypeError):
            return None
        is_short = isinstance(key.key, RSAPublicKey) and key.key.key_size < LEAST_RSA_BITS
        is_public = "d" not in said and "k" not in said
        return key if key.algorithm_name in self._algorithms and is_public and not is_short else None
