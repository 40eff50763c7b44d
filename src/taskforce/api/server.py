"""The API's app, and the server that runs it."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from socket import socket

import structlog
import uvicorn
from fastapi import FastAPI

import taskforce
from taskforce.api import mcp
from taskforce.api.access import Peers
from taskforce.api.address import check_address
from taskforce.api.cors import Cors, check_origins
from taskforce.api.document.app import DocumentedAPI
from taskforce.api.doors import Doors
from taskforce.api.drain import Drain
from taskforce.api.errors import tell_problems
from taskforce.api.methods import tell_methods
from taskforce.api.middleware import HeadAsGet, Limits, RequestContext
from taskforce.api.observing import Observing
from taskforce.api.protocol import Deadlines, PatientProtocol, ServerConfig
from taskforce.api.routes import (
    approvals,
    artifacts,
    callbacks,
    collection,
    debriefs,
    deployments,
    docs,
    execution,
    experiments,
    github,
    health,
    jobs,
    keys,
    log_uploads,
    metrics,
    projects,
    releases,
    runs,
    scans,
    scenario_imports,
    scenario_runs,
    sessions,
    source_artifacts,
    sources,
    video_files,
    videos,
    webhooks,
)
from taskforce.api.standard_log import tell_libraries
from taskforce.application.factory import Container, close_container, open_container
from taskforce.core.errors import Invalid
from taskforce.settings import load_settings

log = structlog.get_logger()

HOST = "127.0.0.1"
PORT = 8000
PATIENCE = Deadlines()
GRACE = 2
"""Seconds that requests have to end when the server stops."""
HANG_UP = 1.5
"""Seconds after which a connection that is still busy is closed; its client may not read."""

TAGS = [
    {"name": "missions", "description": "Missions and the sessions they belong to."},
    {"name": "pipelines", "description": "Runs of pipelines, with their phases, tasks and steps."},
    {"name": "scenarios", "description": "Plants, and what is simulated on them."},
    {"name": "marketplace", "description": "Sources of artifacts, what is found there and what is taken."},
    {"name": "videos", "description": "Prompts that become films, and what was made of them so far."},
    {"name": "jobs", "description": "What every long piece of work is: a job with a log and artifacts."},
    {"name": "webhooks", "description": "Endpoints that are told events, and how that went."},
    {"name": "access", "description": "Who is let in, and to what: API keys, projects, members."},
    {"name": "health", "description": "Whether the service lives, and whether it can take work."},
]

_OF_PIPELINES = (runs, log_uploads, callbacks, github, releases, deployments, approvals)
_OF_SCENARIOS = (scenario_imports, scenario_runs, experiments, debriefs)
_OF_MARKETPLACE = (sources, source_artifacts, collection, scans)
_OF_VIDEOS = (videos, video_files)
_WORK = (
    execution,
    sessions,
    jobs,
    artifacts,
    *_OF_PIPELINES,
    *_OF_SCENARIOS,
    *_OF_MARKETPLACE,
    *_OF_VIDEOS,
)


def create_app(container: Container | None = None, *, deadlines: Deadlines = PATIENCE) -> FastAPI:
    """Return the API on a container; without one, on that of the default settings, opened on first use."""
    doors = Doors(container)
    app = DocumentedAPI(
        title=docs.TITLE,
        description="Runs long work that must not be lost.",
        version=taskforce.__version__,
        contact={"name": "Whoever runs this server"},
        license_info={"name": "Apache 2.0", "identifier": "Apache-2.0"},
        servers=[{"url": "/", "description": "Where this document came from."}],
        openapi_url=docs.DOCUMENT,
        openapi_tags=TAGS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.doors = doors
    rooms = (health, metrics, *_WORK, webhooks, keys, projects, docs)
    for room in rooms:
        app.router.routes.extend(room.router.routes)  # one table: routers in routers are searched one by one
    app.router.routes.append(mcp.route(doors))
    docs.mount_static(app)
    tell_problems(app)
    tell_methods(app)
    app.add_middleware(HeadAsGet)  # the last one is the outermost
    app.add_middleware(Peers, doors)
    app.add_middleware(Limits, deadlines.body)
    app.add_middleware(Observing, doors)
    app.add_middleware(RequestContext, doors)
    app.add_middleware(Cors, doors)
    return app


def _tell_nobody(port: int) -> None:
    """Whoever gave the port knows it."""


class Server(uvicorn.Server):
    """Ends open streams with a word when it is told to stop, and returns instead of dying of the signal."""

    def __init__(self, config: uvicorn.Config, drain: Drain, *, on_open: Callable[[int], object]) -> None:
        super().__init__(config)
        self._drain = drain
        self._on_open = on_open

    def handle_exit(self, sig: int, frame: object) -> None:
        """Stop; at the second signal at once."""
        self.force_exit = self.should_exit
        self.should_exit = True

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Listen, and tell the port, which may be the system's choice."""
        await super().startup(sockets)
        if self.started:
            self._on_open(self.servers[0].sockets[0].getsockname()[1])

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Tell the streams, wait for the connections, end the lifespan."""
        self._drain.start()
        hanging_up = asyncio.get_running_loop().call_later(HANG_UP, self._hang_up)
        await super().shutdown(sockets)
        hanging_up.cancel()

    def _hang_up(self) -> None:
        """Let streams see that their clients are gone, before they are cancelled and uvicorn logs how."""
        for connection in tuple(self.server_state.connections):
            connection.transport.abort()


def serve(
    container: Container,
    *,
    host: str = HOST,
    port: int = PORT,
    deadlines: Deadlines = PATIENCE,
    on_open: Callable[[int], object] = _tell_nobody,
) -> None:
    """Serve the API and play jobs until SIGTERM or SIGINT; `on_open` is told the port once it listens.

    Raises:
        SettingsInvalid: access is open, and the host is reached from other machines; the address is taken; or
            an extra is missing.
    """
    check_address(container.settings(), host, port)
    container.rate_limiter()
    app = create_app(container, deadlines=deadlines)
    config = ServerConfig(
        app,
        http=PatientProtocol,
        ws="none",
        host=host,
        port=port,
        timeout_graceful_shutdown=GRACE,
        server_header=False,
        access_log=False,
        log_config=None,
    )
    tell_libraries()
    config.deadlines = deadlines
    Server(config, app.state.doors.drain, on_open=on_open).run()


def main() -> None:
    """Serve on the settings of environment and files, as `taskforce serve` does."""
    asked = argparse.ArgumentParser(prog="python -m taskforce.api", description="Serve the Taskforce API.")
    asked.add_argument("--host", default=HOST)
    asked.add_argument("--port", type=int, default=PORT)
    words = asked.parse_args()
    try:
        container = open_container(load_settings().settings)
        try:
            serve(container, host=words.host, port=words.port)
        finally:
            close_container(container)
    except Invalid as wrong:
        asked.error(wrong.message)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    container = app.state.doors.services
    check_origins(container.settings())
    container.gate()
    container.desk().open()
    for check in await container.readiness().check():
        if check.status == "failed":
            log.error("not_ready", check=check.name, detail=check.detail)
    yield
    log.info("api_stopped")


app = create_app()

if __name__ == "__main__":
    main()
