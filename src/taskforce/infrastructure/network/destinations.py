"""From a URL to the addresses that may be connected to: what it may look like, and where it may lead.

A name is resolved once. Every address it has must be allowed, and what connects does so to one of these
addresses and asks no resolver again: so a name cannot change its mind between the look and the connection.
"""

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address

import httpx2

from taskforce.infrastructure.network.addresses import Address, AddressRules, plain
from taskforce.infrastructure.network.resolving import Resolve, resolve

LONGEST_URL = 8_000
PORTS = {"http": 80, "https": 443}
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LONGEST_NAME = 253
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_LOCAL_ENDS = frozenset(("localhost", "local", "internal", "intranet", "lan", "home", "corp", "localdomain"))
_WELL_KNOWN, _HIGHEST_PORT = 1024, 65_535
# Above 1023, what the Fetch standard blocks: services that can be talked to by what looks like HTTP.
_BLOCKED_PORTS = frozenset((
    1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679,
    6697, 10080,
))  # fmt: skip
_ADVICE = "Only public addresses are reached; an operator can allow others with TASKFORCE_PRIVATE_NETWORKS."


class DestinationRefused(Exception):
    """Raised for a URL that may not be requested; the message says why, and never where a name leads."""


class NotResolved(Exception):
    """Raised for a name without an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A URL that may be requested, and the addresses to connect to."""

    url: httpx2.URL
    addresses: tuple[Address, ...]

    @property
    def name(self) -> str:
        """Return the host as the URL names it: what the certificate is for."""
        return self.url.raw_host.decode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Destinations:
    """Finds out where URLs lead, and refuses those that lead where nobody is to go."""

    rules: AddressRules = field(default_factory=AddressRules)
    resolve: Resolve = resolve

    async def find(self, url: httpx2.URL) -> Destination:
        """Return where a URL leads. Raises DestinationRefused or NotResolved."""
        seen = self.seen(url)
        if seen.addresses:
            return seen
        addresses = await self._look_up(seen.name, _port(seen.url))
        self._check(seen.name, addresses)
        return Destination(url=seen.url, addresses=addresses)

    def seen(self, url: httpx2.URL) -> Destination:
        """Return what a URL tells by itself: the address that is written in it, if one is.

        No resolver is asked. Raises DestinationRefused.
        """
        url = checked(url)
        name = url.raw_host.decode("ascii")
        address = _literal(name)
        if address is None:
            self._check_name(name)
            return Destination(url=url, addresses=())
        self._check(name, (address,))
        return Destination(url=url, addresses=(address,))

    def _check(self, name: str, addresses: tuple[Address, ...]) -> None:
        if not all(map(self.rules.allow, addresses)):
            raise DestinationRefused(f"{name} is not on the public internet. {_ADVICE}")

    def _check_name(self, name: str) -> None:
        """Refuse names that only a private network has, unless one may be reached: then addresses decide."""
        labels = name.split(".")
        is_local = len(labels) == 1 or labels[-1] in _LOCAL_ENDS or labels[-2:] == ["home", "arpa"]
        if is_local and not self.rules.private:
            raise DestinationRefused(f"{name} is a name of a private network. {_ADVICE}")

    async def _look_up(self, name: str, port: int) -> tuple[Address, ...]:
        try:
            found = await self.resolve(name, port)
            addresses = tuple(dict.fromkeys(map(plain, found)))
        except (OSError, UnicodeError, ValueError) as unknown:
            raise NotResolved(f"{name} has no address. Check the name.") from unknown
        if not addresses:
            raise NotResolved(f"{name} has no address. Check the name.")
        return addresses


def parsed(text: str, *, base: httpx2.URL | None = None) -> httpx2.URL:
    """Read a URL, which may be relative to another. Raises DestinationRefused."""
    if len(text) > LONGEST_URL:
        raise DestinationRefused(f"A URL may have {LONGEST_URL:,} characters.")
    if "\\" in text:
        raise DestinationRefused("A URL holds no backslash. Write it as %5C.")
    try:
        return base.join(text) if base is not None else httpx2.URL(text)
    except httpx2.InvalidURL as wrong:
        raise DestinationRefused(f"This is no URL: {wrong}.") from wrong


def checked(url: httpx2.URL) -> httpx2.URL:
    """Return the URL without a fragment, its host without a last dot. Raises DestinationRefused."""
    if url.scheme not in PORTS:
        raise DestinationRefused("A URL begins with http:// or https://.")
    if url.userinfo:
        raise DestinationRefused("A URL with a user or password is not requested. Leave them out.")
    name = url.raw_host.decode("ascii").lower().removesuffix(".")
    if _literal(name) is None:
        _check_spelling(name)
    port = _port(url)
    is_free = _WELL_KNOWN <= port <= _HIGHEST_PORT and port not in _BLOCKED_PORTS
    if not is_free and port not in PORTS.values():
        raise DestinationRefused(f"Port {port} is not one of the web's. Use 80, 443 or one above 1023.")
    return url.copy_with(host=name, fragment=None)


def _port(url: httpx2.URL) -> int:
    return PORTS[url.scheme] if url.port is None else url.port


def _literal(name: str) -> Address | None:
    """Return the address that is written in place of a name, None if it is none, or one of a zone here."""
    try:
        return None if "%" in name else plain(name)
    except ValueError:
        return None


def _check_spelling(name: str) -> None:
    """Refuse what is no name, and the spellings of an address that only some programs take for one."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise DestinationRefused("The URL names no host that there could be.")
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        raise DestinationRefused(f"{name} is no address. Write it as four numbers, such as {IPv4Address(0)}.")
