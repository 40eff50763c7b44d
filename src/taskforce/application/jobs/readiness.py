"""Readiness: whether everything that jobs need answers now."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextvars import Context
from typing import Annotated, Literal

import structlog

from taskforce.application.jobs.schemas import View
from taskforce.core.clock import Clock
from taskforce.core.errors import TaskforceError
from taskforce.core.shapes import Prose, shape

log = structlog.get_logger()

PATIENCE = 2.0
"""Seconds that each check may take."""
FRESH = 1.0
"""Seconds for which what was seen is told again."""

Check = Callable[[], Awaitable[None]]


class CheckView(View):
    """What became of a check."""

    name: Annotated[str, shape(maxLength=64)]
    status: Literal["ok", "failed"]
    detail: Prose = ""


class Readiness:
    """Asks what jobs need, all at once. A check returns when all is well, and raises when not.

    Who asks within a second is told the same, and who asks meanwhile waits for the same look: many who ask
    cost no more than one. Usable on any event loop.
    """

    def __init__(self, checks: Mapping[str, Check], *, clock: Clock) -> None:
        self._checks = checks
        self._clock = clock
        self._seen: tuple[float, list[CheckView]] | None = None
        self._looking: dict[asyncio.AbstractEventLoop, asyncio.Task[list[CheckView]]] = {}

    async def check(self) -> list[CheckView]:
        """Tell whether the service can take work."""
        seen = self._seen
        if seen is not None and self._clock.monotonic() - seen[0] < FRESH:
            return seen[1]
        loop = asyncio.get_running_loop()
        looking = self._looking.get(loop)
        if looking is None:
            looking = self._looking[loop] = loop.create_task(self._look(), context=Context())
            looking.add_done_callback(lambda _: self._looking.pop(loop, None))
        return await asyncio.shield(looking)

    async def _look(self) -> list[CheckView]:
        checks = list(await asyncio.gather(*(_made(name, check) for name, check in self._checks.items())))
        self._seen = self._clock.monotonic(), checks
        return checks


async def _made(name: str, check: Check) -> CheckView:
    try:
        async with asyncio.timeout(PATIENCE):
            await check()
    except TimeoutError:
        return CheckView(name=name, status="failed", detail=f"no answer within {PATIENCE:g} s")
    except TaskforceError as error:
        return CheckView(name=name, status="failed", detail=error.message)
    except Exception:
        log.exception("check_failed", check=name)
        return CheckView(name=name, status="failed", detail="an unexpected error; the log has it")
    return CheckView(name=name, status="ok")
