"""The server over streamable HTTP: what keeps its clients' sessions, for the API to hand requests to."""

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from sse_starlette.sse import AppStatus

from taskforce.mcp.server import mcp_server
from taskforce.mcp.services import Services


def manager(services: Services, most_bytes: int) -> StreamableHTTPSessionManager:
    """Return what keeps the sessions. Who may come in, and from where, the API has checked before.

    When the server stops, streams end after the answers that are still due, and not before.
    """
    AppStatus.enable_automatic_graceful_drain = False
    return StreamableHTTPSessionManager(mcp_server(services), max_request_body_size=most_bytes)
