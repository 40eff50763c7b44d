"""Methods that a path does not know: 405 and OPTIONS, with all that it does know."""

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from taskforce.api.errors import problem_response, refused
from taskforce.api.mcp import PATH as MCP

METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
WITHOUT_HEAD = frozenset({MCP})
"""Where GET opens a stream of its own for each client."""


def allowed(app: FastAPI, scope: Scope, *, told: str = "") -> str:
    """Return the methods that some route of the path knows, as the Allow header names them.

    A path that no route knows is one below a mount, which has told of its methods itself.
    """
    known = [
        method
        for method in METHODS
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in app.routes)
    ]
    known = known or [method for method in METHODS if method in told.split(", ")]
    head = ["HEAD"] if "GET" in known and scope["path"] not in WITHOUT_HEAD else []
    return ", ".join([*known, *head, "OPTIONS"])


def tell_methods(app: FastAPI) -> None:
    """Let 405 name every method of the path, and OPTIONS be answered."""

    async def answer(request: Request, error: Exception) -> Response:
        told = error.headers if isinstance(error, HTTPException) else None
        headers = {"Allow": allowed(app, request.scope, told=(told or {}).get("Allow", ""))}
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
        return problem_response(refused(request.scope, 405), headers)

    app.add_exception_handler(405, answer)
