"""Limits at the door: whom failures count for, what is told, how many streams are kept open."""

from pathlib import Path
from typing import Any

import pytest

from taskforce.api.doors import Doors
from taskforce.api.limits import FAILURES, count_failure, count_request, peer_of, quota_headers
from taskforce.api.slots import StreamSlots
from taskforce.application.factory import open_container
from taskforce.core.limits import StreamsTaken, TooManyFailures, TooManyRequests, TooManyStreams
from taskforce.core.principals import Principal
from taskforce.settings import Settings

ADA = Principal(name="ada")


def a_scope(address: str = "192.0.2.7") -> dict[str, Any]:
    return {"type": "http", "client": (address, 50_000), "state": {}}


def doors(home: Path, **settings: Any) -> Doors:  # noqa: ANN401 - any setting
    return Doors(open_container(Settings(home=home, **settings)))


async def test_a_principal_is_told_how_it_stands_and_refused_beyond_its_quota(tmp_path: Path) -> None:
    ours, scope = doors(tmp_path, rate_limit=2), a_scope()
    told = []
    for _ in range(2):
        await count_request(ours, scope, ADA)
        told.append(dict(quota_headers(scope)))
    assert [headers[b"ratelimit-policy"] for headers in told] == [b'"user";q=2;w=60'] * 2
    assert told[0][b"ratelimit"] == b'"user";r=1;t=60'
    with pytest.raises(TooManyRequests) as over:
        await count_request(ours, scope, ADA)
    assert over.value.details == {"policy": "user", "limit": 2, "window_seconds": 60}
    assert 0 < over.value.retry_after.total_seconds() <= 60
    assert dict(quota_headers(scope))[b"ratelimit"].startswith(b'"user";r=0;t=')
    await count_request(ours, a_scope(), Principal(name="bob"))


async def test_without_a_limit_nothing_is_counted_or_told(tmp_path: Path) -> None:
    ours, scope = doors(tmp_path, rate_limit=0), a_scope()
    for _ in range(3):
        await count_request(ours, scope, ADA)
    assert quota_headers(scope) == []


async def test_failures_count_for_the_peer_and_not_for_others(tmp_path: Path) -> None:
    ours = doors(tmp_path, rate_limit=0)
    for _ in range(FAILURES.limit):
        await count_failure(ours, a_scope())
    with pytest.raises(TooManyFailures) as over:
        await count_failure(ours, a_scope())
    assert over.value.retry_after.total_seconds() > 0
    await count_failure(ours, a_scope("192.0.2.8"))


@pytest.mark.parametrize(
    ("address", "peer"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_the_addresses_of_one_subscriber_are_one_peer(address: str, peer: str) -> None:
    assert peer_of(a_scope(address)) == peer


def test_a_request_without_a_peer_has_a_name_too() -> None:
    assert peer_of({"type": "http", "client": None}) == ""


def test_slots_are_counted_by_principal_and_in_all_and_given_back() -> None:
    slots = StreamSlots()
    with slots.hold("ada", most=1, most_in_all=2):
        with pytest.raises(TooManyStreams), slots.hold("ada", most=1, most_in_all=2):
            raise AssertionError("the second was let in")
        with slots.hold("bob", most=1, most_in_all=2):
            assert slots.taken == 2
            with pytest.raises(StreamsTaken), slots.hold("cleo", most=1, most_in_all=2):
                raise AssertionError("the third was let in")
    assert slots.taken == 0
    with pytest.raises(RuntimeError), slots.hold("ada", most=1, most_in_all=2):
        raise RuntimeError
    assert slots.taken == 0
