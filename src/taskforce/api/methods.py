"""Methods that a path does not know: 405 and OPTIONS, with all that it does know."""

from fastapi import FastAPI, Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from taskforce.api.errors import problem_response, refused

METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")


def allowed(app: FastAPI, scope: Scope) -> str:
    """Return the methods that some route of the path knows, as the Allow header names them."""
    known = [
        method
        for method in METHODS
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in app.routes)
    ]
    return ", ".join([*known, *(["HEAD"] if "GET" in known else []), "OPTIONS"])


def tell_methods(app: FastAPI) -> None:
    """Let 405 name every method of the path, and OPTIONS be answered."""

    async def answer(request: Request, _: Exception) -> Response:
        headers = {"Allow": allowed(app, request.scope)}
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
        return problem_response(refused(request.scope, 405), headers)

    app.add_exception_handler(405, answer)
