"""The tool http_fetch: reads what is at a public URL."""

import asyncio
from typing import Literal

from pydantic import Field, JsonValue

from taskforce.core.missions.model import Frozen
from taskforce.core.tools import ModelledTool, Risk, ToolContext, ToolEffect, ToolFailed, ToolResult
from taskforce.infrastructure.missions.pages import Page, read_page
from taskforce.infrastructure.network.addresses import AddressRules
from taskforce.infrastructure.network.media import Media, media_of
from taskforce.infrastructure.network.resolving import Resolve, resolve

_BAD = 400
_LONGEST_TITLE = 300


class FetchPage(Frozen):
    """Arguments of `http_fetch`."""

    url: str = Field(min_length=1, max_length=8_000, description="An http or https URL.")
    method: Literal["GET", "HEAD"] = Field(
        default="GET", description="HEAD asks for status and type without the content."
    )
    raw: bool = Field(
        default=False, strict=True, description="Whether to show a page's HTML as it is, not its text."
    )
    max_characters: int = Field(
        default=20_000, ge=1, le=500_000, strict=True, description="How much of the content to show."
    )


class HttpFetch(ModelledTool[FetchPage]):
    """Shows pages as text and other texts as they are; what is no text is refused with its type."""

    name = "http_fetch"
    description = (
        "Fetch a public http(s) URL. Shows status, type and title, then the text of a page, or JSON and "
        "other texts as they are. Up to 2 MB; no private addresses, no credentials."
    )
    risk = Risk.NETWORK
    effect = ToolEffect.PURE
    parallel = True
    arguments = FetchPage

    def __init__(self, rules: AddressRules | None = None, *, resolve: Resolve = resolve) -> None:
        self._rules = rules or AddressRules()
        self._resolve = resolve

    async def run(self, arguments: FetchPage, context: ToolContext) -> ToolResult:
        # Loaded on first use: a client of HTTP takes its time, and few missions fetch.
        from taskforce.infrastructure.network.destinations import Destinations  # noqa: PLC0415
        from taskforce.infrastructure.network.fetching import Fetcher, FetchFailed  # noqa: PLC0415

        fetcher = Fetcher(Destinations(rules=self._rules, resolve=self._resolve))
        try:
            fetched = await fetcher.fetch(arguments.url, method=arguments.method)
        except FetchFailed as failed:
            raise ToolFailed(str(failed)) from failed
        media = media_of(fetched.content_type, fetched.body)
        page = await asyncio.to_thread(_read, fetched.body, media, raw=arguments.raw)
        head = {
            "URL": fetched.url,
            "Status": f"{fetched.status} {fetched.reason}".rstrip(),
            "Type": media.name,
            "Title": page.title[:_LONGEST_TITLE],
        }
        details: dict[str, JsonValue] = {
            "url": fetched.url,
            "status": fetched.status,
            "media_type": media.name,
            "title": head["Title"],
            "bytes": len(fetched.body),
            "truncated": fetched.is_cut or len(page.text) > arguments.max_characters,
            "redirects": list(fetched.redirects),
        }
        said = [f"{name}: {value}" for name, value in head.items() if value]
        shown = _shown(page.text, arguments.max_characters, is_cut=fetched.is_cut)
        return ToolResult(
            content="\n".join([*said, "", shown]).rstrip("\n"),
            failed=fetched.status >= _BAD or not media.is_text,
            details=details,
        )


def _read(body: bytes, media: Media, *, raw: bool) -> Page:
    """Return what there is to read."""
    if not media.is_text:
        kind = media.name or "binary data"
        return Page(title="", text=f"This is {kind}, not text: it is not shown. Fetch something else.")
    text = body.decode(media.charset, "replace")
    return read_page(text) if media.is_html and not raw else Page(title="", text=text)


def _shown(text: str, most: int, *, is_cut: bool) -> str:
    """Return the beginning of a text, and in square brackets what is not there."""
    if len(text) > most:
        return f"{text[:most]}\n[… {len(text) - most:,} more characters; raise max_characters to see them …]"
    return f"{text}\n[… the content goes on; only the first 2 MB were read …]" if is_cut else text
