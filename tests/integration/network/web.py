"""A server on loopback that answers as a test tells it to, byte by byte, and remembers what it was asked."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network

from taskforce.infrastructure.network.addresses import AddressRules
from taskforce.infrastructure.network.destinations import Destinations
from taskforce.infrastructure.network.fetching import Fetcher, FetchLimits
from taskforce.infrastructure.network.resolving import Resolve

LOOPBACK = AddressRules((ip_network("127.0.0.0/8"),))
QUICK = FetchLimits(seconds=3, connect=1, silence=1)


@dataclass(slots=True)
class Web:
    """What is served: a path and the bytes of its answer, sent one after the other with a pause between."""

    pages: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    asked: list[bytes] = field(default_factory=list)
    pause: float = 0.0
    port: int = 0
    connections: int = 0

    def page(
        self,
        path: str,
        body: bytes = b"",
        *,
        status: str = "200 OK",
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Serve a page and return its URL, under a name that `pointing` resolves."""
        told = {"Content-Length": str(len(body)), "Connection": "close", **(headers or {})}
        lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        return self.raw(path, f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body)

    def raw(self, path: str, *pieces: bytes) -> str:
        """Serve these bytes and return the URL."""
        self.pages[path] = pieces
        return f"http://site.test:{self.port}{path}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            self.asked.append(request)
            for piece in self.pages[request.split(b" ")[1].decode()]:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(self.pause)
        except (OSError, asyncio.IncompleteReadError):
            pass  # whoever asked has left
        finally:
            writer.close()


@asynccontextmanager
async def web(*, host: str = "127.0.0.1", trust: ssl.SSLContext | None = None) -> AsyncIterator[Web]:
    """Serve until the test is over."""
    served = Web()
    server = await asyncio.start_server(served.answer, host, 0, ssl=trust)
    served.port = server.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        server.close()


def pointing(*addresses: str, **others: str) -> Resolve:
    """Return a resolver for which names have these addresses, `others` (by first label) another one."""

    async def resolve(name: str, _: int) -> list[str]:
        label = name.partition(".")[0]
        return [others[label]] if label in others else list(addresses)

    return resolve


def a_fetcher(
    resolve: Resolve | None = None, *, rules: AddressRules = LOOPBACK, limits: FetchLimits = QUICK
) -> Fetcher:
    """Return a fetcher that may go to loopback, where every name leads."""
    return Fetcher(Destinations(rules=rules, resolve=resolve or pointing("127.0.0.1")), limits=limits)
