"""The server over streamable HTTP: what keeps its clients' sessions, for the API to hand requests to."""

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from sse_starlette.sse import AppStatus
from starlette.types import Scope

from taskforce.core.principals import Principal
from taskforce.mcp.server import mcp_server
from taskforce.mcp.services import Services


def manager(services: Services, most_bytes: int) -> StreamableHTTPSessionManager:
    """Return what keeps the sessions. Who may come in, and from where, the API has checked before.

    When the server stops, streams end after the answers that are still due, and not before.
    """
    AppStatus.enable_automatic_graceful_drain = False
    return StreamableHTTPSessionManager(mcp_server(services), max_request_body_size=most_bytes)


def owned(scope: Scope, principal: Principal) -> Scope:
    """Return a request's scope such that the SDK keeps a session to the principal who began it."""
    known = AccessToken(token="", client_id=principal.name, scopes=[])
    return {**scope, "user": AuthenticatedUser(known)}
