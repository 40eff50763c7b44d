"""What a worker does again and again."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeAlias

import structlog

from taskforce.core.errors import Unavailable

log = structlog.get_logger()

Chore: TypeAlias = Callable[[], Coroutine[Any, Any, None]]

POLL = timedelta(milliseconds=250)
SWEEP = timedelta(seconds=1)


def _never() -> bool:
    return False


async def repeated(duty: Chore, *, is_over: Callable[[], bool] = _never) -> None:
    """Do a duty until it is over, or for ever; what goes wrong once is told and tried again."""
    while not is_over():
        try:
            await duty()
        except Unavailable as error:
            log.warning("duty_put_off", duty=duty.__qualname__, reason=error.message)
            await asyncio.sleep(SWEEP.total_seconds())
        except Exception as error:
            log.exception("duty_failed", duty=duty.__qualname__, reason=str(error))
            await asyncio.sleep(SWEEP.total_seconds())


async def at_news(news: asyncio.Event) -> None:
    """Wait for news, and no longer than it takes to look without any."""
    with suppress(TimeoutError):
        async with asyncio.timeout(POLL.total_seconds()):
            await news.wait()
    news.clear()
