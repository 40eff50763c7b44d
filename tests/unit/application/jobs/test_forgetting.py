"""Old requests are forgotten batch by batch, as a duty that is done again and again."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from taskforce.application.jobs.forgetting import BATCH, Forgetting
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.requests import RequestKey
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.jobs.memory_requests import MemoryRequestLog
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import NOON

DAY = timedelta(hours=24)
KEY = RequestKey(project=DEFAULT_PROJECT, principal="local", use_case="missions.execute", key="k")


def remembering(count: int) -> MemoryRequestLog:
    requests = MemoryRequestLog()
    for number in range(count):
        request = replace(KEY, key=str(number))
        requests.remember(RememberRequest(request=request, fingerprint="", made="", at=NOON))
    return requests


async def test_a_request_is_remembered_for_as_long_as_is_said_and_not_longer() -> None:
    clock = SetClock(NOON)
    requests = remembering(BATCH * 2 + 1)
    forgetting = Forgetting(log=requests, clock=clock, kept=DAY)
    clock.pass_(seconds=DAY.total_seconds())
    assert await forgetting.forget() == 0
    clock.pass_(seconds=1)
    assert await forgetting.forget() == BATCH * 2 + 1
    assert await requests.find(replace(KEY, key="0")) is None


async def test_the_duty_waits_before_it_forgets() -> None:
    requests = remembering(1)
    clock = SetClock(NOON + 2 * DAY)
    slow = Forgetting(log=requests, clock=clock, kept=DAY)
    with suppress(TimeoutError):
        async with asyncio.timeout(0.01):
            await slow.keep()
    assert await requests.find(replace(KEY, key="0")) is not None
    await Forgetting(log=requests, clock=clock, kept=DAY, every=timedelta(0)).keep()
    assert await requests.find(replace(KEY, key="0")) is None
