"""`/mcp`: the MCP server over streamable HTTP, in the same process and behind the same checks as the API."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from taskforce.api.admission import admit
from taskforce.api.dependencies import slot
from taskforce.api.doors import Doors
from taskforce.api.drain import Drain
from taskforce.api.middleware import BODY_LIMIT
from taskforce.api.stay import Stay
from taskforce.api.strict import JSON
from taskforce.core.errors import Unavailable
from taskforce.core.principals import Principal
from taskforce.mcp.loading import loaded
from taskforce.mcp.services import Services

PATH = "/mcp"
LAST_WORDS = 1.0
"""Seconds that calls have to be answered when the server stops."""


class McpEndpoint:
    """Takes the requests of MCP clients; each event loop has its own sessions, opened on first use.

    The sessions end when the server stops. Clients then begin a new one, and find every job where it is.
    """

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._opened: dict[asyncio.AbstractEventLoop, _Sessions] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request. Raises McpMissing, Unavailable when the server stops."""
        request = Request(scope)
        headers = request.headers
        if scope.get("taskforce.head"):
            raise HTTPException(405)
        if scope["method"] == "POST" and not JSON.fullmatch(headers.get("content-type", "")):
            raise HTTPException(415)
        who = await admit(request)
        scope = loaded("http").owned(scope, who)
        with slot(self._doors, who) if scope["method"] == "GET" else nullcontext():
            await _until(self._doors.stay(who), self._sessions(who).handle(scope, receive, send))

    def _sessions(self, who: Principal) -> "_Sessions":
        loop = asyncio.get_running_loop()
        found = self._opened.get(loop)
        if found is None:
            manager = loaded("http").manager(self._services(who), BODY_LIMIT)
            found = self._opened[loop] = _Sessions(manager, self._doors.drain)
            found.open(lambda: self._opened.pop(loop))
        return found

    def _services(self, who: Principal) -> Services:
        services = self._doors.services
        return Services(
            missions=services.missions(),
            sessions=services.sessions(),
            jobs=services.jobs(),
            runs=services.runs(),
            releases=services.releases(),
            deployments=services.deployments(),
            approvals=services.approvals(),
            scenario_runs=services.scenario_runs(),
            experiments=services.experiments(),
            debriefs=services.debriefs(),
            executor=self._doors.executor,
            principal=who,
            stop=self._doors.drain,
        )


async def _until(stay: Stay, handling: Coroutine[Any, Any, None]) -> None:
    """Handle a request until its client may be there no more: then the answer breaks off; a job goes on."""
    if stay.is_endless:
        await handling
        return
    handled, ended = asyncio.create_task(handling), asyncio.create_task(stay.end())
    try:
        await asyncio.wait({handled, ended}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        is_done = handled.done()
        for task in (handled, ended):
            task.cancel()
        await asyncio.wait({handled})
    if is_done:
        handled.result()


class _Sessions:
    """The sessions of clients on one event loop, and the task that keeps them until the server stops."""

    def __init__(self, manager: Any, drain: Drain) -> None:  # noqa: ANN401 - the SDK's own, maybe not there
        self._manager = manager
        self._drain = drain
        self._is_open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._calls: set[asyncio.Task[Any]] = set()

    def open(self, forget: Callable[[], object]) -> None:
        """Begin to keep them; whoever holds this is told to forget it in the end."""
        self._keeping = asyncio.create_task(self._keep(forget))

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to its session, or to a new one."""
        await asyncio.wait({self._is_open, self._keeping}, return_when=asyncio.FIRST_COMPLETED)
        if self._drain.is_on:
            raise Unavailable("The server stops. Connect again.")
        with self._under_way(scope):
            await self._manager.handle_request(scope, receive, send)

    async def _keep(self, forget: Callable[[], object]) -> None:
        """Keep them until the server stops; then calls are answered first, and streams end."""
        try:
            with self._drain.listen() as drained:
                async with self._manager.run():
                    self._is_open.set_result(None)
                    await drained
                    if self._calls:
                        await asyncio.wait(self._calls, timeout=LAST_WORDS)
        finally:
            forget()

    @contextmanager
    def _under_way(self, scope: Scope) -> Iterator[None]:
        """Count a request among the calls, if it is one: a stream has no end of its own."""
        task = asyncio.current_task()
        if task is None or scope["method"] != "POST":
            yield
            return
        self._calls.add(task)
        try:
            yield
        finally:
            self._calls.discard(task)


def route(doors: Doors) -> Route:
    """Return the endpoint's route; it is no operation of the API, so the document does not tell of it."""
    return Route(PATH, McpEndpoint(doors), methods=["GET", "POST", "DELETE"], include_in_schema=False)
