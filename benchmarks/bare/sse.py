"""sse-starlette, fed with a log's very bytes in chunks of 50 events."""

from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from benchmarks.child import told

CHUNK = 50


def main() -> None:
    """Serve until SIGTERM."""
    asked = told()
    events = [event + b"\n\n" for event in Path(asked["log"]).read_bytes().split(b"\n\n") if event]
    chunks = [b"".join(events[begin : begin + CHUNK]) for begin in range(0, len(events), CHUNK)]

    async def log() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    async def watch(_: Request) -> EventSourceResponse:
        return EventSourceResponse(log(), sep="\n")

    app = Starlette(routes=[Route("/events", watch)])
    uvicorn.run(
        app, port=asked["port"], ws="none", server_header=False, access_log=False, log_level="warning"
    )


if __name__ == "__main__":
    main()
