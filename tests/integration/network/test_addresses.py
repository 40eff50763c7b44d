from ipaddress import ip_address, ip_network

import pytest

from taskforce.infrastructure.network.addresses import AddressRules, is_public, plain

NOT_PUBLIC = (
    "0.0.0.0",  # noqa: S104 - nothing is bound
    *("0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1"),
    *("192.168.0.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255"),
    *("240.0.0.1", "255.255.255.255", "168.63.129.16"),
    *("::", "::1", "::127.0.0.1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe"),
    *("2002:7f00:1::1", "2002:a9fe:a9fe::", "2002:0a00:0001::1"),
    *("2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "3fff::1", "100::1", "5f00::1"),
    *("2606:4700::5efe:127.0.0.1", "2606:4700::200:5efe:10.0.0.1"),
)
PUBLIC = (
    *("1.1.1.1", "8.8.8.8", "93.184.215.14", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1"),
    *("169.253.0.1", "192.0.1.1", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::200e"),
    *("64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"),
)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_everybodys_is_not_public(address: str) -> None:
    assert not is_public(plain(address))
    assert not AddressRules().allow(plain(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(plain(address))


def test_an_address_with_a_zone_is_not_public() -> None:
    assert not is_public(ip_address("2606:4700::1111%eth0"))


def test_a_private_network_is_reached_when_it_is_named_and_no_other() -> None:
    rules = AddressRules((ip_network("10.1.0.0/16"),))
    assert rules.allow(plain("10.1.2.3"))
    assert rules.allow(plain("::ffff:10.1.2.3"))
    assert not rules.allow(plain("10.2.0.1"))
    assert not rules.allow(plain("64:ff9b::a01:203"))
