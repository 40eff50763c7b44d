"""Requests under a key: however often one is made, it makes one thing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeAlias, TypeVar

from pydantic import Field

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import Request
from taskforce.core.clock import Clock
from taskforce.core.documents import digest
from taskforce.core.errors import Conflict
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.ports import RequestLog
from taskforce.core.jobs.requests import KeyReused, RequestKey
from taskforce.core.principals import Principal

T = TypeVar("T")
Note: TypeAlias = Callable[[str], tuple[RememberRequest, ...]]
"""Says what is to be written beside the thing that is made, by that thing's id."""


IdempotencyKey: TypeAlias = Annotated[str, Field(pattern=r"^[!#-~]{1,255}$")]


class GivenKey(Request):
    """A key that came with a request: 1 to 255 visible ASCII characters, none of them a double quote."""

    idempotency_key: IdempotencyKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """A request, known again by its key, and by its fingerprint as the same."""

    request: RequestKey
    fingerprint: str

    @classmethod
    def of(cls, use_case: str, principal: Principal, request: Request, key: str | None) -> "Keyed | None":
        """Return the request under its key; None when it has none. Raises Invalid for a key that is none."""
        if key is None:
            return None
        place = RequestKey(
            project=principal.project,
            principal=principal.name,
            use_case=use_case,
            key=checked(GivenKey, idempotency_key=key).idempotency_key,
        )
        # Without the defaults: saying one makes no other request, and neither does a field that comes later.
        asked = request.model_dump(mode="json", exclude_defaults=True)
        return cls(request=place, fingerprint=digest([use_case, asked]))


class Once:
    """Lets a request under a key make something the first time, and find it every other time."""

    def __init__(self, *, log: RequestLog, clock: Clock) -> None:
        self._log = log
        self._clock = clock

    async def do(
        self,
        keyed: Keyed | None,
        *,
        make: Callable[[Note], Awaitable[T]],
        again: Callable[[str], Awaitable[T]],
    ) -> T:
        """Return what `make` makes, or what `again` finds of what was made before. Raises KeyReused."""
        if keyed is None:
            return await make(_nothing)
        made = await self._made(keyed)
        if made is None:
            try:
                return await make(lambda made: (self._change(keyed, made),))
            except Conflict:  # maybe with the same request, at this moment
                made = await self._made(keyed)
                if made is None:
                    raise
        return await again(made)

    async def _made(self, keyed: Keyed) -> str | None:
        found = await self._log.find(keyed.request)
        if found is None:
            return None
        if found.fingerprint != keyed.fingerprint:
            raise KeyReused
        return found.made

    def _change(self, keyed: Keyed, made: str) -> RememberRequest:
        return RememberRequest(
            request=keyed.request, fingerprint=keyed.fingerprint, made=made, at=self._clock.now()
        )


def _nothing(_: str) -> tuple[RememberRequest, ...]:
    return ()
