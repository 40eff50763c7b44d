"""Asking at addresses that were looked at before, and at no others: the name is not resolved again."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2

from taskforce.infrastructure.network.destinations import Destination

ADDRESSES = 3
"""How many addresses of a name are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds to wait for a connection, and for the next bytes."""

    connect: float = 5.0
    silence: float = 10.0


class Connector:
    """Sends one request to a destination. It takes no proxy from the environment and follows no redirect."""

    def __init__(self, *, patience: Patience, trust: ssl.SSLContext | None = None) -> None:
        self._patience = patience
        self._trust = trust

    @asynccontextmanager
    async def asked(
        self, method: str, destination: Destination, *, headers: Mapping[str, str], content: bytes = b""
    ) -> AsyncIterator[httpx2.Response]:
        """Give the answer, whose body is not read yet. An address that does not connect is passed over."""
        trust = self._trusted(destination)
        *first, last = destination.addresses[:ADDRESSES]
        async with httpx2.AsyncHTTPTransport(verify=trust, trust_env=False) as transport:
            for address in first:
                request = self._request(method, destination, str(address), headers, content)
                try:
                    response = await transport.handle_async_request(request)
                    break
                except (httpx2.ConnectError, httpx2.ConnectTimeout):
                    continue
            else:
                request = self._request(method, destination, str(last), headers, content)
                response = await transport.handle_async_request(request)
            try:
                yield response
            finally:
                await response.aclose()

    def _request(
        self, method: str, destination: Destination, address: str, headers: Mapping[str, str], content: bytes
    ) -> httpx2.Request:
        """Return the request to this very address, for the host that the URL names."""
        silence = self._patience.silence
        times = {"connect": self._patience.connect, "read": silence, "write": silence}
        return httpx2.Request(
            method,
            destination.url.copy_with(host=address),
            headers={"Host": destination.url.netloc.decode("ascii"), **headers},
            content=content or None,
            extensions={"sni_hostname": destination.name, "timeout": times},
        )

    def _trusted(self, destination: Destination) -> ssl.SSLContext | bool:
        """Return whose certificates count; reading the system's takes a while, and is done once."""
        if destination.url.scheme == "http":
            return False
        if self._trust is None:
            self._trust = httpx2.create_ssl_context(trust_env=False)
        return self._trust
