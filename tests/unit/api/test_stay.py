"""For how long a client may watch: until its token ends, or its key is found revoked."""

import asyncio
from datetime import timedelta

from taskforce.api.drain import Drain
from taskforce.api.stay import Stay
from taskforce.api.stream import EventStream
from taskforce.api.wire import chunks_of_views
from taskforce.core.principals import Credential, Principal, local_principal
from taskforce.infrastructure.system.clock import SystemClock
from tests.unit.api.test_stream import Client, Log, told

CLOCK = SystemClock()


class Standing:
    """Whether a principal may still be there, as the gate would tell."""

    def __init__(self) -> None:
        self.is_revoked = False

    async def __call__(self, principal: Principal) -> bool:
        is_over = principal.expires_at is not None and principal.expires_at <= CLOCK.now()
        return not self.is_revoked and not is_over


def a_guest(**fields: object) -> Principal:
    return Principal(name="key:abcdefgh", credential=Credential.KEY, **fields)  # type: ignore[arg-type]


async def watched(principal: Principal, standing: Standing, *, log: Log | None = None) -> Client:
    client = Client()
    stream = EventStream(
        chunks_of_views((log or Log([told(1)])).read()),
        drain=Drain(),
        clock=CLOCK,
        stay=Stay(principal, stands=standing, clock=CLOCK),
        ping_every=0.02,
    )
    scope = {"type": "http", "path": "/events"}
    await asyncio.wait_for(stream(scope, client.receive, client.send), timeout=5)
    return client


async def test_a_stream_ends_with_reauth_when_the_credential_expires() -> None:
    soon = CLOCK.now() + timedelta(milliseconds=80)
    log = Log([told(1)])
    client = await watched(a_guest(expires_at=soon), Standing(), log=log)
    assert CLOCK.now() >= soon
    assert client.chunks[-1].startswith(b"event: reauth\n")
    assert b"id:" not in client.chunks[-1]
    assert client.is_ended
    assert log.is_closed


async def test_a_stream_ends_with_reauth_when_the_key_is_revoked() -> None:
    standing = Standing()
    watching = asyncio.create_task(watched(a_guest(), standing))
    await asyncio.sleep(0.05)
    standing.is_revoked = True
    client = await watching
    assert client.chunks[-1].startswith(b"event: reauth\n")


async def test_a_log_that_ends_is_ended_as_always() -> None:
    client = await watched(a_guest(), Standing(), log=Log([told(1)], ends=True))
    assert client.chunks[-1] == b""


async def test_waiting_for_the_end_takes_no_longer_than_the_credential() -> None:
    stay = Stay(a_guest(expires_at=CLOCK.now() + timedelta(milliseconds=50)), stands=Standing(), clock=CLOCK)
    assert not stay.is_endless
    await asyncio.wait_for(stay.end(), timeout=5)
    assert stay.seconds == 0


def test_whoever_sits_here_stays() -> None:
    stay = Stay(local_principal(), stands=Standing(), clock=CLOCK)
    assert stay.is_endless
    assert stay.seconds == float("inf")
