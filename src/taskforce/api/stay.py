"""For how long a principal may watch: until its token or key ends, or the key is revoked."""

import asyncio
import math
from collections.abc import Awaitable, Callable

from taskforce.core.clock import Clock
from taskforce.core.principals import Credential, Principal

LOOK_EVERY = 15.0
"""Seconds between two looks at whether a key was revoked."""


class Stay:
    """Tells whether a principal that was let in may still be there."""

    def __init__(
        self, principal: Principal, *, stands: Callable[[Principal], Awaitable[bool]], clock: Clock
    ) -> None:
        self._principal = principal
        self._stands = stands
        self._clock = clock

    @property
    def is_endless(self) -> bool:
        """Tell whether nothing can end it: nothing was asked of the principal."""
        return self._principal.credential is Credential.NONE

    @property
    def seconds(self) -> float:
        """Return how long it may be there at most, as far as that is known now."""
        end = self._principal.expires_at
        return math.inf if end is None else max(0.0, (end - self._clock.now()).total_seconds())

    async def lasts(self) -> bool:
        """Tell whether it may still be there."""
        return await self._stands(self._principal)

    async def end(self) -> None:
        """Return when it may be there no more."""
        while await self.lasts():  # noqa: ASYNC110 - nobody tells: it ends by the clock, or elsewhere
            await asyncio.sleep(min(LOOK_EVERY, self.seconds))
