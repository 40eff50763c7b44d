"""Readers of event streams: many at once to their end, live ones with their delays, idle ones."""

import asyncio
import re
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles

from benchmarks.child import tell, told
from benchmarks.load.wire import Wire

MOMENT = re.compile(rb'"moment":([\d.]+)')
AT_ONCE = 50
"""Connections that are opened side by side."""
SETTLING = 1.0
"""Seconds from the last connection to the first measurement."""


class Reader(asyncio.Protocol):
    """Reads one stream: counts what comes, and notes when."""

    def __init__(self, request: bytes, *, live: bool) -> None:
        self._request = request
        self._live = live
        self._transport: asyncio.BaseTransport | None = None
        self._tail = b""
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()
        self.events = 0
        self.first_at = 0.0
        self.heard: list[tuple[float, float]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self._transport = transport
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101 - for the type checker
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Count."""
        self.begun.set()
        came = self._tail + data
        found = came.count(b"\nid: ")
        if found and not self.first_at:
            self.first_at = time.monotonic()
        self.events += found
        self._tail = came[-4:]
        if self._live:
            now = time.monotonic()
            whole, _, self._tail = came.rpartition(b"\n\n")
            self.heard += [(float(moment), now) for moment in MOMENT.findall(whole)]
        if b"\r\n0\r\n\r\n" in came[-16:]:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Be over."""
        self.begun.set()
        self.ended.set()

    def close(self) -> None:
        """Leave."""
        if self._transport is not None:
            self._transport.close()


async def opened(port: int, path: str, count: int, *, live: bool = False) -> Sequence[Reader]:
    """Open streams and return them when each has begun."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\n\r\n".encode()
    loop = asyncio.get_running_loop()
    readers: list[Reader] = []
    gate = asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with gate:
            _, reader = await loop.create_connection(lambda: Reader(request, live=live), "127.0.0.1", port)
            await reader.begun.wait()
            readers.append(reader)

    await asyncio.gather(*(one() for _ in range(count)))
    return readers


async def replay(port: int, path: str, clients: int, events: int) -> None:
    """Read a whole log from so many clients at once."""
    begun = time.monotonic()
    readers = await opened(port, path, clients)
    await asyncio.gather(*(reader.ended.wait() for reader in readers))
    passed = time.monotonic() - begun
    short = [reader.events for reader in readers if reader.events != events]
    if short:
        raise SystemExit(f"{len(short)} of {clients} readers have not {events} events: {short[:5]}")
    first = quantiles([reader.first_at - begun for reader in readers], n=100)
    tell(events_per_s=clients * events / passed, first_p99_ms=first[98] * 1_000)


async def live(port: int, path: str, clients: int, seconds: float) -> None:
    """Follow a log from so many clients, and tell how late they hear of what is told."""
    readers = await opened(port, path, clients, live=True)
    await asyncio.sleep(SETTLING)
    begun = time.monotonic()
    await asyncio.sleep(seconds)
    heard = (told for reader in readers for told in reader.heard)
    delays = [came - moment for moment, came in heard if moment >= begun]
    for reader in readers:
        reader.close()
    cut = quantiles(delays, n=1_000)
    wanted = len(delays) / clients / seconds
    tell(p50_ms=cut[499] * 1_000, p99_ms=cut[989] * 1_000, p999_ms=cut[998] * 1_000, events_per_s=wanted)


async def idle(port: int, path: str, clients: int, seconds: float, *, other: str, pid: int) -> None:
    """Hold streams open on which nothing happens, and ask for something else meanwhile."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    possible = min(clients, limit - 200)
    before = _resident(pid)
    begun = time.monotonic()
    readers = await opened(port, path, possible)
    opening = time.monotonic() - begun
    await asyncio.sleep(SETTLING)
    took = await _asked(await Wire.open(port), other, seconds)
    lost = sum(reader.ended.is_set() for reader in readers)
    kib = (_resident(pid) - before) / possible
    for reader in readers:
        reader.close()
    cut = quantiles(took, n=100)
    p50, p99 = cut[49] * 1_000, cut[98] * 1_000
    tell(streams=possible, lost=lost, kib=kib, opening_s=opening, api_p50_ms=p50, api_p99_ms=p99)


async def _asked(wire: Wire, path: str, seconds: float) -> list[float]:
    took = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        begun = time.perf_counter()
        await wire.ask("GET", path)
        took.append(time.perf_counter() - begun)
        await asyncio.sleep(0.01)
    return took


def _resident(pid: int) -> float:
    """Return what a process has in memory, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return float(found[1]) if found else 0.0


def main() -> None:
    """Do what is told."""
    asked = told()
    port, path, clients = asked["port"], asked["path"], asked["clients"]
    if asked["case"] == "replay":
        asyncio.run(replay(port, path, clients, asked["events"]))
    elif asked["case"] == "live":
        asyncio.run(live(port, path, clients, asked["seconds"]))
    else:
        asyncio.run(idle(port, path, clients, asked["seconds"], other=asked["other"], pid=asked["pid"]))


if __name__ == "__main__":
    main()
