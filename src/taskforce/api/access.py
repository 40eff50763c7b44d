"""From where requests may come: with open access from this machine alone, and from no foreign web page."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from taskforce.api.doors import Doors
from taskforce.api.errors import problem_of, problem_response
from taskforce.core.errors import Forbidden

TEST_CLIENT = "testclient"
PEERS = 256
"""Addresses and names that were read lately; there are few, and each request has one of them."""


class Peers:
    """Lets requests come that name a trusted host; with open access, of this machine and no foreign page.

    The host is checked against DNS rebinding, the origin against pages that call a server on loopback. Who
    asks with a key or a token may be anywhere: no web page has these of itself.
    """

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        self._app = app
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        reason = self._objection(scope) if scope["type"] == "http" else None
        if reason is None:
            await self._app(scope, receive, send)
            return
        problem, headers = problem_of(scope, Forbidden(reason))
        await problem_response(problem, headers)(scope, receive, send)

    def _objection(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        settings = self._doors.settings
        peer, _ = scope.get("client") or ("", 0)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if settings.is_open and not is_loopback(peer):
            return "Access is open to this machine alone: the peer is another one."
        if len(hosts) != 1 or host_name(hosts[0]) not in settings.trusted_hosts:
            return "The Host header names no trusted host (setting trusted_hosts)."
        if settings.is_open and any(
            origin != f"{scope['scheme']}://{hosts[0]}" and origin not in settings.cors_origins
            for origin in origins
        ):
            return "The request comes from a foreign web page (setting cors_origins)."
        return None


@lru_cache(maxsize=PEERS)
def is_loopback(host: str) -> bool:
    """Tell whether this is an address of the machine itself; the test client counts as one."""
    if host in {TEST_CLIENT, "localhost"}:
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


@lru_cache(maxsize=PEERS)
def host_name(header: str) -> str:
    """Return a Host header's name without its port, in lower case."""
    try:
        name = urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""
    return f"[{name}]" if ":" in name else name
