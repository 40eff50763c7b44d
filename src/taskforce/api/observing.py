"""Requests watched from outside: a span each, which their jobs lie in, and how long answers take to begin."""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars

from taskforce.api.doors import Doors
from taskforce.api.trace import given_traceparent
from taskforce.core.jobs.figures import REQUEST_DURATION
from taskforce.core.telemetry import Span, SpanKind

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
OTHER = "other"
UNMATCHED = "unmatched"
PROBES = ("/health", "/metrics")
"""Paths that are asked every few seconds and do nothing: they are measured, and no spans."""


class Observing:
    """Watches requests. Labels are few: methods that there are, templates of routes, statuses."""

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        self._app = app
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(PROBES):
            await self._measured(scope, receive, send)
        else:
            await self._traced(scope, receive, send)

    async def _traced(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = _method(scope)
        told = {"http.request.method": method, "url.path": scope["path"], "url.scheme": scope["scheme"]}
        parent = given_traceparent(Headers(scope=scope).getlist("traceparent"))
        tracer = self._doors.container.tracer()
        with tracer.span(method, kind=SpanKind.SERVER, attributes=told, parent=parent) as span:
            if span.traceparent:
                bind_contextvars(traceparent=span.traceparent)
            try:
                status = await self._measured(scope, receive, send)
            except Exception as error:
                span.fail(type(error).__qualname__, "nobody caught it")
                raise
            finally:
                if (route := _route(scope)) is not None:
                    span.rename(f"{method} {route}")
                    span.note({"http.route": route})
            _tell_status(span, status)

    async def _measured(self, scope: Scope, receive: Receive, send: Send) -> int | None:
        """Handle a request and return its status, if it was answered."""
        container = self._doors.container
        clock, status = container.clock(), None
        begun = clock.monotonic()

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                labels = {
                    "method": _method(scope),
                    "route": _route(scope) or UNMATCHED,
                    "status": str(status),
                }
                container.meter().observe(REQUEST_DURATION, labels, clock.monotonic() - begun)
            await send(message)

        await self._app(scope, receive, send_on)
        return status


def _tell_status(span: Span, status: int | None) -> None:
    if status is None:
        span.fail("client_left", "the client left before it was answered")
        return
    span.note({"http.response.status_code": status})
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        span.fail(str(status), HTTPStatus(status).phrase)


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in METHODS else OTHER


def _route(scope: Scope) -> str | None:
    """Return the template of the route that took the request."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else None
