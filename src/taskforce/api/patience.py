"""How long a request that could block does: `background`, `wait` and the Prefer header (RFC 7240)."""

import asyncio
import re
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.requests import Request

from taskforce.api.drain import Drain
from taskforce.application.jobs.schemas import JobView
from taskforce.core.jobs.requests import RequestUnderWay

T = TypeVar("T")

LONGEST = 60
SHORT = 10
"""Seconds that are waited for what is mostly quick."""
_WAIT = re.compile(r"wait=([0-9]{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How many seconds to wait for a result, None for as long as it takes; and what preference said so."""

    seconds: int | None = None
    applied: str | None = None

    @classmethod
    def of(cls, request: Request, *, background: bool) -> "Patience":
        """Return what the request asks for. An unreadable preference is ignored, as RFC 7240 wants."""
        if background:
            return cls(seconds=0)
        wishes = _wishes(request)
        if (wait := _wait(wishes)) is not None:
            return cls(seconds=wait, applied=f"wait={wait}")
        return cls(seconds=0, applied="respond-async") if "respond-async" in wishes else cls()

    @classmethod
    def for_news(cls, request: Request, *, wait: int | None) -> "Patience":
        """Return how long to wait for news: as the parameter says, else as the Prefer header does."""
        if wait is not None:
            return cls(seconds=wait)
        wished = _wait(_wishes(request))
        return cls(seconds=0) if wished is None else cls(seconds=wished, applied=f"wait={wished}")

    def at_most(self, seconds: int) -> "Patience":
        """Return it with an end, where the request names none."""
        return self if self.seconds is not None else Patience(seconds=seconds, applied=self.applied)

    def check(self, job: JobView) -> None:
        """Do not wait twice: who sent this before, and takes no other answer than the end, asks again later.

        Raises:
            RequestUnderWay: the job works on the same request, and has not come to an end.
        """
        if job.is_replayed and not job.is_settled and self.seconds is None:
            raise RequestUnderWay(job.id)

    async def wait(self, work: Coroutine[Any, Any, T], drain: Drain) -> T | None:
        """Return what the work gives, or None when it takes too long or the server stops. The job goes on."""
        task = asyncio.create_task(work)
        try:
            with drain.listen() as drained:
                ends: set[asyncio.Future[Any]] = {task, drained}
                await asyncio.wait(ends, timeout=self.seconds, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            task.cancel()


def _wishes(request: Request) -> list[str]:
    return [wish.strip().lower() for wish in ",".join(request.headers.getlist("prefer")).split(",")]


def _wait(wishes: Sequence[str]) -> int | None:
    found = (match for wish in wishes if (match := _WAIT.fullmatch(wish)))
    return next((min(LONGEST, int(match.group(1))) for match in found), None)
