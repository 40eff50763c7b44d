"""Where requests are counted is said by a setting, and an extra that is missing is named."""

import sys

import pytest
from pydantic import SecretStr

from taskforce.infrastructure.limits.limiters import limiter_at
from taskforce.infrastructure.limits.memory import MemoryRateLimiter
from taskforce.infrastructure.system.clock import SetClock
from taskforce.settings import Settings, SettingsInvalid

REDIS = SecretStr("redis://:hidden@127.0.0.1:6379/0")


def test_without_a_url_the_process_counts() -> None:
    assert isinstance(limiter_at(None, SetClock()), MemoryRateLimiter)


def test_with_one_redis_counts_and_is_not_asked_before_it_must() -> None:
    assert type(limiter_at(REDIS, SetClock())).__name__ == "RedisRateLimiter"


def test_a_client_that_is_not_installed_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "taskforce.infrastructure.limits.redis", None)
    with pytest.raises(SettingsInvalid, match=r"pip install 'taskforce\[redis\]'"):
        limiter_at(REDIS, SetClock())


@pytest.mark.parametrize("url", ["http://127.0.0.1", "127.0.0.1:6379", "redis:", "memcached://x"])
def test_an_address_that_is_no_redis_is_refused(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="redis://"):
        limiter_at(SecretStr(url), SetClock())


def test_the_password_in_the_address_is_not_shown() -> None:
    assert "hidden" not in repr(Settings(rate_limit_url=REDIS))
