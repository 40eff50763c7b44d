"""Readiness: whether everything that jobs need answers now."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Literal

import structlog

from taskforce.application.jobs.schemas import View
from taskforce.core.errors import TaskforceError
from taskforce.core.shapes import Prose, shape

log = structlog.get_logger()

PATIENCE = 2.0
"""Seconds that each check may take."""

Check = Callable[[], Awaitable[None]]


class CheckView(View):
    """What became of a check."""

    name: Annotated[str, shape(maxLength=64)]
    status: Literal["ok", "failed"]
    detail: Prose = ""


class Readiness:
    """Asks what jobs need, all at once. A check returns when all is well, and raises when not."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks

    async def check(self) -> list[CheckView]:
        """Tell whether the service can take work."""
        return list(await asyncio.gather(*(_made(name, check) for name, check in self._checks.items())))


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
