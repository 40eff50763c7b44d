from collections.abc import Sequence

import pytest

from taskforce.infrastructure.network.addresses import AddressRules
from taskforce.infrastructure.network.destinations import (
    DestinationRefused,
    Destinations,
    NotResolved,
    checked,
    parsed,
)
from tests.integration.network.web import LOOPBACK, pointing

PUBLIC = pointing("93.184.215.14")


ASTRAY = (
    "ftp://site.test/", "file:///etc/passwd", "gopher://site.test/", "//site.test/", "site.test", "",
    "http:///x", "http:x", "http:\\\\site.test/", "http://site.test\\@localhost/",
    "http://user@site.test/", "http://user:word@site.test/", "http://localhost\\@site.test/",
    "http://site.test:22/", "http://site.test:25/", "http://site.test:0/", "http://site.test:6000/",
    "http://site.test:99999/", "http://site.test:-1/", "http://site.test:x/",
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://127.1/", "http://0177.0.0.1/",
    "http://017700000001/", "http://127.0.0.01/", "http://127.0.0.1.0/", "http://256.1.1.1/", "http://0/",
    "http://127.0.0.1/", "http://127.0.0.1./", "http://0.0.0.0/", "http://169.254.169.254/latest/",
    "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[0:0:0:0:0:ffff:7f00:1]/",
    "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[fd00:ec2::254]/", "http://[::1%251]/",
    "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[::1/", "http://::1/",
    "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/", "http://\uff11\uff12\uff17.0.0.1/", "http://ⓛocalhost/",
    "http://localhost/", "http://LOCALHOST/", "http://localhost./", "http://a.localhost/", "http://router/",
    "http://printer.local/", "http://metadata.google.internal/", "http://x.home.arpa/",
    "http://metadata.google.internal./", "http://%6c%6f%63alhost/", "http://127.0.0.1%00.site.test/",
    "http://site..test/", "http://-site.test/", "http://si te.test/", "http://site.test%2f@x/",
    "http://site\t.test/", "http://site.test\r\nHost:x/", f"http://{'a' * 64}.test/",
    f"http://{'a.' * 200}test/", f"http://site.test/{'a' * 8_000}",
)  # fmt: skip


@pytest.mark.parametrize("url", ASTRAY)
async def test_a_url_that_leads_astray_is_refused(url: str) -> None:
    with pytest.raises(DestinationRefused):
        await Destinations(resolve=PUBLIC).find(parsed(url))


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://site.test/a?b=c", "site.test"),
        ("HTTPS://Site.Test./", "site.test"),
        ("https://site.test:8443/", "site.test"),
        ("http://8.8.8.8/", "8.8.8.8"),
        ("http://[2606:4700::1111]/", "2606:4700::1111"),
        ("http://bücher.test/", "xn--bcher-kva.test"),
        ("http://a_b.site.test/", "a_b.site.test"),
    ],
)
async def test_a_public_url_is_found(url: str, host: str) -> None:
    assert (await Destinations(resolve=PUBLIC).find(parsed(url))).name == host


async def test_one_private_address_among_public_ones_is_one_too_many() -> None:
    with pytest.raises(DestinationRefused, match="not on the public internet") as refused:
        await Destinations(resolve=pointing("93.184.215.14", "10.0.0.7")).find(parsed("http://site.test/"))
    assert "10.0.0.7" not in str(refused.value)


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "fe80::1%2"])
async def test_a_name_that_leads_to_a_private_address_is_refused(address: str) -> None:
    with pytest.raises(DestinationRefused):
        await Destinations(resolve=pointing(address)).find(parsed("http://site.test/"))


async def test_a_name_is_resolved_once() -> None:
    asked: list[str] = []

    async def changing(name: str, _: int) -> Sequence[str]:
        asked.append(name)
        return ["93.184.215.14"] if len(asked) == 1 else ["127.0.0.1"]

    found = await Destinations(resolve=changing).find(parsed("http://site.test/"))
    assert (asked, [str(address) for address in found.addresses]) == (["site.test"], ["93.184.215.14"])


async def test_local_names_count_where_a_private_network_may_be_reached() -> None:
    destinations = Destinations(rules=LOOPBACK, resolve=pointing("127.0.0.1"))
    assert (await destinations.find(parsed("http://localhost:8080/"))).name == "localhost"
    with pytest.raises(DestinationRefused):
        await Destinations(rules=LOOPBACK, resolve=pointing("10.0.0.1")).find(parsed("http://localhost/"))


async def test_a_name_without_an_address_is_told() -> None:
    async def unknown(*_: object) -> Sequence[str]:
        raise OSError

    for resolve in (unknown, pointing(), pointing("no address")):
        with pytest.raises(NotResolved, match=r"site\.test has no address"):
            await Destinations(rules=AddressRules(), resolve=resolve).find(parsed("http://site.test/"))


async def test_the_systems_resolver_knows_localhost() -> None:
    found = await Destinations(rules=LOOPBACK).find(parsed("http://127.0.0.1:8080/"))
    assert [str(address) for address in found.addresses] == ["127.0.0.1"]


def test_a_fragment_stays_here() -> None:
    assert str(checked(parsed("http://site.test/a#b"))) == "http://site.test/a"
