"""The keys that open something now: who shows one, and whether it still does."""

import hmac
from datetime import timedelta

import structlog

from taskforce.application.access.recent import Recent
from taskforce.core.access.errors import CredentialsRefused, KeyNotFound
from taskforce.core.access.keys import id_in, key_digest
from taskforce.core.access.model import ApiKey, Identity, KeyStatus
from taskforce.core.access.ports import KeyStore, Pepper
from taskforce.core.clock import Clock
from taskforce.core.errors import TaskforceError

log = structlog.get_logger()

KEPT = 15.0
"""Seconds after which another process's revocation counts here."""
NOTED_EVERY = timedelta(minutes=1)
REFUSALS = {
    KeyStatus.EXPIRED: "The API key has expired. Ask an admin of its project for a new one.",
    KeyStatus.REVOKED: "The API key was revoked. Ask an admin of its project for a new one.",
}


class KeyRing:
    """Tells who shows a key."""

    def __init__(self, *, store: KeyStore, pepper: Pepper, clock: Clock) -> None:
        self._store = store
        self._pepper = pepper
        self._clock = clock
        self._keys: Recent[str, ApiKey] = Recent(store.find, clock=clock, seconds=KEPT)
        self._noted: dict[str, float] = {}

    async def identify(self, text: str) -> Identity:
        """Return who shows this text. Raises CredentialsRefused.

        That a key has ended is told to those alone who show all of it.
        """
        key_id = id_in(text)
        if key_id is None:
            raise CredentialsRefused("no key's text")
        try:
            key = await self._keys.get(key_id)
        except KeyNotFound:
            raise CredentialsRefused("no such key") from None
        if not hmac.compare_digest(key.digest, key_digest(text, self._pepper.get())):
            raise CredentialsRefused("another secret")
        status = key.status(self._clock.now())
        if status is not KeyStatus.ACTIVE:
            raise CredentialsRefused(status, REFUSALS[status])
        await self._note_use(key)
        return key.identity

    async def opens(self, key_id: str) -> bool:
        """Tell whether a key that was shown before still opens anything."""
        try:
            key = await self._keys.get(key_id)
        except KeyNotFound:
            return False
        return key.status(self._clock.now()) is KeyStatus.ACTIVE

    def forget(self, key_id: str) -> None:
        """Look at the key again, for it has changed."""
        self._keys.forget(key_id)

    async def _note_use(self, key: ApiKey) -> None:
        """Write the key's use, at most once a minute. That it cannot be written keeps nobody out."""
        passed = self._clock.monotonic()
        if passed < self._noted.get(key.id, 0.0):
            return
        self._noted[key.id] = passed + NOTED_EVERY.total_seconds()
        try:
            await self._store.touch(key.id, at=self._clock.now())
        except TaskforceError as error:
            log.warning("key_use_not_noted", key=key.id, reason=error.message)
