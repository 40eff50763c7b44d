import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from taskforce.infrastructure.network.destinations import Destinations
from taskforce.infrastructure.network.fetching import Fetcher, FetchFailed
from tests.integration.network.web import LOOPBACK, QUICK, Web, a_fetcher, pointing, web
from tests.services.certificates import certified


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    async with web() as served:
        yield served


async def test_what_is_there_comes_with_its_type_and_the_url(site: Web) -> None:
    url = site.page("/a?b=1", b"hello", headers={"Content-Type": "text/plain"})
    got = await a_fetcher().fetch(url)
    assert (got.url, got.status, got.reason, got.content_type) == (url, 200, "OK", "text/plain")
    assert (got.body, got.is_cut, got.redirects) == (b"hello", False, ())


async def test_the_host_is_named_as_in_the_url_and_nothing_of_ours_is_said(
    site: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    await a_fetcher().fetch(site.page("/"))
    head = site.asked[0].decode().lower()
    assert f"host: site.test:{site.port}\r\n" in head
    assert not {"cookie:", "authorization:", "referer:"} & set(head.split())


async def test_an_error_is_an_answer(site: Web) -> None:
    got = await a_fetcher().fetch(site.page("/", b"no", status="404 Not Found"))
    assert (got.status, got.body) == (404, b"no")


async def test_head_asks_for_no_content(site: Web) -> None:
    url = site.raw("/", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Type: text/html\r\n\r\n")
    got = await a_fetcher().fetch(url, method="HEAD")
    assert (got.body, got.content_type) == (b"", "text/html")
    assert site.asked[0].startswith(b"HEAD /")


async def test_redirects_are_followed_without_cookies(site: Web) -> None:
    site.page("/c", b"there")
    site.page(
        "/b", status="307 X", headers={"Location": f"http://other.test:{site.port}/c", "Set-Cookie": "a=1"}
    )
    got = await a_fetcher().fetch(
        site.page("/a", status="302 X", headers={"Location": "b", "Set-Cookie": "a=1"})
    )
    assert got.body == b"there"
    assert got.url == f"http://other.test:{site.port}/c"
    assert [url.rpartition("/")[2] for url in got.redirects] == ["a", "b"]
    assert not any(b"cookie" in request.lower() for request in site.asked)


@pytest.mark.parametrize(
    "target",
    [
        *("http://private.test:{port}/secret", "//private.test:{port}/secret", "http://10.0.0.1/secret"),
        *("http://[::ffff:10.0.0.1]/", "file:///etc/passwd", "http://169.254.169.254/latest/meta-data"),
        *(
            "http://user:word@site.test:{port}/secret",
            "http://site.test:22/",
            "http://2852039166/",
            "ftp://x.test/",
        ),
    ],
)
async def test_a_redirect_that_leads_astray_is_refused(site: Web, target: str) -> None:
    site.page("/secret", b"secret")
    url = site.page("/", status="302 Found", headers={"Location": target.format(port=site.port)})
    with pytest.raises(FetchFailed):
        await a_fetcher(pointing("127.0.0.1", private="10.0.0.1")).fetch(url)
    assert len(site.asked) == 1


async def test_a_name_that_changes_between_redirects_is_looked_at_again(site: Web) -> None:
    answers = ["127.0.0.1", "10.0.0.1"]

    async def rebinding(*_: object) -> Sequence[str]:
        return [answers.pop(0)]

    url = site.page("/", status="302 Found", headers={"Location": "/again"})
    with pytest.raises(FetchFailed, match="not on the public internet"):
        await a_fetcher(rebinding).fetch(url)


async def test_redirects_without_end_are_left(site: Web) -> None:
    with pytest.raises(FetchFailed, match="More than 5 redirects"):
        await a_fetcher().fetch(site.page("/", status="301 X", headers={"Location": "/"}))
    assert len(site.asked) == 6


async def test_loopback_is_refused_unless_it_is_allowed(site: Web) -> None:
    with pytest.raises(FetchFailed, match="TASKFORCE_PRIVATE_NETWORKS"):
        await Fetcher(Destinations()).fetch(f"http://127.0.0.1:{site.port}/")
    assert site.connections == 0


async def test_more_than_the_limit_is_cut(site: Web) -> None:
    url = site.page("/", b"x" * 5000)
    got = await a_fetcher(limits=replace(QUICK, size=1000)).fetch(url)
    assert (len(got.body), got.is_cut) == (1000, True)
    exact = await a_fetcher(limits=replace(QUICK, size=5000)).fetch(url)
    assert (len(exact.body), exact.is_cut) == (5000, False)


async def test_an_answer_without_end_is_cut(site: Web) -> None:
    url = site.raw("/", b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 65_536] * 1000)
    got = await a_fetcher().fetch(url)
    assert (len(got.body), got.is_cut) == (QUICK.size, True)


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
async def test_what_is_packed_is_unpacked(site: Web, packing: str) -> None:
    packed = gzip.compress(b"hello" * 100) if packing == "gzip" else zlib.compress(b"hello" * 100)
    got = await a_fetcher().fetch(site.page("/", packed, headers={"Content-Encoding": packing}))
    assert got.body == b"hello" * 100


async def test_a_bomb_is_unpacked_as_far_as_the_limit(site: Web) -> None:
    packing = zlib.compressobj(wbits=31)
    bomb = b"".join(packing.compress(bytes(1_000_000)) for _ in range(500)) + packing.flush()
    got = await a_fetcher().fetch(site.page("/", bomb, headers={"Content-Encoding": "gzip"}))
    assert (len(got.body), got.is_cut) == (QUICK.size, True)


@pytest.mark.parametrize("packing", ["br", "gzip, gzip", "zstd"])
async def test_packing_that_was_not_asked_for_is_refused(site: Web, packing: str) -> None:
    with pytest.raises(FetchFailed, match="not asked for"):
        await a_fetcher().fetch(site.page("/", b"x", headers={"Content-Encoding": packing}))


async def test_broken_packing_is_told(site: Web) -> None:
    with pytest.raises(FetchFailed, match="cannot be unpacked"):
        await a_fetcher().fetch(site.page("/", b"no gzip", headers={"Content-Encoding": "gzip"}))


async def test_a_server_that_says_nothing_is_left(site: Web) -> None:
    site.pause = 30
    with pytest.raises(FetchFailed):
        await a_fetcher().fetch(site.raw("/", b"HTTP/1.1 200 OK\r\n"))


async def test_a_server_that_drips_is_left_when_the_time_is_over(site: Web) -> None:
    site.pause = 0.2
    url = site.raw("/", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 1000)
    with pytest.raises(FetchFailed, match="No answer within 1 s"):
        await a_fetcher(limits=replace(QUICK, seconds=1)).fetch(url)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"no http\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["nothing", "no HTTP", "too short", "endless header", "broken chunk"],
)
async def test_a_broken_answer_is_told(site: Web, sent: bytes) -> None:
    with pytest.raises(FetchFailed):
        await a_fetcher().fetch(site.raw("/", sent))


async def test_an_address_where_nobody_listens_is_passed_over(site: Web) -> None:
    got = await a_fetcher(pointing("127.0.0.99", "127.0.0.1")).fetch(site.page("/", b"here"))
    assert got.body == b"here"


async def test_nobody_listening_is_told(site: Web) -> None:
    with pytest.raises(FetchFailed, match="could not be read"):
        await a_fetcher(pointing("127.0.0.99")).fetch(site.page("/"))


async def test_a_server_is_known_by_its_name_though_it_is_reached_by_its_address(tmp_path: Path) -> None:
    served, trusted = certified(tmp_path, "site.test")
    names: list[str | None] = []
    served.sni_callback = lambda _, name, __: names.append(name)
    fetcher = Fetcher(
        Destinations(rules=LOOPBACK, resolve=pointing("127.0.0.1")), limits=QUICK, trust=trusted
    )
    async with web(trust=served) as site:
        site.page("/", b"safe")
        assert (await fetcher.fetch(f"https://site.test:{site.port}/")).body == b"safe"
        with pytest.raises(FetchFailed, match="certificate"):
            await fetcher.fetch(f"https://other.test:{site.port}/")
        with pytest.raises(FetchFailed, match="certificate"):
            await a_fetcher().fetch(f"https://site.test:{site.port}/")
        await asyncio.sleep(0)
    assert names[:2] == ["site.test", "other.test"]
