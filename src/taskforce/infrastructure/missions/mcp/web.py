"""Streamable HTTP to a server: where the profile says, with its headers, and bounded in bytes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx2
from mcp.client.streamable_http import streamable_http_client

from taskforce.core.missions.mcp_servers import McpServer
from taskforce.infrastructure.missions.mcp.trace import Trace
from taskforce.infrastructure.network.clients import (
    CONNECT_SECONDS,
    THIS_MACHINE,
    BoundedStream,
    trust,
)

MOST_MESSAGE = 8 * 1024 * 1024
_FAILED = 400
_GONE = 404
_SESSION = "mcp-session-id"


@asynccontextmanager
async def connected(server: McpServer, trace: Trace) -> AsyncIterator[object]:
    """Connect. The SDK follows redirects within the address's origin alone, so no header goes elsewhere."""
    url = str(server.url)

    async def look(response: httpx2.Response) -> None:
        status = f"it answered HTTP {response.status_code} {response.reason_phrase}."
        trace.problem = status if response.status_code >= _FAILED else ""
        if response.status_code == _GONE and _SESSION in response.request.headers:
            trace.is_over = True  # the server has forgotten us: the next call begins anew
        is_stream = response.headers.get("content-type", "").startswith("text/event-stream")
        if isinstance(response.stream, httpx2.AsyncByteStream) and not is_stream:
            if response.headers.get("content-encoding", "identity") != "identity":
                raise httpx2.TransportError("it answers in an encoding that it was not asked for")
            response.stream = BoundedStream(response.stream, most=MOST_MESSAGE)

    async with (
        httpx2.AsyncClient(
            verify=trust(),
            headers={**server.headers, "Accept-Encoding": "identity"},
            timeout=httpx2.Timeout(CONNECT_SECONDS, read=None),  # each request is bounded by whoever waits
            event_hooks={"response": [look]},
            trust_env=urlsplit(url).hostname not in THIS_MACHINE,  # no proxy leads here
        ) as client,
        streamable_http_client(url, http_client=client, max_sse_event_size=MOST_MESSAGE) as streams,
    ):
        yield streams
