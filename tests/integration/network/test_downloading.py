"""Downloads of results: whole, bounded, and with credentials for nobody but who made them."""

from dataclasses import replace

import pytest

from taskforce.infrastructure.network.addresses import AddressRules
from taskforce.infrastructure.network.destinations import Destinations
from taskforce.infrastructure.network.downloading import (
    DownloadBroken,
    Downloader,
    DownloadLimits,
    DownloadRefused,
)
from tests.integration.network.web import LOOPBACK, pointing, web

LIMITS = DownloadLimits(most=1_000, seconds=20, silence=10)
SECRET = {"Authorization": "Bearer secret"}
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
UNTOLD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"


def downloader(home: str, *, rules: AddressRules = LOOPBACK, limits: DownloadLimits = LIMITS) -> Downloader:
    """Return one whose home is on loopback, and for which site.test is somebody else."""
    destinations = Destinations(rules=rules, resolve=pointing("127.0.0.1"))
    return Downloader(home, credentials=SECRET, destinations=destinations, limits=limits)


async def test_who_made_it_is_sent_the_credentials_and_others_are_not() -> None:
    async with web() as there:
        place = there.page("/there", b"film")
        there.page("/film", status="302 Found", headers={"Location": place})
        found = await downloader(f"http://127.0.0.1:{there.port}/v1").download("/film")
        home, elsewhere = there.asked
    assert (found.status, found.body) == (200, b"film")
    assert b"Bearer secret" in home
    assert b"Bearer secret" not in elsewhere


async def test_who_made_it_may_be_anywhere_and_leads_nowhere_private() -> None:
    async with web() as there:
        place = there.page("/there", b"film")
        there.page("/film", status="302 Found", headers={"Location": place})
        there.page("/own", b"own film")
        asking = downloader(f"http://127.0.0.1:{there.port}", rules=AddressRules())
        assert (await asking.download("/own")).body == b"own film"
        with pytest.raises(DownloadRefused, match="not on the public internet"):
            await asking.download("/film")
        assert len(there.asked) == 2


@pytest.mark.parametrize("host", ["127.0.0.1", "site.test"])
@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfi",
        CHUNKED + b"4\r\nfilm\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"",
    ],
    ids=["length", "chunks", "head", "nothing"],
)
async def test_what_ends_in_its_middle_is_broken(host: str, answer: bytes) -> None:
    async with web() as there:
        there.raw("/film", answer)
        with pytest.raises(DownloadBroken):
            await downloader(f"http://127.0.0.1:{there.port}").download(f"http://{host}:{there.port}/film")


@pytest.mark.parametrize("host", ["127.0.0.1", "site.test"])
@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + bytes(1001),
        CHUNKED + b"3e9\r\n" + bytes(1001) + b"\r\n0\r\n\r\n",
        UNTOLD + bytes(5_000),
    ],
    ids=["told", "chunks", "untold"],
)
async def test_what_is_longer_than_it_may_be_is_refused(host: str, answer: bytes) -> None:
    async with web() as there:
        there.raw("/film", answer)
        with pytest.raises(DownloadRefused):
            await downloader(f"http://127.0.0.1:{there.port}").download(f"http://{host}:{there.port}/film")


async def test_what_is_packed_is_refused() -> None:
    async with web() as there:
        there.page("/film", b"x", headers={"Content-Encoding": "gzip"})
        with pytest.raises(DownloadRefused, match="packed"):
            await downloader(f"http://127.0.0.1:{there.port}").download("/film")


async def test_what_takes_too_long_is_broken() -> None:
    async with web() as there:
        there.pause = 30
        there.raw("/film", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfi", b"lm")
        with pytest.raises(DownloadBroken, match=r"within 0\.3 s"):
            await downloader(f"http://127.0.0.1:{there.port}", limits=replace(LIMITS, seconds=0.3)).download(
                "/film"
            )


async def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(DownloadRefused):
        await downloader("http://127.0.0.1:9").download("gs://bucket/film")
