from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import JsonValue, ValidationError

from taskforce.core.tools import ToolContext, ToolFailed, ToolResult
from taskforce.infrastructure.missions.http_fetch import FetchPage, HttpFetch
from taskforce.infrastructure.missions.toolbox import BuiltinTools
from tests.integration.network.web import LOOPBACK, Web, pointing, web

HERE = ToolContext(workspace=Path("/nowhere"), idempotency_key="call")


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    async with web() as served:
        yield served


async def fetch(url: str, **arguments: JsonValue) -> ToolResult:
    tool = HttpFetch(LOOPBACK, resolve=pointing("127.0.0.1", private="10.0.0.1"))
    return await tool.run(FetchPage.model_validate({"url": url, **arguments}), HERE)


async def test_a_page_is_shown_as_text_under_what_it_is(site: Web) -> None:
    body = "<title>A page</title><p>Grüße<script>no</script>".encode("latin-1")
    url = site.page("/", body, headers={"Content-Type": "text/html; charset=ISO-8859-1"})
    done = await fetch(url)
    assert done.content == f"URL: {url}\nStatus: 200 OK\nType: text/html\nTitle: A page\n\nGrüße"
    assert done.details == {
        "url": url,
        "status": 200,
        "media_type": "text/html",
        "title": "A page",
        "bytes": len(body),
        "truncated": False,
        "redirects": [],
    }


async def test_html_is_shown_as_it_is_when_asked_for(site: Web) -> None:
    done = await fetch(site.page("/", b"<p>a", headers={"Content-Type": "text/html"}), raw=True)
    assert done.content.endswith("\n\n<p>a")


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/problem+json", "text/csv", "application/xml", ""]
)
async def test_other_texts_are_shown_as_they_are(site: Web, content_type: str) -> None:
    done = await fetch(site.page("/", b'{"a":  1}\n', headers={"Content-Type": content_type}))
    assert done.content.endswith('\n\n{"a":  1}')
    assert not done.failed


@pytest.mark.parametrize(
    ("content_type", "body"),
    [("image/png", b"\x89PNG"), ("application/pdf", b"%PDF-"), ("", b"a\0b"), ("application/zip", b"PK")],
)
async def test_what_is_no_text_is_refused_with_its_type(site: Web, content_type: str, body: bytes) -> None:
    done = await fetch(site.page("/", body, headers={"Content-Type": content_type}))
    assert done.failed
    assert f"This is {content_type or 'binary data'}, not text" in done.content


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        ("", "Grüße".encode(), "Grüße"),
        ("; charset=utf-8", "Grüße".encode(), "Grüße"),
        ("; charset=windows-1252", b"\x80", "€"),
        ("; charset=rot13", b"abc", "abc"),
        ("; charset=unicode_escape", b"\\x41", "\\x41"),
        ("; charset=utf-7", b"+AGE-", "+AGE-"),
        ("", b"\xef\xbb\xbfabc", "abc"),
        ("", "abc".encode("utf-16"), "abc"),
        ("", b'<meta charset="latin-1">\xfc', "ü"),
        ("", b"\xff\xfea", "\ufffd"),
        ("", b"a\xffb", "a\ufffdb"),
    ],
)
async def test_a_page_is_read_in_its_character_set(site: Web, head: str, body: bytes, text: str) -> None:
    done = await fetch(site.page("/", body, headers={"Content-Type": f"text/html{head}"}))
    assert done.content.rpartition("\n")[2] == text


async def test_a_long_text_is_cut_and_says_so(site: Web) -> None:
    url = site.page("/", b"x" * 100, headers={"Content-Type": "text/plain"})
    done = await fetch(url, max_characters=10)
    assert "\n\nxxxxxxxxxx\n[… 90 more characters" in done.content
    assert done.details["truncated"]


async def test_an_error_of_the_server_is_told_as_failed(site: Web) -> None:
    done = await fetch(site.page("/", b"gone", status="410 Gone", headers={"Content-Type": "text/plain"}))
    assert done.failed
    assert "Status: 410 Gone" in done.content
    assert done.content.endswith("gone")


async def test_head_shows_status_and_type(site: Web) -> None:
    url = site.raw("/", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Type: text/html\r\n\r\n")
    assert (await fetch(url, method="HEAD")).content == f"URL: {url}\nStatus: 200 OK\nType: text/html"


async def test_a_refusal_is_a_word_to_the_model(site: Web) -> None:
    for url in (f"http://private.test:{site.port}/", "file:///etc/passwd", "http://user@site.test/"):
        with pytest.raises(ToolFailed):
            await fetch(url)
    assert site.connections == 0


async def test_loopback_is_refused_by_the_tool_that_ships(site: Web) -> None:
    with pytest.raises(ToolFailed, match="TASKFORCE_PRIVATE_NETWORKS"):
        await (
            BuiltinTools()
            .tools()["http_fetch"]
            .run(FetchPage(url=f"http://127.0.0.1:{site.port}/", method="GET"), HERE)
        )
    assert site.connections == 0


@pytest.mark.parametrize(
    "arguments", [{"method": "POST"}, {"headers": {}}, {"url": ""}, {"max_characters": 0}]
)
def test_other_methods_and_headers_are_not_offered(arguments: dict[str, JsonValue]) -> None:
    with pytest.raises(ValidationError):
        FetchPage.model_validate({"url": "http://site.test/", **arguments})
