"""Cross-origin requests: off, or for the origins that the settings name."""

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from taskforce.api.doors import Doors
from taskforce.settings import Settings, SettingsInvalid

EXPOSED = (
    "Allow",
    "ETag",
    "Idempotent-Replayed",
    "Link",
    "Location",
    "Mcp-Session-Id",
    "Preference-Applied",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
    "X-Total-Count",
)


class Cors:
    """Lets pages of the named origins call the API; they send no cookies, since there are none."""

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        self._app = app
        self._doors = doors
        self._inner: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if self._inner is None:
            self._inner = self._built(self._doors.settings)
        await self._inner(scope, receive, send)

    def _built(self, settings: Settings) -> ASGIApp:
        check_origins(settings)
        if not settings.cors_origins:
            return self._app
        return CORSMiddleware(
            self._app,
            allow_origins=settings.cors_origins,
            allow_methods=("GET", "HEAD", "POST", "PUT", "DELETE"),
            allow_headers=(
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "If-None-Match",
                "Last-Event-ID",
                "Mcp-Protocol-Version",
                "Mcp-Session-Id",
                "Prefer",
                "traceparent",
                "X-API-Key",
                "X-Project-ID",
                "X-Request-ID",
            ),
            expose_headers=EXPOSED,
            allow_credentials=False,
        )


def check_origins(settings: Settings) -> None:
    """Refuse a wildcard: access is open, so it would let any web page in.

    Raises:
        SettingsInvalid: an origin is a wildcard.
    """
    if any("*" in origin for origin in settings.cors_origins):
        raise SettingsInvalid(
            "cors_origins: name each origin, such as https://app.example; a wildcard lets all in."
        )
