"""The issuer's keys: fetched seldom and by one, kept while it is silent, and only those that fit."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_ec_key

from taskforce.core.access.errors import CredentialsRefused
from taskforce.core.errors import Unavailable
from taskforce.infrastructure.identity.issuer_keys import IssuerKeys
from taskforce.infrastructure.system.clock import SetClock
from tests.integration.identity.issuer import Issuer, an_rsa_key, good, published


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


def known(issuer: Issuer, clock: SetClock) -> IssuerKeys:
    return IssuerKeys(issuer.fetch, algorithms=("RS256", "ES256"), clock=clock)


async def test_keys_are_fetched_once_in_ten_minutes(clock: SetClock) -> None:
    issuer = Issuer()
    keys = known(issuer, clock)
    for _ in range(10):
        await keys.find("rsa")
        await keys.find("ec")
    assert issuer.asked == 1
    clock.pass_(seconds=601)
    await keys.find("rsa")
    assert issuer.asked == 2


async def test_a_thousand_unknown_keys_are_one_fetch_a_minute(clock: SetClock) -> None:
    issuer = Issuer()
    keys = known(issuer, clock)
    await keys.find("rsa")
    for minute in range(3):
        clock.pass_(seconds=61)
        for number in range(300):
            with pytest.raises(CredentialsRefused):
                await keys.find(f"made up {number}")
        assert issuer.asked == 2 + minute


async def test_a_new_key_is_found_within_a_minute_and_the_old_one_goes(clock: SetClock) -> None:
    issuer = Issuer()
    tokens = issuer.tokens(clock)
    old = issuer.sign()
    await tokens.read(old)
    issuer.keys = [published(an_rsa_key(), "another")]
    clock.pass_(seconds=61)
    with pytest.raises(CredentialsRefused):
        await tokens.read(issuer.signed(good(), headers={"kid": "made up"}))
    with pytest.raises(CredentialsRefused):
        await tokens.read(old)


async def test_while_the_issuer_is_silent_its_keys_count_for_a_day(clock: SetClock) -> None:
    issuer = Issuer()
    keys = known(issuer, clock)
    await keys.find("rsa")
    issuer.is_silent = True
    clock.pass_(seconds=601)
    for _ in range(100):
        await keys.find("rsa")
    assert issuer.asked == 2, "it is not asked again within the minute"
    clock.pass_(seconds=86_400 - 700)
    await keys.find("rsa")
    clock.pass_(seconds=200)
    with pytest.raises(Unavailable):
        await keys.find("rsa")
    issuer.is_silent = False
    clock.pass_(seconds=61)
    await keys.find("rsa")


async def test_an_issuer_that_was_never_there_is_unavailable_and_asked_again_soon(clock: SetClock) -> None:
    issuer = Issuer(is_silent=True)
    keys = known(issuer, clock)
    for _ in range(5):
        with pytest.raises(Unavailable):
            await keys.find("rsa")
    assert issuer.asked == 1
    issuer.is_silent = False
    clock.pass_(seconds=3)
    await keys.find("rsa")


async def test_a_hundred_who_wait_share_one_fetch(clock: SetClock) -> None:
    issuer = Issuer()

    def slow() -> Sequence[Mapping[str, Any]]:
        time.sleep(0.1)
        return issuer.fetch()

    keys = IssuerKeys(slow, algorithms=("RS256",), clock=clock)
    waiting = [asyncio.create_task(keys.find("rsa")) for _ in range(100)]
    waiting[0].cancel()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError), "who leaves does not take the others along"
    assert {type(one).__name__ for one in found[1:]} == {"PyJWK"}
    assert issuer.asked == 1


@pytest.mark.parametrize(
    "said",
    [
        published(an_rsa_key(), "it", use="enc"),
        published(an_rsa_key(), "it", alg="RS512"),
        published(an_rsa_key(), "it", d="AQAB"),
        published(an_rsa_key(1024), "it"),
        published(new_ec_key(SECP384R1()), "it"),
        {"kty": "oct", "k": "c2VjcmV0", "kid": "it", "alg": "HS256"},
        {"kty": "RSA", "kid": "it"},
        {"kty": "RSA", "n": 7, "e": None, "kid": "it"},
        {"kid": "it"},
        {**published(an_rsa_key(), "it"), "kid": None},
    ],
)
async def test_a_key_that_does_not_fit_is_none(said: dict[str, Any], clock: SetClock) -> None:
    issuer = Issuer()
    issuer.keys.append(said)
    keys = known(issuer, clock)
    await keys.find("rsa")
    with pytest.raises(CredentialsRefused):
        await keys.find("it")


async def test_an_issuer_without_a_fitting_key_is_as_good_as_silent(clock: SetClock) -> None:
    issuer = Issuer()
    keys = known(issuer, clock)
    await keys.find("rsa")
    issuer.keys = []
    clock.pass_(seconds=601)
    await keys.find("rsa")
