"""Limits at the door: the requests of a principal, the failed authentications of a peer."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from math import ceil

from starlette.types import Scope

from taskforce.api.doors import Doors
from taskforce.core.limits import Quota, Standing, TooManyFailures, TooManyRequests
from taskforce.core.principals import Principal

MINUTE = 60
FAILURES = Quota(name="peer", limit=30, seconds=MINUTE)
"""Failed authentications of one peer. Who has valid credentials is let in whatever others behind it do."""
PEERS = 1_024
NETWORK = 64
"""Bits of an IPv6 address that a subscriber is given: all addresses within are one peer."""


async def count_request(doors: Doors, scope: Scope, who: Principal) -> None:
    """Count a request of a principal. Raises TooManyRequests."""
    limit = doors.settings.rate_limit
    if limit == 0:
        return
    standing = await doors.container.rate_limiter().hit(_user(limit), who.name)
    scope["state"]["standing"] = standing
    if standing.is_over:
        raise TooManyRequests(standing)


async def count_failure(doors: Doors, scope: Scope) -> None:
    """Count a request without valid credentials. Raises TooManyFailures."""
    standing = await doors.container.rate_limiter().hit(FAILURES, peer_of(scope))
    if standing.is_over:
        raise TooManyFailures(standing)


def quota_headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Return how the principal stands (draft-ietf-httpapi-ratelimit-headers-11), if one was admitted."""
    standing: Standing | None = scope["state"].get("standing")
    if standing is None:
        return []
    quota = standing.quota
    rest = f'"{quota.name}";r={standing.remaining};t={ceil(standing.reset)}'
    return [(b"ratelimit-policy", _policy(quota)), (b"ratelimit", rest.encode())]


def peer_of(scope: Scope) -> str:
    """Return the address that a request comes from, or the network that it is one of."""
    address, _ = scope.get("client") or ("", 0)
    return _peer(address)


@lru_cache(maxsize=8)
def _user(limit: int) -> Quota:
    return Quota(name="user", limit=limit, seconds=MINUTE)


@lru_cache(maxsize=8)
def _policy(quota: Quota) -> bytes:
    return f'"{quota.name}";q={quota.limit};w={quota.seconds}'.encode()


@lru_cache(maxsize=PEERS)
def _peer(address: str) -> str:
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if not isinstance(read, IPv6Address):
        return address
    if read.ipv4_mapped is not None:
        return str(read.ipv4_mapped)
    return f"{IPv6Address(int(read) >> NETWORK << NETWORK)}/{NETWORK}"
