"""Which addresses may be reached: public ones, and the private networks that an operator named."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Written out, since what `ipaddress` calls global differs from one Python to the next. From the registries of
# special-purpose addresses; the last is the public address under which a cloud keeps its machines' secrets.
_NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
            *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32"),
        ),
    )
)
_PUBLIC_6 = (IPv6Network("2000::/3"), IPv6Network("64:ff9b::/96"))
_NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
_CARRIERS = (
    (IPv6Network("64:ff9b::/96"), 0),  # NAT64
    (IPv6Network("2002::/16"), 80),  # 6to4
)
"""Networks whose addresses lead to an IPv4 address, and how many bits stand behind it."""
_ISATAP = (0x5EFE, 0x0200_5EFE)


def plain(text: str) -> Address:
    """Return an address; one that is an IPv4 address in IPv6 clothes is that. Raises ValueError."""
    address = ip_address(text)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_public(address: Address) -> bool:
    """Tell whether it, and each IPv4 address that it leads to, belongs to everybody's internet."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return (
        address.scope_id is None
        and any(address in network for network in _PUBLIC_6)
        and not any(address in network for network in _NOT_PUBLIC_6)
        and all(map(is_public, _carried(address)))
    )


def _carried(address: IPv6Address) -> Iterator[IPv4Address]:
    """Yield the IPv4 addresses in an IPv6 address."""
    bits = int(address)
    for network, behind in _CARRIERS:
        if address in network:
            yield IPv4Address(bits >> behind & 0xFFFF_FFFF)
    if bits >> 32 & 0xFFFF_FFFF in _ISATAP:
        yield IPv4Address(bits & 0xFFFF_FFFF)


@dataclass(frozen=True, slots=True)
class AddressRules:
    """What may be reached."""

    private: tuple[Network, ...] = ()
    """Networks that may be reached although they are not public."""

    def allow(self, address: Address) -> bool:
        """Tell whether it may be connected to."""
        return is_public(address) or any(address in network for network in self.private)
