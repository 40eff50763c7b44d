"""Where requests are counted: in the process, or in the Redis that the settings name."""

import re

from pydantic import SecretStr

from taskforce.core.clock import Clock
from taskforce.core.limits import RateLimiter
from taskforce.infrastructure.limits.memory import MemoryRateLimiter
from taskforce.settings import SettingsInvalid

ADDRESS = re.compile(r"(rediss?|redis\+unix)://.+")


def limiter_at(url: SecretStr | None, clock: Clock) -> RateLimiter:
    """Return what counts. Raises SettingsInvalid for an address of no Redis, or when the extra is missing."""
    here = MemoryRateLimiter(clock)
    if url is None:
        return here
    if not ADDRESS.fullmatch(url.get_secret_value()):
        raise SettingsInvalid("rate_limit_url must begin with redis://, rediss:// or redis+unix://.")
    try:
        from taskforce.infrastructure.limits.redis import RedisRateLimiter  # noqa: PLC0415 - the extra redis
    except ImportError as missing:
        raise SettingsInvalid(
            "rate_limit_url is set, and Redis' client is not installed. Run: pip install 'taskforce[redis]'"
        ) from missing
    return RedisRateLimiter(url.get_secret_value(), spare=here, clock=clock)
