"""CPU of what stands around a route: the same FastAPI app without and with our middleware, in one process.

Requests are handed to the app as a server would, without a server; what is told is the thread's CPU time.
"""

import asyncio
import time
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Scope

from benchmarks.child import tell, told
from benchmarks.ours.stage import opened
from taskforce.api.errors import tell_problems
from taskforce.api.methods import tell_methods
from taskforce.api.server import create_app
from taskforce.application.factory import Container
from taskforce.application.jobs.schemas import View

PORT = 8000
BATCH = 200
PATH = "/thing"


class Thing(View):
    """A small answer."""

    id: str
    status: str


def bare() -> FastAPI:
    """Return an app with one route."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.get(PATH)
    async def get_thing() -> Thing:
        return Thing(id="0199", status="there")

    return app


def surrounded(container: Container) -> FastAPI:
    """Return the same app within all that stands around ours."""
    app = bare()
    app.user_middleware = list(create_app(container).user_middleware)
    tell_problems(app)
    tell_methods(app)
    return app


def scope() -> Scope:
    """Return a request as uvicorn hands it on."""
    headers = {
        "host": f"127.0.0.1:{PORT}",
        "accept": "application/json",
        "accept-encoding": "gzip, deflate",
        "connection": "keep-alive",
        "user-agent": "python-httpx/0.28.1",
    }
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", PORT),
        "client": ("127.0.0.1", 50_000),
        "scheme": "http",
        "method": "GET",
        "root_path": "",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "headers": [(name.encode(), text.encode()) for name, text in headers.items()],
        "state": {},
    }


async def batch(app: ASGIApp) -> float:
    """Return the microseconds of CPU that a request takes, over some of them."""
    statuses = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    begun = time.thread_time()
    for _ in range(BATCH):
        await app(scope(), receive, send)
    took = time.thread_time() - begun
    if statuses != [200] * BATCH:
        raise SystemExit(f"answered with {set(statuses)}")
    return took / BATCH * 1e6


async def measure(container: Container, seconds: float) -> None:
    """Let the two take turns for so long, and tell the least that each took: the rest is others' noise."""
    apps: dict[str, Any] = {"bare": bare(), "ours": surrounded(container)}
    took: dict[str, list[float]] = {name: [] for name in apps}
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for name, app in apps.items():
            took[name].append(await batch(app))
    least = {name: min(each) for name, each in took.items()}
    tell(bare_us=least["bare"], ours_us=least["ours"], stack_us=least["ours"] - least["bare"])


def main() -> None:
    """Measure."""
    asked = told()
    with opened(Path(asked["folder"]), workers=1, log_level=asked["log_level"]) as container:
        asyncio.run(measure(container, asked["seconds"]))


if __name__ == "__main__":
    main()
