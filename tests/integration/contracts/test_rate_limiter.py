"""The rate limiter counts by quota and by who asks, and says when more goes; here or in Redis."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import sleep

import pytest

from taskforce.core.limits import Quota, RateLimiter
from taskforce.infrastructure.limits.memory import MemoryRateLimiter
from taskforce.infrastructure.limits.redis import AWAY, RedisRateLimiter
from taskforce.infrastructure.system.clock import SetClock, SystemClock
from tests.services.redis_server import RedisServer, redis_server

THREE = Quota(name="user", limit=3, seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A limiter, and how time passes for it."""

    limiter: RateLimiter
    let_pass: Callable[[float], object]


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture(params=["memory", "redis"])
def counted(request: pytest.FixtureRequest) -> Counted:
    if request.param == "memory":
        clock = SetClock()
        return Counted(
            limiter=MemoryRateLimiter(clock), let_pass=lambda seconds: clock.pass_(seconds=seconds)
        )
    server: RedisServer = request.getfixturevalue("redis")
    spare = MemoryRateLimiter(SystemClock())
    return Counted(limiter=RedisRateLimiter(server.url, spare=spare, clock=SystemClock()), let_pass=sleep)


async def hits(limiter: RateLimiter, count: int, *, quota: Quota = THREE, who: str) -> list[bool]:
    return [(await limiter.hit(quota, who)).is_over for _ in range(count)]


async def test_the_limit_goes_and_one_more_does_not(counted: Counted) -> None:
    standings = [await counted.limiter.hit(THREE, "ada") for _ in range(4)]
    assert [standing.remaining for standing in standings] == [2, 1, 0, 0]
    assert [standing.is_over for standing in standings] == [False, False, False, True]
    assert all(0 < standing.reset <= THREE.seconds for standing in standings)


async def test_each_counts_alone_and_under_each_quota(counted: Counted) -> None:
    assert await hits(counted.limiter, 4, who="bob") == [False, False, False, True]
    assert await hits(counted.limiter, 1, who="bert") == [False]
    assert await hits(counted.limiter, 1, quota=replace(THREE, name="peer"), who="bob") == [False]


async def test_who_waits_as_long_as_told_goes_on(counted: Counted) -> None:
    await hits(counted.limiter, 3, who="cleo")
    over = await counted.limiter.hit(THREE, "cleo")
    assert over.is_over
    counted.let_pass(over.reset + 0.02)
    assert not (await counted.limiter.hit(THREE, "cleo")).is_over


async def test_after_two_quiet_windows_all_is_left(counted: Counted) -> None:
    await hits(counted.limiter, 4, who="dora")
    counted.let_pass(2.05)
    assert (await counted.limiter.hit(THREE, "dora")).remaining == 2


async def test_a_burst_across_two_windows_is_held_to_the_limit(counted: Counted) -> None:
    await hits(counted.limiter, 1, who="eve")
    counted.let_pass(0.8)
    await hits(counted.limiter, 2, who="eve")
    counted.let_pass(0.3)
    assert (await hits(counted.limiter, 3, who="eve")).count(False) == 1


def test_of_many_at_once_on_many_loops_no_more_go_than_the_limit(counted: Counted) -> None:
    quota = replace(THREE, limit=20, seconds=30)

    def ask(_: int) -> bool:
        return asyncio.run(counted.limiter.hit(quota, "many")).is_over

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(40))).count(False) == 20


async def test_two_processes_count_together_in_redis(redis: RedisServer) -> None:
    clock = SystemClock()
    first, second = (
        RedisRateLimiter(redis.url, spare=MemoryRateLimiter(clock), clock=clock) for _ in range(2)
    )
    quota = replace(THREE, seconds=30)
    assert await hits(first, 2, quota=quota, who="shared") == [False, False]
    assert await hits(second, 2, quota=quota, who="shared") == [False, True]


async def test_while_redis_is_away_the_process_counts_by_itself_and_comes_back() -> None:
    clock = SetClock()
    quota = replace(THREE, seconds=60)
    with redis_server() as server:
        limiter = RedisRateLimiter(server.url, spare=MemoryRateLimiter(clock), clock=clock)
        assert await hits(limiter, 2, quota=quota, who="ada") == [False, False]
    assert await hits(limiter, 4, quota=quota, who="ada") == [False, False, False, True]
    with redis_server(port=server.port):
        assert await hits(limiter, 1, quota=quota, who="ada") == [True]
        clock.pass_(seconds=AWAY)
        assert await hits(limiter, 4, quota=quota, who="ada") == [False, False, False, True]


async def test_who_asked_longest_ago_is_forgotten_first() -> None:
    limiter = MemoryRateLimiter(SetClock(), known=2)
    for who in ("ada", "bob", "ada", "cleo"):
        await limiter.hit(THREE, who)
    assert (await limiter.hit(THREE, "ada")).remaining == 0
    assert (await limiter.hit(THREE, "bob")).remaining == 2
