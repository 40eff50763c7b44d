"""Where requests are counted: in the process, or in the Redis that the settings name."""

from pydantic import SecretStr

from taskforce.core.clock import Clock
from taskforce.core.limits import RateLimiter
from taskforce.infrastructure.limits.memory import MemoryRateLimiter
from taskforce.settings import SettingsInvalid


def limiter_at(url: SecretStr | None, clock: Clock) -> RateLimiter:
    """Return what counts. Raises SettingsInvalid when it needs the extra and that is not installed."""
    here = MemoryRateLimiter(clock)
    if url is None:
        return here
    try:
        from taskforce.infrastructure.limits.redis import RedisRateLimiter  # noqa: PLC0415 - the extra redis
    except ImportError as missing:
        raise SettingsInvalid(
            "rate_limit_url is set, and Redis' client is not installed. Run: pip install 'taskforce[redis]'"
        ) from missing
    return RedisRateLimiter(url.get_secret_value(), spare=here, clock=clock)
